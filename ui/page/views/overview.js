// Everything that runs here: what is wrong first, then topologies and nodes.
import { h, put, section } from '../dom.js';
import { age, count, ms, name as shown, plural, quantile, rate } from '../format.js';
import { topologyLink } from '../links.js';
import { figures } from '../parts/figures.js';
import { health } from '../parts/health.js';
import { table } from '../parts/table.js';
import { begun, command, instead } from './frame.js';

const stateLevel = (t) => t.problems?.length ? 'bad' : t.status === 'active' && t.running >= t.workers ? 'good' : 'warn';

const topologyColumns = [
  { title: 'Topology', name: true, link: (t) => topologyLink(t.name), value: (t) => shown(t.name) },
  { title: 'State', name: true, wide: true, level: stateLevel, value: (t) => shown(t.problems?.[0] || t.state || t.status, 200), title_of: (t) => shown((t.problems ?? []).join('; '), 1000) },
  { title: 'Emitted/s', number: true, value: (t) => rate(begun(t)), hint: 'by its spouts' },
  { title: 'Acked/s', number: true, value: (t) => rate(t.rates?.acked) },
  { title: 'Failed/s', number: true, value: (t) => rate(t.rates?.failed), level: (t) => t.rates?.failed > 0 ? 'bad' : null },
  { title: 'Pending', number: true, value: (t) => count(t.pending), hint: 'tuple trees that are under way' },
  { title: 'p50', number: true, value: (t) => ms(quantile(t.latency_ms, 'p50')), hint: 'half of the trees were complete in this time' },
  { title: 'p99', number: true, value: (t) => ms(quantile(t.latency_ms, 'p99')), hint: '99 of 100 trees were complete in this time' },
  { title: 'Components', number: true, value: (t) => count(t.components) },
  { title: 'Tasks', number: true, value: (t) => count(t.tasks) },
  { title: 'Workers', number: true, value: (t) => t.workers ? `${t.running}/${t.workers}` : '–', level: (t) => t.running < t.workers ? 'warn' : null },
  { title: 'Up', number: true, value: (t) => age(t.uptime_seconds) },
];

const nodeLevel = (n) => n.status === 'alive' ? (n.draining ? 'warn' : 'good') : 'bad';

const nodeColumns = [
  { title: 'Node', name: true, value: (n) => shown(n.name || n.id) },
  { title: 'Status', level: nodeLevel, value: (n) => shown(n.status, 40) + (n.draining ? ', draining' : '') },
  { title: 'Part', value: (n) => n.role === 'leader' ? '★ leader' : shown(n.role || '–', 40), hint: 'the leader decides where workers go; voters keep the log' },
  { title: 'Workers', number: true, bar: (n) => n.slots ? n.workers / n.slots : 0, value: (n) => n.slots ? `${n.workers} of ${n.slots}` : count(n.workers) },
  { title: 'Since', number: true, value: (n) => age((Date.now() - new Date(n.since)) / 1000) },
  { title: 'Address', name: true, value: (n) => shown(n.address) },
  { title: 'Tags', name: true, value: (n) => shown((n.tags ?? []).join(', ') || '–') },
  { title: 'Version', name: true, value: (n) => shown(n.version, 40) },
];

export function overview(_, frame) {
  const element = h('div', { class: 'view' });
  const verdict = health();
  const numbers = figures([
    { key: 'topologies', label: 'Topologies' }, { key: 'emitted', label: 'Emitted' }, { key: 'acked', label: 'Acked' },
    { key: 'failed', label: 'Failed' }, { key: 'pending', label: 'Pending' }, { key: 'nodes', label: 'Nodes' },
  ]);
  const topologies = table({ label: 'Topologies', columns: topologyColumns, key: (t) => t.id || t.name, level: stateLevel });
  const nodes = table({ label: 'Nodes', columns: nodeColumns, key: (n) => n.id, level: nodeLevel, empty: 'No node is known yet.' });
  const [topologyPart, nodePart] = [section('Topologies', topologies.element), section('Nodes', nodes.element)];
  const nothing = h('section', { class: 'start' });
  put(element, h('h1', { class: 'unseen' }, 'Overview'), verdict.element, numbers.element, nothing, topologyPart, nodePart);

  return {
    element,
    update(o) {
      frame.about(o);
      const list = o.topologies ?? [];
      const sum = (of) => list.reduce((all, t) => all + (of(t) || 0), 0);
      const alive = (o.nodes ?? []).filter((n) => n.status === 'alive').length;
      const flow = sum((t) => t.rates?.acked);
      verdict.update(o.health ?? [], list.length === 0 ? 'Nothing runs.' : `All is well: ${plural(list.length, 'topology', 'topologies')}, ${rate(flow)} trees acked per second.`);
      nothing.hidden = list.length > 0;
      if (list.length === 0 && !nothing.firstChild) put(nothing, begin(o.kind));
      topologyPart.hidden = list.length === 0;
      nodePart.hidden = o.kind !== 'cluster';
      topologies.update(list);
      nodes.update(o.nodes ?? []);
      const figure = (n, unit = '') => ({ value: unit ? rate(n) : count(n), number: n, unit });
      numbers.update({
        topologies: figure(list.length), emitted: figure(sum(begun), '/s'), acked: figure(flow, '/s'),
        failed: { ...figure(sum((t) => t.rates?.failed), '/s'), level: sum((t) => t.rates?.failed) > 0 ? 'bad' : null },
        pending: figure(sum((t) => t.pending)),
        nodes: o.kind === 'cluster' ? { value: `${alive}/${o.nodes.length}`, number: alive, level: alive < o.nodes.length ? 'bad' : null } : { value: '1', unit: 'this machine', number: 1 },
      });
      numbers.element.hidden = list.length === 0 && o.kind !== 'cluster';
    },
    refused: (why) => instead(element, 'The overview can’t be had', why.message),
  };
}

// begin says how the first topology gets here.
function begin(kind) {
  return [
    h('h2', null, 'Start one'),
    h('p', null, kind === 'cluster' ? 'From the folder of a topology, in any language:' : 'The topology of this gstorm has ended. To run another one:'),
    h('p', null, command(kind === 'cluster' ? 'gstorm submit word_count.rb' : 'gstorm run --ui word_count.rb')),
    h('p', { class: 'soft' }, 'No topology yet? ', command('gstorm new my_stream'), ' writes one, with a test.'),
  ];
}
