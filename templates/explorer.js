'use strict';
// The flow explorer: a grid of many flows of which only the rows in sight are in the document. What is searched, sorted
// and open stands in the fragment of the address, so that a link, a reload and the back button lead to it. Text comes from
// captures: it becomes textContent and nothing else.
const explorer = ({ make, copyButton }) => {
  const place = document.querySelector('[data-explorer]');
  if (!place) return;
  const plain = document.querySelector('[data-explorer-plain]');
  const page = JSON.parse(document.getElementById('flows').textContent);

  const whole = new Intl.NumberFormat('en-US');
  const thousandths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const count = (n) => whole.format(n);
  const millis = (us) => thousandths.format(us / 1000);
  const time = (us) => {
    const date = new Date(us / 1000);
    return Number.isNaN(date.getTime()) ? String(us) : date.toISOString().replace('T', ' ').replace('Z', '');
  };
  const address = (ip, port) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
  const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

  // Key, name, width, how a number is written; the columns of addresses are joined with their ports.
  const COLUMNS = [
    ['sni', 'Server name', 200], ['outcome', 'Outcome', 104], ['version', 'Version', 100], ['server', 'Server', 185],
    ['client', 'Client', 185], ['protocol', 'Protocol', 94], ['suite', 'Cipher suite', 300], ['group', 'Group', 150], ['alpn', 'ALPN', 86],
    ['alert', 'Alert', 210], ['step', 'Last step', 100, count], ['resumption', 'Resumption', 140], ['handshake', 'Handshake, ms', 134, millis],
    ['rtt', 'TCP round trip, ms', 156, millis], ['hello', 'ClientHello, bytes', 154, count],
    ['flight', 'Server flight, bytes', 164, count], ['segments', 'Flight segments', 134, count], ['packets', 'Packets', 88, count],
    ['bytes', 'Bytes', 100, count], ['retransmissions', 'Retransmitted', 118, count], ['fragments', 'IP fragments', 118, count], ['first', 'First packet, UTC', 188, time],
    ['capture', 'Capture', 220], ['stream', 'Stream', 76, count], ['id', 'Flow', 156], ['ja4', 'JA4', 288], ['findings', 'Findings', 280],
    ['why', 'Chosen as', 170],
  ].map(([key, name, width, written]) => ({ key, name, width, written }));
  const USUAL = ['sni', 'outcome', 'version', 'server', 'suite', 'handshake', 'segments', 'why'];
  // Key, name, and what an empty word means.
  const FACETS = [
    ['outcome', 'Outcome', 'unknown'], ['protocol', 'Protocol', 'unknown'], ['version', 'Version', 'none seen'],
    ['suite', 'Cipher suite', 'none seen'], ['group', 'Key exchange group', 'none seen'], ['alpn', 'ALPN', 'none or encrypted'],
    ['resumption', 'Resumption', 'cannot be told'], ['findings', 'Finding', 'none'], ['why', 'Chosen as', 'all flows'],
  ].map(([key, name, empty]) => ({ key, name, empty }));
  const FEW = 6;
  // The part that is what a search over all files found, and the flows that it holds at most.
  const ALL = 'all';
  const MOST = 5000;

  let flows = page;
  let rows = [];
  let active = 0;
  let failed = '';
  const fresh = () => ({ q: '', sort: '', up: true, cols: USUAL, picked: new Map(), flow: '', part: 0 });
  let state = fresh();

  const cell = (key, row, of = flows) => {
    const column = of.columns[key];
    return Array.isArray(column) ? column[row] : column.d[column.v[row]];
  };
  const shown = ({ key, written }, row, of = flows) => {
    const value = cell(key, row, of);
    if (value === null || value === '') return '';
    if (key === 'client' || key === 'server') return address(value, cell(`${key}_port`, row, of));
    if (key === 'findings') return value.replaceAll(';', ', ');
    return written ? written(value) : value;
  };
  // The display filter of flows.csv, put together from the columns.
  const filter = (row) => {
    const last = cell('last_frame', row);
    const [client, server] = [cell('client', row), cell('server', row)];
    const field = client.includes(':') ? 'ipv6.addr' : 'ip.addr';
    const port = cell('protocol', row) === 'TLS' ? 'tcp.port' : 'udp.port';
    const ports = `${port} == ${cell('client_port', row)} && ${port} == ${cell('server_port', row)}`;
    const parts = field === 'ip.addr' ? 'ip.flags.mf == 1 || ip.frag_offset > 0' : 'ipv6.fraghdr';
    return [`frame.number >= ${cell('first_frame', row)}`, ...(last === null ? [] : [`frame.number <= ${last}`]), `${field} == ${client}`,
      `${field} == ${server}`, cell('fragments', row) ? `(${ports} || ${parts})` : ports].join(' && ');
  };

  // The state in the fragment: #explorer?q=mail&sort=-handshake&version=TLS+1.2
  const MARK = '#explorer?';
  let written = '';
  const read = () => {
    const next = fresh();
    for (const [key, value] of new URLSearchParams(location.hash.slice(MARK.length))) {
      if (key === 'q' || key === 'flow') next[key] = value;
      else if (key === 'part' && value === ALL) next.part = page.pages.length > 1 ? ALL : 0;
      else if (key === 'part') next.part = page.pages[Number(value) - 1] ? Number(value) : 0;
      else if (key === 'sort') Object.assign(next, { up: !value.startsWith('-'), sort: value.replace(/^-/, '') });
      else if (key === 'cols') next.cols = COLUMNS.map((column) => column.key).filter((name) => value.split(',').includes(name));
      else if (FACETS.some((facet) => facet.key === key)) next.picked.set(key, (next.picked.get(key) ?? new Set()).add(value));
    }
    if (!COLUMNS.some((column) => column.key === next.sort)) next.sort = '';
    if (next.cols.length === 0) next.cols = USUAL;
    return next;
  };
  const write = (replace) => {
    const words = new URLSearchParams();
    if (state.part) words.set('part', state.part);
    if (state.q) words.set('q', state.q);
    for (const [key, values] of state.picked) for (const value of values) words.append(key, value);
    if (state.sort) words.set('sort', (state.up ? '' : '-') + state.sort);
    if (state.cols.join() !== USUAL.join()) words.set('cols', state.cols.join());
    if (state.flow) words.set('flow', state.flow);
    const hash = `${MARK}${words}`;
    if (hash === location.hash) return;
    written = hash;
    if (replace) location.replace(hash);
    else location.hash = hash;
  };

  // The parts of the explorer.
  const button = (text, act, name = '') => {
    const node = make('button', text, name);
    node.type = 'button';
    node.addEventListener('click', act);
    return node;
  };
  const labelled = (node, name) => {
    node.setAttribute('aria-label', name);
    return node;
  };
  const search = make('input');
  search.type = 'search';
  const found = make('p', '', 'found');
  found.setAttribute('role', 'status');
  const facets = make('details', '', 'facets');
  const scroller = make('div', '', 'rows');
  scroller.tabIndex = -1;
  // An empty drawing is as high as its attribute says: the policy of the page allows no style of its own.
  const above = place.querySelector('svg');
  const below = above.cloneNode();
  const grid = labelled(make('table', '', 'flow-grid'), 'Flows');
  grid.setAttribute('role', 'grid');
  const body = make('tbody');
  const card = labelled(make('section', '', 'card'), 'The flow that is open');
  card.hidden = true;

  // Which flows match, and how many would with each value of a facet.
  let texts = null;
  const textOf = (row, of) => ['id', 'sni', 'alpn', 'capture'].map((key) => cell(key, row, of))
    .concat(shown({ key: 'client' }, row, of), shown({ key: 'server' }, row, of)).join('\n').toLowerCase();
  const haystack = (row) => {
    texts ??= [];
    texts[row] ??= textOf(row, flows);
    return texts[row];
  };
  const partsOf = (key, word) => (key === 'findings' ? word.split(';') : [word]);
  const wordsOf = (q) => q.toLowerCase().split(/\s+/).filter(Boolean);
  const testsOf = (of, all) => FACETS.map(({ key }) => {
    const { d, v } = of.columns[key];
    const picked = all.get(key);
    return { v, counts: new Uint32Array(d.length), allowed: picked && d.map((word) => partsOf(key, word).some((part) => picked.has(part))) };
  });
  const match = () => {
    const wanted = wordsOf(state.q);
    const tests = testsOf(flows, state.picked);
    rows = [];
    for (let row = 0; row < flows.n; row += 1) {
      if (wanted.length > 0 && !wanted.every((word) => haystack(row).includes(word))) continue;
      const misses = tests.filter(({ allowed, v }) => allowed && !allowed[v[row]]);
      if (misses.length === 0) rows.push(row);
      // A value is counted over what all other facets let through.
      for (const { counts, v } of misses.length === 0 ? tests : misses.slice(0, misses.length === 1 ? 1 : 0)) counts[v[row]] += 1;
    }
    FACETS.forEach((facet, at) => countFacet(facet, tests[at].counts));
  };
  const order = () => inOrder(rows, flows);
  const inOrder = (list, of) => {
    if (!state.sort) return;
    const column = of.columns[state.sort];
    const ranked = (words) => {
      const collator = new Intl.Collator('en', { numeric: true });
      const places = [...words.keys()].sort((a, b) => collator.compare(words[a], words[b]));
      const ranks = [];
      places.forEach((place, rank) => { ranks[place] = words[place] === '' ? null : rank; });
      return ranks;
    };
    let key;
    if (!Array.isArray(column)) {
      const ranks = ranked(column.d);
      const ports = of.columns[`${state.sort}_port`];
      key = (row) => (ports ? ranks[column.v[row]] * 65536 + ports[row] : ranks[column.v[row]]);
    } else if (state.sort === 'id') {
      const ranks = ranked(column);
      key = (row) => ranks[row];
    } else key = (row) => column[row];
    const sign = state.up ? 1 : -1;
    list.sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      if (left === null || right === null) return (left === null) - (right === null) || a - b;
      return sign * (left - right) || a - b;
    });
  };

  // A text that breaks behind its underscores, as names of suites and rules do.
  const broken = (text) => {
    const node = make('span');
    text.split(/(?<=_)/).forEach((part, at) => node.append(...(at > 0 ? [make('wbr')] : []), part));
    return node;
  };

  // Facets: buttons that stay where they are while their counts change.
  const buildFacets = () => {
    const summary = make('summary', 'Filters');
    facets.replaceChildren(summary);
    for (const facet of FACETS) {
      const { d, v } = flows.columns[facet.key];
      const totals = new Map();
      const each = new Uint32Array(d.length);
      for (const word of v) each[word] += 1;
      d.forEach((word, at) => partsOf(facet.key, word).forEach((part) => totals.set(part, (totals.get(part) ?? 0) + each[at])));
      // What is picked stays to be seen, and to be given up, where these flows have none of it.
      for (const value of state.picked.get(facet.key) ?? []) if (!totals.has(value)) totals.set(value, 0);
      const values = [...totals].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
      const box = make('fieldset');
      box.append(make('legend', facet.name));
      facet.buttons = new Map(values.map((value, at) => {
        const toggle = button('', () => pick(facet.key, value));
        toggle.append(broken(value || facet.empty), make('span', '', 'n'));
        toggle.hidden = at >= FEW;
        return [value, toggle];
      }));
      box.append(...facet.buttons.values());
      if (values.length > FEW) {
        const more = button(`${values.length - FEW} more`, () => {
          for (const toggle of facet.buttons.values()) toggle.hidden = false;
          more.remove();
          [...facet.buttons.values()][FEW].focus();
        }, 'more');
        box.append(more);
      }
      facets.append(box);
    }
  };
  const countFacet = (facet, counts) => {
    const sums = new Map();
    flows.columns[facet.key].d.forEach((word, at) => partsOf(facet.key, word).forEach((part) => sums.set(part, (sums.get(part) ?? 0) + counts[at])));
    for (const [value, toggle] of facet.buttons) {
      const pressed = state.picked.get(facet.key)?.has(value) ?? false;
      toggle.setAttribute('aria-pressed', pressed);
      if (pressed) toggle.hidden = false;
      toggle.lastChild.textContent = count(sums.get(value) ?? 0);
      toggle.classList.toggle('none', !pressed && !sums.get(value));
    }
  };
  const pick = (key, value) => {
    const values = state.picked.get(key) ?? new Set();
    if (!values.delete(value)) values.add(value);
    if (values.size > 0) state.picked.set(key, values);
    else state.picked.delete(key);
    change();
  };

  // The grid: the rows in sight, with empty space in place of the others.
  const MARGIN = 8;
  let rowHeight = 30;
  const held = new Map();
  const columns = () => state.cols.map((key) => COLUMNS.find((column) => column.key === key));
  const buildHead = () => {
    const widths = make('colgroup');
    const head = make('tr');
    let total = 0;
    for (const column of columns()) {
      total += column.width;
      const width = make('col');
      width.setAttribute('width', column.width);
      widths.append(width);
      const name = make('th', '', column.written ? 'num' : '');
      name.scope = 'col';
      if (state.sort === column.key) name.setAttribute('aria-sort', state.up ? 'ascending' : 'descending');
      name.append(button(column.name, () => {
        state.up = state.sort === column.key ? !state.up : !column.written;
        state.sort = column.key;
        change();
        grid.tHead.rows[0].cells[state.cols.indexOf(column.key)].firstChild.focus();
      }));
      head.append(name);
    }
    const top = make('thead');
    top.append(head);
    head.setAttribute('aria-rowindex', 1);
    grid.setAttribute('width', total);
    grid.setAttribute('aria-colcount', state.cols.length);
    grid.replaceChildren(widths, top, body);
  };
  const buildRow = (index) => {
    const row = rows[index];
    const line = make('tr');
    line.setAttribute('aria-rowindex', index + 2);
    line.setAttribute('aria-selected', cell('id', row) === state.flow);
    for (const column of columns()) {
      const text = shown(column, row);
      const data = make('td', text, column.written ? 'num' : '');
      if (column.key === 'outcome') data.className = { completed: 'good', gap: '', not_judged: '' }[text] ?? 'bad';
      if (text.length > 12) data.title = text;
      line.append(data);
    }
    line.addEventListener('click', () => {
      active = index;
      openFlow(row);
      focusRow();
    });
    line.addEventListener('focus', () => {
      active = index;
      rove();
    });
    return line;
  };
  const inSight = () => {
    const first = Math.max(0, Math.floor(scroller.scrollTop / rowHeight) - MARGIN);
    const last = Math.min(rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / rowHeight) + MARGIN);
    return [Math.min(first, last), last];
  };
  const rove = () => {
    const at = held.has(active) ? active : Math.floor(scroller.scrollTop / rowHeight);
    for (const [index, line] of held) line.tabIndex = index === at ? 0 : -1;
  };
  const render = () => {
    const [first, last] = inSight();
    for (const [index, line] of held) {
      if (index >= first && index < last) continue;
      if (line === document.activeElement) scroller.focus({ preventScroll: true });
      line.remove();
      held.delete(index);
    }
    let next = body.firstChild;
    for (let index = first; index < last; index += 1) {
      const there = held.get(index);
      if (there) next = there.nextSibling;
      else {
        const line = buildRow(index);
        held.set(index, line);
        body.insertBefore(line, next);
      }
    }
    above.setAttribute('height', first * rowHeight);
    below.setAttribute('height', (rows.length - last) * rowHeight);
    rove();
  };
  const renderAll = (focused = body.contains(document.activeElement)) => {
    held.clear();
    body.replaceChildren();
    grid.setAttribute('aria-rowcount', rows.length + 1);
    render();
    const height = held.values().next().value?.getBoundingClientRect().height;
    if (height && Math.abs(height - rowHeight) > 0.01) {
      rowHeight = height;
      render();
    }
    if (focused) focusRow();
  };
  const intoSight = () => {
    const head = grid.tHead.offsetHeight;
    const y = active * rowHeight;
    if (y < scroller.scrollTop) scroller.scrollTop = y;
    else if (y + rowHeight > scroller.scrollTop + scroller.clientHeight - head) scroller.scrollTop = y + rowHeight - scroller.clientHeight + head;
    render();
  };
  const focusRow = () => {
    active = Math.max(0, Math.min(active, rows.length - 1));
    intoSight();
    held.get(active)?.focus({ preventScroll: true });
  };

  // One flow in full.
  const openFlow = (row) => {
    state.flow = cell('id', row);
    showCard();
    write(true);
  };
  const closeFlow = () => {
    state.flow = '';
    showCard();
    write(true);
    focusRow();
  };
  const entry = (list, name, ...content) => {
    const pair = make('div');
    const value = make('dd');
    value.append(...content);
    pair.append(make('dt', name), value);
    list.append(pair);
  };
  const command = (text, name) => {
    const code = make('code', text);
    const line = make('div', '', 'cmd');
    line.append(code, copyButton(() => text, name));
    return line;
  };
  const link = (text, href) => {
    const node = make('a', text);
    node.href = href;
    return node;
  };
  const showCard = () => {
    for (const [index, line] of held) line.setAttribute('aria-selected', cell('id', rows[index]) === state.flow);
    const row = state.flow ? flows.columns.id.indexOf(state.flow) : -1;
    card.hidden = row < 0;
    if (row < 0) {
      card.replaceChildren();
      return;
    }
    const head = make('h3', 'Flow ');
    head.append(make('code', state.flow), button('Close', closeFlow, 'close'));
    const facts = make('dl', '', 'facts');
    for (const column of COLUMNS) {
      const text = shown(column, row);
      if (column.key === 'id' || column.key === 'findings' || text === '') continue;
      entry(facts, column.name, text);
    }
    const ways = make('dl', '', 'facts one');
    const findings = cell('findings', row).split(';').filter(Boolean).flatMap((rule, at) => {
      const target = document.getElementById(`finding-${rule}`);
      return [at > 0 ? ', ' : '', target ? link(rule, `#finding-${rule}`) : rule];
    });
    if (findings.length > 0) entry(ways, 'Findings', ...findings);
    const capture = flows.paths[flows.columns.capture.v[row]];
    const transport = cell('protocol', row) === 'TLS' ? 'tcp' : 'udp';
    entry(ways, 'Wireshark filter', command(filter(row), 'the display filter'));
    if (cell('stream', row) !== null) entry(ways, 'The same by its stream', command(`${transport}.stream eq ${cell('stream', row)}`, 'the filter by stream'));
    if (capture) entry(ways, 'Its packets, where the captures are', command(`tshark -r ${capture} -Y ${quote(filter(row))}`, 'the command of tshark'));
    if (document.getElementById(`ladder-${state.flow}`)) entry(ways, 'Step by step', link('Its ladder', `#ladder-${state.flow}`));
    else entry(ways, 'Step by step, in the folder of this report', command(`tlscensus show . ${state.flow}`, 'the command that prints its ladder'));
    card.replaceChildren(head, facts, ways);
  };

  // What a change of the state sets going.
  const describe = () => {
    const of = state.part === ALL ? `the ${count(flows.n)} found` : state.part ? `the ${count(flows.n)} in this file` : count(flows.n);
    const sorted = orderName() && `, ${orderName()}`;
    const lost = failed ? `${failed} cannot be read; it belongs beside this page. ` : '';
    const searched = state.part === ALL ? `${base.said}. ${isWithin() ? '' : 'Other filters are set by now: search all files again. '}` : '';
    found.textContent = `${lost}${searched}${count(rows.length)} of ${of} flows match${sorted}`;
  };
  const apply = () => {
    match();
    order();
    const at = state.flow ? rows.findIndex((row) => cell('id', row) === state.flow) : -1;
    active = Math.max(at, 0);
    const focused = body.contains(document.activeElement);
    buildHead();
    scroller.scrollTop = 0;
    renderAll(focused);
    if (at >= 0) intoSight();
    showCard();
    describe();
    for (const [key, box] of boxes) box.checked = state.cols.includes(key);
    if (search.value !== state.q) search.value = state.q;
  };
  const change = (replace = false) => {
    write(replace);
    apply();
  };

  // Files beside the page with all flows: each is a script that hands its flows over by calling this. Who turns the pages
  // quickly has several on the way; whose flows they are tells the script that runs.
  const waiting = new Map();
  window.tlscensusFlows = (of) => waiting.get(document.currentScript)?.(of);
  const load = async (name) => {
    const script = make('script');
    script.src = name;
    try {
      return await new Promise((resolve) => {
        waiting.set(script, resolve);
        script.addEventListener('load', () => resolve(null));
        script.addEventListener('error', () => resolve(null));
        document.head.append(script);
      });
    } finally {
      waiting.delete(script);
      script.remove();
    }
  };
  // What was asked for when all files were searched, and what came of it.
  let base = { q: '', picked: new Map(), said: '' };
  const orderName = () => (state.sort ? `by ${COLUMNS.find((column) => column.key === state.sort).name}, ${state.up ? 'ascending' : 'descending'}` : '');
  // Whether what is asked for now is a part of what was searched for.
  const isWithin = () => state.q.toLowerCase().startsWith(base.q.toLowerCase())
    && [...base.picked].every(([key, values]) => [...state.picked.get(key) ?? []].every((value) => values.has(value)) && state.picked.has(key));
  const isBase = (next) => next.q === base.q && [...next.picked].flatMap(([key, values]) => [...values].map((value) => `${key} ${value}`)).sort().join('\n')
    === [...base.picked].flatMap(([key, values]) => [...values].map((value) => `${key} ${value}`)).sort().join('\n');

  // Flows of several files in one list of columns.
  const gatherer = () => {
    const words = new Map();
    const gathered = { n: 0, pages: [], paths: [], columns: {} };
    const take = (of, list) => {
      for (const [key, column] of Object.entries(of.columns)) {
        if (Array.isArray(column)) {
          gathered.columns[key] ??= [];
          for (const row of list) gathered.columns[key].push(column[row]);
          continue;
        }
        gathered.columns[key] ??= { d: [], v: [] };
        const { d, v } = gathered.columns[key];
        if (!words.has(key)) words.set(key, new Map());
        const known = words.get(key);
        for (const row of list) {
          const word = column.d[column.v[row]];
          // Captures of one name may have different paths.
          const name = key === 'capture' ? `${word}\n${of.paths[column.v[row]]}` : word;
          if (!known.has(name)) {
            known.set(name, d.length);
            if (key === 'capture') gathered.paths.push(of.paths[column.v[row]]);
            d.push(word);
          }
          v.push(known.get(name));
        }
      }
      gathered.n += list.length;
    };
    // Keeps the first by the order that is set.
    const cut = () => {
      if (gathered.n <= MOST) return;
      const list = [...Array(gathered.n).keys()];
      inOrder(list, gathered);
      list.length = MOST;
      for (const column of Object.values(gathered.columns)) {
        if (Array.isArray(column)) column.splice(0, column.length, ...list.map((row) => column[row]));
        else column.v = list.map((row) => column.v[row]);
      }
      gathered.n = MOST;
    };
    return { gathered, take, cut };
  };
  // Looks for what is asked for in all files, one after another; null if another turn overtook it.
  const searchFiles = async (mine) => {
    const [wanted, picked] = [wordsOf(state.q), new Map([...state.picked].map(([key, values]) => [key, new Set(values)]))];
    const { gathered, take, cut } = gatherer();
    // So that the columns are there where nothing is found.
    take(page, []);
    let [matches, looked, read] = [0, 0, 0];
    const missing = [];
    stop.hidden = false;
    for (const { name } of page.pages) {
      if (stopped === mine) break;
      read += 1;
      found.textContent = `Searching file ${count(read)} of ${count(page.pages.length)}: ${count(matches)} of ${count(looked)} flows match so far`;
      const of = await load(name);
      if (mine !== turns) return null;
      if (!of) {
        missing.push(name);
        continue;
      }
      const tests = testsOf(of, picked).filter(({ allowed }) => allowed);
      const list = [];
      for (let row = 0; row < of.n; row += 1) {
        if (!tests.every(({ allowed, v }) => allowed[v[row]])) continue;
        if (wanted.length > 0) {
          const text = textOf(row, of);
          if (!wanted.every((word) => text.includes(word))) continue;
        }
        list.push(row);
      }
      [matches, looked] = [matches + list.length, looked + of.n];
      inOrder(list, of);
      take(of, list.slice(0, MOST));
      cut();
    }
    stop.hidden = true;
    const kept = matches > MOST ? `, of which the first ${count(MOST)} ${orderName() || 'in the order of captures'} are here` : '';
    const part = stopped === mine ? `Stopped after ${count(read)} of ${count(page.pages.length)} files` : `${count(read - missing.length)} files searched`;
    base = { q: state.q, picked, said: `${part}: ${count(matches)} of ${count(looked)} flows match${kept}` };
    return { gathered, missing };
  };
  const parts = make('select');
  let turns = 0;
  let stopped = 0;
  const stop = button('Stop', () => { stopped = turns; });
  stop.hidden = true;
  const searchAll = async () => {
    state = { ...state, part: ALL, flow: '' };
    if (await turn(ALL)) change();
  };
  // Goes to the flows of a part; false if another turn overtook this one. A file that cannot be read leads back to the page's own.
  const turn = async (part) => {
    turns += 1;
    const mine = turns;
    let [next, missing] = [page, ''];
    stop.hidden = true;
    if (part === ALL) {
      const all = await searchFiles(mine);
      if (!all) return false;
      [next, failed] = [all.gathered, all.missing.join(', ')];
    } else if (part > 0) {
      found.textContent = 'Loading';
      next = await load(page.pages[part - 1].name);
      if (mine !== turns) return false;
      if (!next) [next, missing] = [page, page.pages[part - 1].name];
    }
    flows = next;
    if (part !== ALL) failed = missing;
    if (missing) state.part = 0;
    texts = null;
    parts.value = state.part;
    buildFacets();
    return true;
  };

  const boxes = new Map();
  const chooser = make('details', '', 'chooser');
  const build = () => {
    const label = make('label', 'Search name, address or id ');
    search.setAttribute('aria-keyshortcuts', '/');
    label.append(search);
    search.addEventListener('input', () => {
      state.q = search.value;
      change(true);
    });
    const list = make('fieldset');
    list.append(make('legend', 'Columns that are shown', 'out'));
    for (const { key, name } of COLUMNS) {
      const box = make('input');
      box.type = 'checkbox';
      const line = make('label');
      line.append(box, ` ${name}`);
      list.append(line);
      boxes.set(key, box);
      box.addEventListener('change', () => {
        const chosen = COLUMNS.map((column) => column.key).filter((other) => boxes.get(other).checked);
        state.cols = chosen.length > 0 ? chosen : [key];
        change();
        box.focus();
      });
    }
    chooser.append(make('summary', 'Columns'), list);
    const reset = button('Show all', () => {
      state = { ...fresh(), part: state.part };
      change();
    });
    const tools = make('div', '', 'tools');
    tools.append(label, chooser, reset);
    if (page.pages.length > 0) {
      let from = 1;
      const names = page.pages.map(({ flows: n }) => {
        const name = `All flows, ${count(from)} to ${count(from + n - 1)}`;
        from += n;
        return name;
      });
      parts.append(...[`The ${count(page.n)} chosen`, ...names].map((name, at) => {
        const option = make('option', name);
        option.value = at;
        return option;
      }));
      if (page.pages.length > 1) {
        const option = make('option', `Found in all ${count(page.pages.length)} files`);
        option.value = ALL;
        parts.append(option);
        const all = button('Search all files', searchAll);
        all.title = `Looks for what is searched and filtered in all ${count(from - 1)} flows, one file after another`;
        label.after(all, stop);
        search.addEventListener('keydown', (event) => { if (event.key === 'Enter') searchAll(); });
      }
      const which = make('label', 'Flows ');
      which.append(parts);
      tools.prepend(which);
      parts.addEventListener('change', async () => {
        state = { ...state, part: parts.value === ALL ? ALL : Number(parts.value), flow: '' };
        if (await turn(state.part)) change();
      });
    }
    scroller.append(above, grid, below);
    const side = make('div', '', 'side');
    side.append(found, scroller, make('p', 'Arrow keys go from row to row, Enter opens a flow, Escape closes it, / searches.', 'note'), card);
    const both = make('div', '', 'both');
    both.append(facets, side);
    facets.open = matchMedia('(min-width: 62rem)').matches;
    place.append(tools, both);
  };

  const KEYS = {
    ArrowDown: () => active + 1,
    ArrowUp: () => active - 1,
    PageDown: () => active + Math.max(1, Math.floor(scroller.clientHeight / rowHeight) - 2),
    PageUp: () => active - Math.max(1, Math.floor(scroller.clientHeight / rowHeight) - 2),
    Home: () => 0,
    End: () => rows.length - 1,
  };
  scroller.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onButton = event.target.closest('button');
    if (KEYS[event.key] && rows.length > 0) {
      active = KEYS[event.key]();
      focusRow();
      if (state.flow) openFlow(rows[active]);
    } else if ((event.key === 'Enter' || event.key === ' ') && !onButton && rows.length > 0) openFlow(rows[active]);
    else return;
    event.preventDefault();
  });
  place.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !state.flow || (event.target === search && search.value)) return;
    event.preventDefault();
    closeFlow();
  });
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, textarea, select')) return;
    event.preventDefault();
    search.focus();
  });
  let due = false;
  scroller.addEventListener('scroll', () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      render();
    });
  });
  addEventListener('resize', () => renderAll());

  const follow = async () => {
    if (!location.hash.startsWith(MARK)) return false;
    // What was written here is the state already.
    if (location.hash === written) return true;
    written = location.hash;
    const next = read();
    const turned = next.part !== state.part || (next.part === ALL && !isBase(next));
    state = next;
    if (!turned || (await turn(state.part))) apply();
    return true;
  };
  addEventListener('hashchange', follow);

  build();
  buildFacets();
  // On paper the plain table stands in its place.
  const mark = document.createComment('');
  plain.replaceWith(mark);
  addEventListener('beforeprint', () => mark.after(plain));
  addEventListener('afterprint', () => plain.remove());
  follow().then((led) => {
    if (led) place.scrollIntoView();
    else apply();
  });
};
