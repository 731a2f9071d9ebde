// Opens reports in Chromium and checks what only a browser can tell: no request but the file itself, nothing on
// the console, no policy violation, ready in time, whole without JavaScript, accessible, in light, dark and print.
//
//   node browser.mjs SHOTS REPORT...      screenshots go into the folder SHOTS
//
// CHROMIUM names the browser (default /usr/bin/chromium), LOAD_MS the time until the page is idle, above that of an empty
// page (default 1000).
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { explore, listen } from './explorer.mjs';

const [shots, ...reports] = process.argv.slice(2);
if (reports.length === 0) {
  console.error('usage: node browser.mjs SHOTS REPORT...');
  process.exit(2);
}
mkdirSync(shots, { recursive: true });
const loadMs = Number(process.env.LOAD_MS ?? 1000);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0;
let failed = 0;
const check = (name, what, holds, detail = '') => {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.error(`${name}: ${what}${detail ? `: ${detail}` : ''}`);
  }
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// A page of its own for each setting, with everything that it says or asks for written down.
const open = async (url, setting, options) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const { said, asked } = listen(page);
  await page.goto(url, { waitUntil: 'load' });
  return { context, page, said, asked, setting };
};

const quiet = (name, { said, asked, setting }, url) => {
  check(name, `nothing on the console (${setting})`, said.length === 0, said.join(' | '));
  // Files with all flows, where there are some, are asked for when a reader does.
  const beside = new URL('report-pages/', url).href;
  const others = asked.filter((one) => one.split('#')[0] !== url && !one.startsWith('data:') && !(setting === 'light' && one.startsWith(beside)));
  check(name, `no request (${setting})`, others.length === 0, others.join(' '));
};

// Milliseconds until a page is idle and all of it laid out, the best of three: what else the machine does is not the page's.
const idle = async (url) => {
  const took = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const { context, page } = await open(url, 'idle', {});
    took.push(await page.evaluate(() => new Promise((done) => {
      const look = () => {
        if (document.querySelector('main > section:not(.verdict, .whole)')) requestIdleCallback(look);
        // What was made visible just now is laid out in the next frame.
        else requestAnimationFrame(() => requestIdleCallback(() => done(performance.now())));
      };
      requestIdleCallback(look);
    })));
    await context.close();
  }
  return Math.min(...took);
};
const MAX_NODES = 45_000;

// Text of every section as it is laid out, closed ladders left out.
const texts = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('main > section')].map((section) => {
  const shown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === 'visible';
  return [section.id, shown(section) && [...section.querySelectorAll('h2, .of, .empty, caption, th, td, dt, dd, summary')]
    .filter((node) => !node.closest('details') || node.matches('summary')).every(shown)];
})));

