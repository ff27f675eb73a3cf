// The pages of a topology, in the order in which they are offered, and the links between them.
import { h, set } from '../dom.js';
import { pageLink } from '../links.js';

export const pages = [
  { id: '', title: 'Now' },
  { id: 'traces', title: 'Traces' },
  { id: 'failures', title: 'Failed tuples' },
  { id: 'dead-letters', title: 'Dead letters' },
  { id: 'log', title: 'Log' },
];

// tabs are links to all of them; id is the one that is open.
export function tabs(topology, id) {
  const links = pages.map((p) => h('a', { href: pageLink(topology, p.id), 'aria-current': p.id === id ? 'page' : null }, p.title));
  requestAnimationFrame(() => links.find((a) => a.ariaCurrent)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })); // on a phone
  return h('nav', { class: 'tabs', 'aria-label': 'Pages of the topology' }, h('ul', null, links.map((a) => h('li', null, a))));
}

// choice are links to kinds of the same thing, of [[id, title]]; update(id) says which is shown.
export function choice(label, list, link) {
  const links = list.map(([id, title]) => h('a', { href: link(id), 'data-id': id }, title));
  return {
    element: h('nav', { class: 'choice', 'aria-label': label }, links),
    update(id) { for (const a of links) set(a, 'aria-current', a.dataset.id === id ? 'page' : null); },
  };
}
