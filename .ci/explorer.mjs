// What the flow explorer of a report must do, asked through what Playwright and Puppeteer have in common, so that the same
// checks run in Chromium and in Firefox. The answers are computed a second time from the data in the page and from
// csv/flows.csv beside it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// All that a page says or asks for from now on.
export const listen = (page) => {
  const said = [];
  const asked = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => asked.push(request.url()));
  return { said, asked };
};

// Lines of a CSV file as objects.
const csv = (path) => {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const lines = [];
  let line = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/g)) {
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (line.length > 1) lines.push(line);
    line = [];
  }
  const [head, ...rows] = lines;
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at]])));
};

const state = (page) => page.evaluate(() => ({
  hash: location.hash,
  found: document.querySelector('.found').textContent,
  matches: Number(document.querySelector('.flow-grid').getAttribute('aria-rowcount')) - 1,
  lines: document.querySelectorAll('.flow-grid tbody tr').length,
  focus: document.activeElement.getAttribute('aria-rowindex'),
  card: document.querySelector('.card h3 code')?.textContent ?? '',
  heads: [...document.querySelectorAll('.flow-grid th')].map((head) => [head.textContent, head.getAttribute('aria-sort')]),
  first: [...document.querySelectorAll('.flow-grid tbody tr')].slice(0, 8).map((row) => [...row.cells].map((cell) => cell.textContent)),
}));

