// Tables whose cells change in place.
import { h, keyed, set, text } from '../dom.js';

// table makes one. Columns: {title, value(row) → text or [number, unit], link(row), name (a foreign text), number, bar(row)
// → 0..1, level(row) → good, warn, bad, hint, wide, short (it stays on a line), act(row): the cell is
// a button, if its value is not ''}. key(row) names a row. empty is what it says without rows.
export function table({ label, columns, key, empty, level }) {
  const body = h('tbody');
  const nothing = h('p', { class: 'empty', hidden: true }, empty);
  const head = h('tr', null, columns.map((c) => h('th', { scope: 'col', class: c.number ? 'number' : null, title: c.hint }, c.title)));
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label },
    h('table', null, h('thead', null, head), body));
  return {
    element: h('div', null, scroll, nothing),
    update(rows) {
      set(scroll, 'hidden', rows.length === 0);
      set(nothing, 'hidden', rows.length > 0);
      keyed(body, rows, key, (row) => newRow(columns, row, level));
    },
  };
}

function newRow(columns, first, level) {
  const cells = columns.map((c, i) => cell(c, i === 0, first));
  const element = h('tr', null, cells.map((c) => c.element));
  return {
    element,
    update(row) {
      if (level) set(element, 'data-level', level(row));
      for (const c of cells) c.update(row);
    },
  };
}

function cell(column, head, first) {
  let last = first;
  const inner = column.act ? h('button', { type: 'button', onclick: () => column.act(last) }) : column.link ? h('a', { href: column.link(first) }) : column.name ? h('bdi') : h('span');
  const word = column.link ? inner.appendChild(h('bdi')) : inner;
  const bar = column.bar && h('span', { class: 'bar', 'aria-hidden': 'true' }, h('i'));
  const element = h(head ? 'th' : 'td', { scope: head ? 'row' : null, class: [column.number && 'number', column.wide && 'wide', column.short && 'short'].filter(Boolean).join(' ') || null }, bar, inner);
  return {
    element,
    update(row) {
      last = row;
      text(word, column.value(row));
      if (column.act) set(inner, 'hidden', column.value(row) === '');
      if (column.level) set(element, 'data-level', column.level(row));
      if (column.title_of) set(element, 'title', column.title_of(row));
      if (bar) paint(bar.firstChild, column.bar(row), column.level?.(row));
    },
  };
}

// paint makes a bar as long as a part of the whole, with the level of what it stands for; null: a good one.
export function paint(element, part, level) {
  part = Math.min(1, Math.max(0, part || 0));
  element.style.width = `${(part * 100).toFixed(1)}%`;
  set(element, 'data-level', level ?? 'good');
}

// load is the level of the capacity of a component or task: Storm's users act from 0.9 on. A spout that waits for its source
// is busy all the time, and all is well.
export const load = ({ kind, capacity }) => kind === 'spout' ? 'good' : capacity >= 0.9 ? 'bad' : capacity >= 0.7 ? 'warn' : 'good';
