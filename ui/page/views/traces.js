// The tuple trees of a topology that were followed: the latest, the slowest, those that failed.
import { h, section, text } from '../dom.js';
import { ago, clean, clock, count, ms, name as shown, plural } from '../format.js';
import { pageLink, topologyPath, traceLink } from '../links.js';
import { choice } from '../parts/pages.js';
import { poll } from '../parts/poll.js';
import { table } from '../parts/table.js';
import { topologyPage } from './topology-page.js';

const kinds = [['recent', 'Latest'], ['slowest', 'Slowest'], ['failed', 'Failed']];
const none = {
  recent: 'No tree has been followed yet. Some of those that spouts begin are, as soon as there are any.',
  slowest: 'No tree has been followed to its end yet.',
  failed: 'None of the trees that were followed has failed.',
};
const last = 100;

export const outcomes = { acked: ['good', 'acked'], failed: ['bad', 'failed'], timed_out: ['bad', 'timed out'], pending: ['warn', 'under way'] };
const outcome = (t) => outcomes[t.outcome] ?? ['warn', shown(t.outcome, 40)];

const columns = (topology) => [
  { title: 'Trace', name: true, short: true, link: (t) => traceLink(topology, t.root), value: (t) => shown(t.root, 60) },
  { title: 'Began', number: true, value: (t) => Date.now() - new Date(t.began) < 86400000 ? clock(t.began) : ago(t.began, Date.now()), title_of: (t) => ago(t.began, Date.now()) },
  { title: 'Took', number: true, bar: (t) => t.ms / t.longest, level: (t) => outcome(t)[0] === 'good' ? null : outcome(t)[0], value: (t) => ms(t.ms) },
  { title: 'Outcome', level: (t) => outcome(t)[0] === 'good' ? null : outcome(t)[0], value: (t) => outcome(t)[1] },
  { title: 'Why', name: true, wide: true, value: (t) => clean(t.cause || '', 300) },
  { title: 'Tuples', number: true, value: (t) => count(t.spans) },
  { title: 'From', name: true, value: (t) => `${shown(t.component, 60)}, task ${t.task}` },
  { title: 'Components', name: true, value: (t) => shown((t.components ?? []).join(', ') || '–', 200), title_of: (t) => shown((t.components ?? []).join(', '), 1000) },
  { title: 'Nodes', name: true, value: (t) => shown((t.nodes ?? []).filter(Boolean).join(', ') || 'here', 200) },
];

export function traces({ topo, more }) {
  const kind = kinds.some(([id]) => id === more) ? more : 'recent';
  const pick = choice('Which traces', kinds, (id) => pageLink(topo, 'traces', id));
  pick.update(kind);
  const facts = h('p', { class: 'soft' });
  const problem = h('p', { class: 'problem', role: 'status' });
  const list = table({ label: 'Traces', columns: columns(topo), key: (t) => t.root, level: (t) => outcome(t)[0], empty: none[kind] });
  const part = section('Traces', h('div', { class: 'tools' }, pick.element, facts), problem, list.element);
  part.dataset.loading = '';
  const page = topologyPage(topo, 'traces', part);
  const reader = poll(() => `${topologyPath(topo, 'traces')}?${new URLSearchParams({ kind, last })}`, 2000, (found) => {
    delete part.dataset.loading;
    const all = found.traces ?? [];
    const longest = Math.max(1e-9, ...all.map((t) => t.ms || 0));
    list.update(all.map((t) => ({ ...t, longest })));
    text(facts, found.rate > 0 ? `At most ${plural(found.rate, 'tree')} a second are followed: ${count(found.sampled)} since it began.`.replace('1 tree a second are', 'one tree a second is')
      : 'No tree is followed: gstorm.trace.rate is 0.');
  }, problem);
  return { ...page, close: () => reader.close() };
}