// `pages` are the files with all flows that the report should offer.
export const explore = async (page, file, check, pages = 0) => {
  const count = await page.evaluate(() => JSON.parse(document.getElementById('flows').textContent).n);
  if (count === 0) return;
  const settle = () => page.evaluate(() => new Promise((done) => { setTimeout(done, 60); }));
  const go = async (hash) => {
    await page.evaluate((to) => { location.hash = to; }, hash);
    await settle();
    return state(page);
  };
  let now = await state(page);
  check('the explorer shows all flows that the page has', now.matches === count, `${now.matches} of ${count}`);
  check('only the rows in sight are in the document', now.lines > 0 && now.lines <= 80, `${now.lines}`);
  check('the plain table is gone', await page.evaluate(() => !document.querySelector('[data-explorer-plain]')));

  // Sorted, by click and by keyboard.
  const at = now.heads.findIndex(([name]) => name.startsWith('Handshake'));
  const numbers = (seen) => seen.first.map((cells) => cells[at]).filter(Boolean).map((text) => Number(text.replaceAll(',', '')));
  const ordered = (list, up) => list.every((value, place) => place === 0 || (up ? list[place - 1] <= value : list[place - 1] >= value));
  const head = `.flow-grid th:nth-child(${at + 1}) button`;
  await page.evaluate((selector) => document.querySelector(selector).click(), head);
  now = await state(page);
  check('a click on a head sorts', now.heads[at][1] === 'descending' && ordered(numbers(now), false), JSON.stringify(numbers(now)));
  const slowest = now.first[0];
  await page.focus(head);
  await page.keyboard.press('Enter');
  now = await state(page);
  check('Enter on a head sorts the other way', now.heads[at][1] === 'ascending' && ordered(numbers(now), true) && now.hash.includes('sort=handshake'), now.hash);

  // Filtered by a facet, and back.
  const facet = await page.evaluate(() => {
    const button = document.querySelector('.facets fieldset button');
    button.click();
    return { value: button.firstChild.textContent, n: Number(button.lastChild.textContent.replaceAll(',', '')) };
  });
  const outcomes = await page.evaluate((value) => {
    const { d, v } = JSON.parse(document.getElementById('flows').textContent).columns.outcome;
    return v.filter((word) => d[word] === value).length;
  }, facet.value);
  now = await state(page);
  check('a facet filters and says how many', now.matches === facet.n && facet.n === outcomes, `${now.matches}, ${facet.n}, ${outcomes}`);
  await page.goBack();
  await settle();
  now = await state(page);
  check('the back button takes the filter away', now.matches === count && now.hash.includes('sort=handshake'), now.hash);

  // Searched.
  await page.evaluate(() => document.querySelector('.flow-grid tbody tr[tabindex="0"]').focus());
  await page.keyboard.press('/');
  check('/ leads to the search', await page.evaluate(() => document.activeElement.type === 'search'));
  const wanted = slowest[3].split(':')[0] || slowest[0];
  await page.keyboard.type(wanted);
  now = await state(page);
  check('a search finds', now.matches > 0 && now.matches <= count && new URLSearchParams(now.hash.slice(10)).get('q') === wanted, `${wanted}: ${now.matches}`);

  // By keyboard from row to row.
  now = await go('#explorer?sort=-handshake');
  await page.evaluate(() => document.querySelector('.flow-grid tbody tr[tabindex="0"]').focus());
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
  now = await state(page);
  check('arrows go from row to row', now.focus === String(Math.min(3, Math.max(2, count))), `${now.focus}`);
  await page.keyboard.press('End');
  now = await state(page);
  check('End goes to the last row', now.focus === String(count + 1) && now.lines <= 80, `${now.focus}`);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  now = await state(page);
  check('Enter opens a flow', now.card !== '' && now.hash.includes(`flow=${now.card}`) && now.focus === '2', JSON.stringify([now.card, now.hash, now.focus]));
  await page.reload();
  await settle();
  const again = await state(page);
  check('a reload leads to the same state', again.hash === now.hash && again.card === now.card && again.found === now.found, JSON.stringify([now.hash, again.hash, again.found, again.card]));
  await page.evaluate(() => document.querySelector('.flow-grid [aria-selected="true"]').focus());
  await page.keyboard.press('Escape');
  now = await state(page);
  check('Escape closes it and stays on its row', now.card === '' && now.focus === '2', JSON.stringify([now.card, now.focus]));

  // On paper the plain table stands in its place.
  const printed = await page.evaluate(() => {
    const there = () => document.querySelectorAll('[data-explorer-plain] tbody tr').length;
    dispatchEvent(new Event('beforeprint'));
    const during = there();
    dispatchEvent(new Event('afterprint'));
    return [during, there()];
  });
  check('the plain table is printed', printed[0] === Math.min(200, count) && printed[1] === 0, `${printed}`);

  // Words of a stranger in the fragment are nothing.
  now = await go('#explorer?sort=nothing&cols=x,y&version=%3Cimg%3E&flow=%22%3E&part=9&%zz=%zz');
  check('nonsense in the fragment matches nothing', now.matches === 0 && now.lines === 0, now.found);
  now = await go('#explorer?');
  check('and all flows come back', now.matches === count, now.found);

  if (pages > 1) await turn(page, file, check, pages, settle);

  // The filter that the script puts together is that of the table.
  const table = join(dirname(file), 'csv', 'flows.csv');
  if (!existsSync(table)) return;
  const rows = csv(table);
  const truth = new Map(rows.map((row) => [row.flow_id, row]));
  const ids = await page.evaluate(() => JSON.parse(document.getElementById('flows').textContent).columns.id);
  const wrong = [];
  for (const id of ids.filter((_, place) => place % Math.ceil(ids.length / 40) === 0)) {
    await page.evaluate((to) => { location.hash = `#explorer?flow=${to}`; }, id);
    const shown = await page.evaluate(() => new Promise((done) => {
      setTimeout(() => done([...document.querySelectorAll('.card code')].map((code) => code.textContent)), 20);
    }));
    const { wireshark_filter: filter, transport, stream } = truth.get(id);
    if (shown[0] !== id || shown[1] !== filter || (stream !== '' && shown[2] !== `${transport}.stream eq ${stream}`)) wrong.push(`${id}: ${shown.slice(0, 3).join(' | ')}`);
  }
  check('filters are those of flows.csv', wrong.length === 0, wrong.slice(0, 3).join('\n'));

  // All flows, where there are files with them.
  const offered = await page.evaluate(() => document.querySelectorAll('.tools option').length);
  check('files with all flows are offered', offered === (pages > 1 ? pages + 2 : pages > 0 ? 2 : 0), `${offered}`);
  if (pages > 0) {
    await page.evaluate(() => { location.hash = '#explorer?part=1'; });
    await page.waitForFunction(() => !document.querySelector('.found').textContent.startsWith('Loading'));
    now = await state(page);
    check('a file of all flows is read', now.matches === Math.min(rows.length, 50_000), now.found);
  }
};

