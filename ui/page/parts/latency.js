// Latency apart: how long tuples wait in the queue, are in the pipe to the process, and are worked on there, of the component and
// of each of its tasks, on one scale.
import { h, keyed, put, set, text } from '../dom.js';
import { ms } from '../format.js';
import { bar, key, kinds, spell } from './time.js';

const sum = (parts) => kinds.reduce((n, kind) => n + (parts?.[kind] || 0), 0);

// latency makes it; update(component) takes its document.
export function latency() {
  const body = h('tbody');
  const nothing = h('p', { class: 'empty', hidden: true }, 'Nothing was measured in the last 10 s.');
  const whole = h('div', null, key(), h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Latency apart' }, h('table', { class: 'apart' },
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Of'), h('th', { scope: 'col', class: 'number' }, 'Queue'), h('th', { scope: 'col', class: 'number' }, 'Pipe'), h('th', { scope: 'col', class: 'number', title: 'per tuple, of those that are answered together' }, 'Child'),
      h('th', { scope: 'col', class: 'number' }, 'Together'), h('th', { scope: 'col', 'aria-hidden': 'true' }))), body)));
  return {
    element: h('div', null, whole, nothing),
    update(c) {
      const tasks = (c.tasks ?? []).filter((t) => t.latency_parts);
      const rows = [c.latency_parts && { id: 'all', name: 'all tasks', parts: c.latency_parts }, ...(tasks.length > 1 || !c.latency_parts ? tasks.map((t) => ({ id: t.id, name: `task ${t.id}`, parts: t.latency_parts })) : [])].filter(Boolean);
      const longest = Math.max(1e-9, ...rows.map((r) => sum(r.parts)));
      set(whole, 'hidden', rows.length === 0);
      set(nothing, 'hidden', rows.length > 0);
      keyed(body, rows.map((r) => ({ ...r, longest })), (r) => r.id, line);
    },
  };
}

function line(first) {
  const cells = [...kinds, 'together'].map(() => h('td', { class: 'number' }));
  const drawing = h('td', { class: 'time' });
  const element = h('tr', null, h('th', { scope: 'row' }, first.name), cells, drawing);
  return {
    element,
    update({ parts, longest }) {
      kinds.forEach((kind, i) => text(cells[i], ms(parts[kind])));
      text(cells.at(-1), ms(sum(parts)));
      let at = 0;
      const pieces = kinds.map((part) => {
        const piece = { part, from: at, ms: parts[part] || 0 };
        at += piece.ms;
        return piece;
      });
      set(drawing, 'title', spell(parts));
      put(drawing, bar(pieces, longest));
    },
  };
}