writeFileSync(join(shots, 'empty.html'), '<!DOCTYPE html><html lang="en"><title>empty</title></html>');
const floor = await idle(pathToFileURL(resolve(shots, 'empty.html')).href);
for (const report of reports) {
  const url = pathToFileURL(resolve(report)).href;
  const name = basename(report, '.html');
  // A picture higher than this is more than Chromium can take.
  const shot = async (page, setting, whole = true) => {
    const { width, height } = page.viewportSize();
    const all = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width, height: whole ? Math.min(all, 12000) : height };
    await page.screenshot({ path: join(shots, `${name}-${setting}.png`), fullPage: whole, clip, animations: 'disabled' });
  };

  const took = (await idle(url)) - floor;
  check(name, `idle within ${loadMs} ms`, took <= loadMs, `${Math.round(took)} ms`);
  const light = await open(url, 'light', { colorScheme: 'light' });
  const nodes = await light.page.evaluate(() => document.querySelectorAll('*').length);
  check(name, `at most ${MAX_NODES} elements`, nodes <= MAX_NODES, `${nodes}`);
  console.log(`${name}: idle ${Math.round(took)} ms after an empty page, ${nodes} elements`);
  await shot(light.page, 'light-first', false);
  await shot(light.page, 'light');

  const sortable = light.page.locator('#captures thead th.num button').first();
  if (await sortable.count()) {
    await sortable.click();
    const sorted = await light.page.evaluate(() => {
      const values = [...document.querySelectorAll('#captures tbody tr')].map((row) => Number(row.cells[3].dataset.v));
      return values.every((value, at) => at === 0 || values[at - 1] >= value);
    });
    check(name, 'a click on a head sorts', sorted);
  }
  const search = light.page.locator('#captures input[type=search]');
  if (await search.count()) {
    await search.fill('no such capture');
    check(name, 'a filter hides rows', await light.page.locator('#captures tbody tr:visible').count() === 0);
    await search.fill('');
  }
  const ladder = light.page.locator('details.flow').first();
  if (await ladder.count()) {
    await light.page.evaluate((id) => { location.hash = `#${encodeURIComponent(id)}`; }, await ladder.getAttribute('id'));
    await light.page.waitForFunction(() => document.querySelector('details.flow').open);
    await ladder.screenshot({ path: join(shots, `${name}-ladder.png`) });
  }
  // Sections out of sight have no height yet: a link must lead to its section all the same.
  for (const id of ['failures', 'captures', 'findings']) {
    await light.page.evaluate((to) => { location.hash = `#${to}`; }, id);
    await light.page.waitForTimeout(300);
    const top = await light.page.evaluate((to) => document.getElementById(to).getBoundingClientRect().top, id);
    const end = await light.page.evaluate(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2);
    check(name, `a link leads to ${id}`, end || Math.abs(top) < 60, `${top}`);
  }
  const pages = join(dirname(resolve(report)), 'report-pages');
  const files = existsSync(pages) ? readdirSync(pages).length : 0;
  await explore(light.page, resolve(report), (what, holds, detail) => check(name, what, holds, detail), files);
  quiet(name, light, url);
  for (const scheme of ['light', 'dark']) {
    await light.page.emulateMedia({ colorScheme: scheme });
    await light.page.evaluate(() => { for (const flow of [...document.querySelectorAll('details.flow')].slice(0, 4)) flow.open = true; });
    // Through the debugger: the page's own policy forbids to add a script to it.
    await light.page.evaluate(axe);
    await light.page.evaluate(() => document.querySelector('.flow-grid tbody tr')?.click());
    const found = await light.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const grave = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
    check(name, `axe-core (${scheme})`, grave.length === 0, grave.map((one) => `${one.id}: ${one.nodes.length} times, ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].any.map((any) => any.message).join(' ')}`).join('\n'));
    for (const mild of found.violations.filter((one) => !grave.includes(one))) console.log(`${name}: axe-core ${mild.impact}: ${mild.id}`);
  }
  await light.context.close();

  const dark = await open(url, 'dark', { colorScheme: 'dark' });
  const ground = await dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  check(name, 'the dark scheme is dark', Math.max(...ground) < 64, String(ground));
  await shot(dark.page, 'dark');
  if (await dark.page.locator('details.flow').count()) {
    await dark.page.locator('details.flow summary').first().click();
    await dark.page.locator('details.flow').first().screenshot({ path: join(shots, `${name}-ladder-dark.png`) });
  }
  quiet(name, dark, url);
  await dark.context.close();

  const small = await open(url, 'narrow', { viewport: { width: 360, height: 800 } });
  const wide = await small.page.evaluate(() => document.documentElement.scrollWidth);
  const out = wide <= 360 ? '' : await small.page.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((node) => !node.closest('.scroll') && node.getBoundingClientRect().right > 360).slice(-1)
    .map((node) => node.outerHTML.slice(0, 120)).join());
  check(name, 'nothing sticks out at 360 pixels', wide <= 360, `${wide} pixels: ${out}`);
  // What lies to the left of where a box can be scrolled to is out of reach.
  const lost = await small.page.evaluate(() => [...document.querySelectorAll('.scroll')]
    .filter((box) => box.scrollLeft === 0 && [...box.children].some((child) => child.getBoundingClientRect().left < box.getBoundingClientRect().left - 1))
    .map((box) => `${box.closest('section').id}: ${box.getAttribute('aria-label')}`).join());
  check(name, 'every table begins where it can be seen', lost === '', lost);
  await shot(small.page, 'narrow');
  quiet(name, small, url);
  await small.context.close();

  const bare = await open(url, 'no JavaScript', { javaScriptEnabled: false });
  const hidden = Object.entries(await texts(bare.page)).filter(([, shown]) => !shown).map(([id]) => id);
  check(name, 'all sections show without JavaScript', hidden.length === 0, hidden.join(' '));
  await shot(bare.page, 'no-js');
  quiet(name, bare, url);
  await bare.context.close();

  const print = await open(url, 'print', { javaScriptEnabled: false, viewport: { width: 1000, height: 1400 } });
  await print.page.emulateMedia({ media: 'print' });
  let closed = 1;
  for (let tries = 0; closed > 0 && tries < 30; tries += 1) {
    closed = await print.page.evaluate(() => [...document.querySelectorAll('details.flow svg')]
      .filter((ladder) => !ladder.checkVisibility({ contentVisibilityAuto: true })).length);
    if (closed > 0) await print.page.waitForTimeout(100);
  }
  check(name, 'ladders are open in print', closed === 0, `${closed} closed`);
  await shot(print.page, 'print', false);
  await print.page.pdf({ path: join(shots, `${name}.pdf`), format: 'A4', printBackground: true });
  quiet(name, print, url);
  await print.context.close();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
