// The checks of browser.mjs that Firefox can tell otherwise than Chromium: its policy for scripts and files, its layout, and
// the explorer by keyboard. Debian's Firefox is driven by WebDriver BiDi, which Playwright does not speak to it.
//
//   node firefox.mjs SHOTS REPORT...
//
// FIREFOX names the browser (default /usr/bin/firefox-esr).
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { explore, listen } from './explorer.mjs';

const [shots, ...reports] = process.argv.slice(2);
if (reports.length === 0) {
  console.error('usage: node firefox.mjs SHOTS REPORT...');
  process.exit(2);
}
mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0;
let failed = 0;
const browser = await puppeteer.launch({
  browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true,
  extraPrefsFirefox: { 'ui.systemUsesDarkTheme': 0 },
});
for (const report of reports) {
  const url = pathToFileURL(resolve(report)).href;
  const name = basename(report, '.html');
  const check = (what, holds, detail = '') => {
    if (holds) passed += 1;
    else {
      failed += 1;
      console.error(`${name}: ${what}${detail ? `: ${detail}` : ''}`);
    }
  };
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const { said, asked } = listen(page);
  await page.goto(url, { waitUntil: 'load' });
  const took = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
  console.log(`${name}: loaded in ${Math.round(took)} ms`);
  await page.screenshot({ path: join(shots, `${name}-firefox.png`) });
  const folder = join(dirname(resolve(report)), 'report-pages');
  await explore(page, resolve(report), check, existsSync(folder) ? readdirSync(folder).length : 0);
  await page.evaluate(() => {
    for (const flow of [...document.querySelectorAll('details.flow')].slice(0, 4)) flow.open = true;
    document.querySelector('.flow-grid tbody tr')?.click();
  });
  await page.evaluate(axe);
  const grave = await page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ['violations'] });
    return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
  });
  check('axe-core', grave.length === 0, grave.join('\n'));
  await page.setViewport({ width: 400, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check('nothing sticks out at 400 pixels', wide <= 400, `${wide} pixels`);
  check('nothing on the console', said.length === 0, said.join(' | '));
  const beside = new URL('report-pages/', url).href;
  const others = asked.filter((one) => one.split('#')[0] !== url && !one.startsWith('data:') && !one.startsWith(beside));
  check('no request', others.length === 0, others.join(' '));
  await page.close();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
