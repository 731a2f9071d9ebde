'use strict';
// Adds to a page that is whole without it: sorting, filters, copy buttons, opening a ladder by its link.
(() => {
  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (name) node.className = name;
    return node;
  };
  const say = make('p', '', 'out');
  say.setAttribute('role', 'status');
  document.body.append(say);

  const key = (row, at) => {
    const cell = row.cells[at];
    if (!cell) return '';
    const value = cell.dataset.v ?? cell.textContent.trim();
    return value !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;
  };
  const compare = (a, b) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  };
  for (const table of document.querySelectorAll('table[data-sort]')) {
    const body = table.tBodies[0];
    for (const head of table.tHead.rows[0].querySelectorAll('th:not([data-plain])')) {
      const button = make('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const number = head.classList.contains('num');
        const up = head.ariaSort ? head.ariaSort === 'descending' : !number;
        for (const other of table.tHead.querySelectorAll('th')) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const at = head.cellIndex;
        const rows = [...body.rows].map((row) => [key(row, at), row]);
        rows.sort(([a], [b]) => (a === '' || b === '' || up ? compare(a, b) : compare(b, a)));
        body.append(...rows.map(([, row]) => row));
      });
    }
  }

  const filter = (items, name, place) => {
    const tools = make('div', '', 'tools');
    const label = make('label', `Filter ${name} `);
    const input = make('input');
    input.type = 'search';
    label.append(input);
    const left = make('span');
    tools.append(label, left);
    place.before(tools);
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [item, text] of items) {
        item.hidden = !words.every((word) => text.includes(word));
        if (!item.hidden) shown += 1;
      }
      left.textContent = words.length ? `${shown} of ${items.length} match` : '';
      say.textContent = left.textContent;
    });
    return tools;
  };
  for (const table of document.querySelectorAll('table[data-filter]')) {
    const rows = [...table.tBodies[0].rows];
    if (rows.length > 9) filter(rows.map((row) => [row, row.textContent.toLowerCase()]), table.dataset.filter, table.parentElement);
  }
  const flows = document.querySelector('[data-flows]');
  if (flows) {
    const all = [...flows.querySelectorAll('details')];
    const texts = all.map((flow) => [flow, `${flow.id} ${flow.querySelector('summary').textContent} ${flow.querySelector('dl').textContent}`.toLowerCase()]);
    const tools = filter(texts, 'ladders', flows);
    const toggle = make('button', 'Close all');
    toggle.type = 'button';
    toggle.addEventListener('click', () => all.forEach((flow) => { flow.open = false; }));
    tools.append(toggle);
  }

  const copyButton = (text, name, face = 'Copy') => {
    const button = make('button', face, 'copy');
    button.type = 'button';
    button.setAttribute('aria-label', `${face} ${name}`);
    button.addEventListener('click', async () => {
      let done = false;
      try { await navigator.clipboard.writeText(text()); done = true; } catch {
        const area = make('textarea', text(), 'out');
        document.body.append(area);
        area.select();
        try { done = document.execCommand('copy'); } catch { done = false; }
        area.remove();
        button.focus();
      }
      button.textContent = done ? 'Copied' : 'Not copied';
      say.textContent = button.textContent;
      setTimeout(() => { button.textContent = face; }, 1500);
    });
    return button;
  };
  for (const code of document.querySelectorAll('code[data-copy]')) code.after(copyButton(() => code.textContent, code.textContent.slice(0, 60)));
  const data = JSON.parse(document.getElementById('data').textContent);
  const badge = document.querySelector('.say .badge');
  const verdict = () => [`TLS census of ${data.title}: ${data.verdict}`, ...data.sentences, ...data.tiles.map((tile) => `${tile.label}: ${tile.value} (${tile.detail})`)].join('\n');
  if (badge) badge.append(copyButton(verdict, 'of the verdict and its figures', 'Copy as text'));

  // Sections are laid out one by one when there is time, and all at once where a link leads to one of them.
  const waiting = [...document.querySelectorAll('main > section:not(.verdict)')];
  const layOut = () => { for (const section of waiting.splice(0)) section.classList.add('whole'); };
  const soon = window.requestIdleCallback ?? ((next) => setTimeout(next, 50));
  const layOutNext = () => {
    waiting.shift()?.classList.add('whole');
    if (waiting.length > 0) soon(layOutNext);
  };
  addEventListener('click', (event) => { if (event.target.closest?.('a[href^="#"]')) layOut(); }, true);

  const named = (text) => {
    try { return decodeURIComponent(text); } catch { return text; }
  };
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(named(location.hash.slice(1)));
    if (!target) return;
    layOut();
    if (target.tagName === 'DETAILS') target.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();

  explorer({ make, copyButton });
  soon(layOutNext);

  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const flow of closed) flow.open = true;
  });
  addEventListener('afterprint', () => { for (const flow of closed) flow.open = false; });
})();
