// The last errors of components, newest first, each with its stack.
import { h, keyed, text } from '../dom.js';
import { ago, clean, clock, count, name as shown } from '../format.js';
import { componentLink } from '../links.js';

// errors makes the list; topology gives links to components, unless it is null.
export function errors(topology, empty) {
  const list = h('ol', { class: 'errors' });
  const nothing = h('p', { class: 'empty' }, empty);
  return {
    element: h('div', null, list, nothing),
    update(all) {
      const sorted = [...(all ?? [])].reverse();
      nothing.hidden = sorted.length > 0;
      keyed(list, sorted, (e) => [e.component, e.task, e.time, e.pid, e.message].join('\u0000'), (e) => one(e, topology));
    },
  };
}

function one(first, topology) {
  const all = clean(first.message, 20000);
  const [head, ...rest] = all.split('\n');
  const when = h('span', { class: 'when' });
  const times = h('span', { class: 'times' });
  const place = first.file ? `${shown(first.file, 200)}${first.line ? `:${first.line}` : ''}` : '';
  const of = [
    topology && h('a', { href: componentLink(topology, first.component) }, h('bdi', null, shown(first.component, 60))),
    h('span', null, `task ${first.task}`), first.pid && h('span', null, `pid ${first.pid}`), place && h('bdi', { class: 'place' }, place),
    first.tuple && h('span', null, 'tuple ', h('bdi', null, shown(first.tuple, 60))),
  ];
  const message = h('bdi', { class: 'message' }, head.slice(0, 1000));
  const body = rest.length || head.length > 1000
    ? h('details', null, h('summary', null, message), h('pre', { tabindex: '0' }, all))
    : h('p', null, message);
  const element = h('li', null, h('div', { class: 'meta' }, of, when, times), body);
  return {
    element,
    update(e) {
      const t = clock(e.time).slice(0, 8);
      text(when, `${t} · ${ago(e.time, Date.now())}`);
      text(times, e.count > 1 ? `${count(e.count)} times` : '');
    },
  };
}
