// All that is known of one tuple of a tree.
import { h, put } from '../dom.js';
import { clean, clock, count, ms, name as shown } from '../format.js';
import { componentLink } from '../links.js';
import { swatch } from './time.js';
import { list } from './values.js';

const at = (n) => n == null ? 'not known' : `at ${ms(n)}`;

// details fills an element with those of a node of the waterfall: a tuple's, or the tree's, which has no span.
export function details(element, topology, trace, { span: s }) {
  const component = s ? s.component : trace.component;
  const facts = [];
  const fact = (name, ...value) => value.some((v) => v !== '' && v !== null && v !== undefined && v !== false) && facts.push(h('dt', null, name), h('dd', null, value));
  const part = (kind, from, to) => from != null && to != null && fact([swatch(kind), { queue: 'In the queue', pipe: 'In the pipe', child: 'In the component' }[kind]], ms(to - from));
  fact('Stream', h('bdi', null, shown((s ?? trace).stream, 60)));
  if (s) {
    fact('From', h('bdi', null, shown(s.source, 60)), `, task ${s.source_task}`);
    fact('Node', h('bdi', null, shown(s.node ?? '', 60)));
    fact('Worker', s.worker);
    fact('Process', s.pid);
    part('queue', s.emitted, s.handed);
    part('pipe', s.handed, s.began);
    part('child', s.began ?? s.handed, s.answered);
    fact('Emitted', at(s.emitted));
    fact('Handed over', at(s.handed));
    fact('Begun', at(s.began));
    fact('Answered', s.answered == null ? 'not yet, as far as is known' : at(s.answered));
    fact('Outcome', h('bdi', null, shown(s.outcome || 'none yet', 40)));
  } else {
    fact('Began', clock(trace.began));
    fact('Took', ms(trace.ms));
    fact('Outcome', h('bdi', null, shown(String(trace.outcome).replace('_', ' '), 40)));
    fact('Message', trace.message && h('bdi', { class: 'place' }, shown(trace.message, 300)));
  }
  const cause = (s ?? trace).cause;
  put(element, h('h3', null, h('a', { href: componentLink(topology, component) }, h('bdi', null, shown(component, 60))), ` task ${(s ?? trace).task}`),
    cause && h('p', { class: 'cause' }, h('bdi', null, clean(cause, 2000))), h('dl', { class: 'config' }, facts),
    !s && (trace.values?.length ? [h('h3', null, 'Values'), list(trace.values), trace.more > 0 && h('p', { class: 'soft' }, `and ${count(trace.more)} more`)] : trace.values ? null : h('p', { class: 'soft' }, 'Its values are shown to those who may operate.')));
}