// Several files of all flows: each is searched, sorted and filtered by itself, and of many asked for at once the last is shown.
const turn = async (page, file, check, pages, settle) => {
  const name = (part) => join(dirname(file), 'report-pages', `flows-${String(part).padStart(4, '0')}.js`);
  const flows = (part) => JSON.parse(readFileSync(name(part), 'utf8').replace(/^tlscensusFlows\(|\)\s*$/g, ''));
  const loaded = async () => {
    await settle();
    await page.waitForFunction(() => !document.querySelector('.found').textContent.startsWith('Loading'));
    await settle();
    return state(page);
  };
  const choose = (parts) => page.evaluate((all) => {
    const list = document.querySelector('[data-explorer] select');
    for (const part of all) {
      list.value = part;
      list.dispatchEvent(new Event('change'));
    }
  }, parts);
  const go = async (hash) => {
    await page.evaluate((to) => { location.hash = to; }, hash);
    return loaded();
  };
  for (let part = 1; part <= pages; part += 1) {
    const { n, columns } = flows(part);
    await choose([part]);
    let now = await loaded();
    check(`file ${part} is read`, now.matches === n, now.found);
    now = await go(`#explorer?part=${part}&q=${columns.id[n - 1]}`);
    check(`its last flow is found in file ${part}`, now.matches === 1, now.found);
    const { d, v } = columns.outcome;
    now = await go(`#explorer?part=${part}&outcome=${d[v[0]]}`);
    check(`file ${part} is filtered`, now.matches === v.filter((word) => word === v[0]).length, now.found);
    now = await go(`#explorer?part=${part}&sort=-packets&cols=packets`);
    const most = Math.max(...columns.packets);
    check(`file ${part} is sorted`, Number(now.first[0][0].replaceAll(',', '')) === most, `${now.first[0]}, ${most}`);
    now = await go(`#explorer?part=${part}&flow=${columns.id[0]}`);
    check(`a link leads to a flow of file ${part}`, now.card === columns.id[0], now.card);
  }
  // A search over all files, against the same search over what is in them.
  const all = [...Array(pages).keys()].map((part) => flows(part + 1));
  const whole = all.reduce((sum, { n }) => sum + n, 0);
  const searched = async (hash) => {
    await go(hash);
    await page.waitForFunction(() => !document.querySelector('.found').textContent.startsWith('Searching'));
    return loaded();
  };
  const outcome = all[0].columns.outcome.d[all[0].columns.outcome.v[0]];
  const count = (holds) => all.reduce((sum, { n, columns }) => sum + [...Array(n).keys()].filter((row) => holds(columns, row)).length, 0);
  const of = count(({ outcome: { d, v } }, row) => d[v[row]] === outcome);
  let seen = await searched(`#explorer?part=all&outcome=${outcome}&sort=-packets&cols=packets`);
  check('all files are filtered', seen.found.startsWith(`${pages} files searched: ${of.toLocaleString('en')} of ${whole.toLocaleString('en')} flows match`)
    && seen.matches === Math.min(of, 5000), `${of} of ${whole}; ${seen.found}`);
  const top = Math.max(...all.flatMap(({ n, columns }) => [...Array(n).keys()].filter((row) => columns.outcome.d[columns.outcome.v[row]] === outcome).map((row) => columns.packets[row])));
  check('and in the order that was asked for', Number(seen.first[0][0].replaceAll(',', '')) === top, `${seen.first[0]}, ${top}`);
  for (const { n, columns } of [all[0], all[pages - 1]]) {
    seen = await searched(`#explorer?part=all&q=${columns.id[n - 1]}&cols=id`);
    check('a flow is found in whichever file it is', seen.matches === 1 && seen.first[0][0] === columns.id[n - 1], seen.found);
  }
  seen = await searched('#explorer?part=all&q=no+such+flow');
  check('what is in no file is not found', seen.matches === 0 && seen.found.includes(`0 of ${whole.toLocaleString('en')} flows match`), seen.found);
  await page.evaluate(() => {
    [...document.querySelectorAll('.tools button')].find((button) => button.textContent === 'Search all files').click();
    [...document.querySelectorAll('.tools button')].find((button) => button.textContent === 'Stop').click();
  });
  seen = await loaded();
  check('a search can be stopped', seen.found.startsWith(`Stopped after 1 of ${pages} files`), seen.found);
  await go('#explorer?');
  await choose([...Array(pages).keys()].map((part) => part + 1).concat(1, 2));
  const now = await loaded();
  check('of files asked for at once the last is shown', now.matches === flows(2).n && now.hash.includes('part=2'), `${now.hash} ${now.found}`);
  await go('#explorer?');
};
