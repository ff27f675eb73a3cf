// The tuples of a topology's spouts that failed: which, where, why, how often.
import { h, section, text } from '../dom.js';
import { count, plural } from '../format.js';
import { pageLink, topologyPath } from '../links.js';
import { failed } from '../parts/failed.js';
import { poll } from '../parts/poll.js';
import { topologyPage } from './topology-page.js';

// filter is a field for a part of the text of what a list shows; passes(item) says whether it has it.
export function filter(label, changed) {
  const input = h('input', { type: 'search', placeholder: label, 'aria-label': label, spellcheck: 'false', oninput: changed });
  return { element: input, on: () => input.value.trim() !== '', passes: (item) => JSON.stringify(item).toLowerCase().includes(JSON.stringify(input.value.trim().toLowerCase()).slice(1, -1)) };
}

export function failures({ topo }) {
  let all = [];
  const search = filter('find…', () => show());
  const facts = h('p', { class: 'soft', role: 'status' });
  const problem = h('p', { class: 'problem', role: 'status' });
  const list = failed(topo, { label: 'Failed tuples', empty: 'None.' });
  const part = section('Failed tuples', h('div', { class: 'tools' }, search.element, facts), problem, list.element,
    h('p', { class: 'soft' }, 'What fails too often can be put aside: ', h('a', { href: pageLink(topo, 'dead-letters') }, 'dead letters'), '.'));
  part.dataset.loading = '';
  const page = topologyPage(topo, 'failures', part);
  let sums = { total: 0, kept: 0 };
  const show = () => {
    const found = search.on() ? all.filter(search.passes) : all;
    list.update(found);
    text(facts, sums.total === 0 ? 'No tuple of a spout has failed.' : `${search.on() ? `${count(found.length)} of ` : ''}${count(all.length)} shown; ${plural(sums.total, 'tree has', 'trees have')} failed since it began.`);
  };
  const reader = poll(() => `${topologyPath(topo, 'failures')}?last=200`, 2000, (found) => {
    delete part.dataset.loading;
    sums = found;
    all = found.failures ?? [];
    show();
  }, problem);
  return { ...page, close: () => reader.close() };
}
