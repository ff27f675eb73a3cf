// One topology: what is wrong with it, its graph, its numbers, then and now.
import { h, section } from '../dom.js';
import { clean, count, ms, name as shown, quantile, rate, span } from '../format.js';
import { componentLink } from '../links.js';
import { charts } from '../parts/charts.js';
import { errors } from '../parts/errors.js';
import { figures } from '../parts/figures.js';
import { graph } from '../parts/graph.js';
import { health, worst } from '../parts/health.js';
import { table } from '../parts/table.js';
import * as column from './columns.js';
import { begun } from './frame.js';
import { topologyPage } from './topology-page.js';

const componentColumns = (topology) => [
  { title: 'Component', name: true, link: (c) => componentLink(topology, c.id), value: (c) => shown(c.id) },
  { title: 'Kind', value: (c) => c.kind }, { title: 'Tasks', number: true, value: (c) => count(c.tasks) },
  column.flow, column.emitted, column.failed, column.capacity, column.held, column.p50, column.p99, column.queue, column.cpu, column.memory, column.restarts, column.errors,
];

export const windowColumns = (middle, latency) => [
  { title: 'Window', value: (w) => w.pretty || { 600: '10 min', 10800: '3 h', 86400: '1 d' }[w.window] || 'all time' },
  { title: 'Emitted', number: true, value: (w) => count(w.emitted) },
  { title: middle[0].toUpperCase() + middle.slice(1), number: true, value: (w) => count(w[middle]) },
  { title: 'Acked', number: true, value: (w) => count(w.acked) },
  { title: 'Failed', number: true, value: (w) => count(w.failed), level: (w) => w.failed > 0 ? 'bad' : null },
  { title: 'Mean latency', number: true, value: (w) => ms(w[latency]) },
];

const workerLevel = (w) => w.problem ? 'bad' : w.running ? 'good' : 'warn';
const workerColumns = [
  { title: 'Worker', value: (w) => w.id }, { title: 'Node', name: true, value: (w) => shown(w.node_name) }, { title: 'Address', name: true, value: (w) => shown(w.address || '–') },
  { title: 'Process', number: true, value: (w) => w.pid || '–' }, { title: 'Tasks', number: true, value: (w) => count(w.tasks) }, column.restarts,
  { title: 'Doing', name: true, wide: true, level: workerLevel, value: (w) => shown(w.problem || w.doing || (w.running ? 'runs' : 'does not run'), 300) },
];

// calm is the sentence for a topology with which nothing is wrong.
function calm(t) {
  if (t.status === 'inactive') return 'Deactivated: its spouts are not asked for tuples.';
  if (t.status === 'killed') return 'It is being killed.';
  if (t.state && t.state !== 'running') return clean(`It is ${t.state}${t.reason ? `: ${t.reason}` : ''}.`, 300);
  const p99 = quantile(t.latency_ms, 'p99');
  return `It keeps up: ${rate(t.rates?.acked)} trees per second${p99 === undefined ? '' : `, 99 of 100 within ${ms(p99)}`}, none failing.`;
}

// strip is what the large figures show of a topology.
export function strip(t) {
  const [p50, p99] = [quantile(t.latency_ms, 'p50'), quantile(t.latency_ms, 'p99')];
  const time = (n) => ({ value: span(n)[0], unit: span(n)[1], number: n });
  const flow = (n) => ({ value: rate(n), unit: '/s', number: n });
  return {
    emitted: flow(begun(t)), acked: flow(t.rates?.acked), failed: { ...flow(t.rates?.failed), level: t.rates?.failed > 0 ? 'bad' : null },
    pending: { value: count(t.pending), number: t.pending }, p50: time(p50), p99: time(p99),
  };
}

export function topology({ topo }) {
  const verdict = health(topo);
  const numbers = figures([
    { key: 'emitted', label: 'Emitted', hint: 'by its spouts' }, { key: 'acked', label: 'Acked', hint: 'trees that were complete' }, { key: 'failed', label: 'Failed', hint: 'trees that failed or timed out' },
    { key: 'pending', label: 'Pending', hint: 'trees under way' }, { key: 'p50', label: 'Latency p50', hint: 'half of the trees were complete in this time' }, { key: 'p99', label: 'Latency p99', hint: '99 of 100 trees were complete in this time' },
  ]);
  const drawing = graph(topo);
  const components = table({ label: 'Components', columns: componentColumns(topo), key: (c) => c.id, empty: 'It has no components yet.' });
  const windows = table({ label: 'Windows', columns: windowColumns('transferred', 'complete_ms'), key: (w) => w.window });
  const workers = table({ label: 'Workers', columns: workerColumns, key: (w) => w.id, level: workerLevel });
  const workersPart = section('Workers', workers.element);
  const problems = errors(topo, 'No component has reported an error.');
  let uptime = 0;
  const history = charts(topo, undefined, 'spout', () => uptime);
  const config = h('dl', { class: 'config' });
  const page = topologyPage(topo, '', verdict.element, numbers.element,
    section('Graph', drawing.element), section('Components', components.element),
    section('History', history.element), h('div', { class: 'two' }, section('Errors', problems.element), section('Windows', windows.element)),
    workersPart, h('details', { class: 'fold' }, h('summary', null, h('h2', null, 'Configuration')), config));

  return {
    ...page,
    update(t) {
      page.update(t);
      uptime = t.uptime_seconds;
      const list = t.advice ?? [];
      const well = worst(list) === 'good';
      verdict.update(list, calm(t), well && (t.status === 'inactive' || t.status === 'killed') ? 'warn' : well && t.state === 'failed' ? 'bad' : undefined);
      numbers.update(strip(t));
      drawing.update({ ...t, components: t.components ?? [], edges: t.edges ?? [] });
      components.update(t.components ?? []);
      windows.update(t.windows ?? []);
      workers.update(t.workers ?? []);
      workersPart.hidden = !t.workers?.length;
      problems.update(t.errors);
      if (!config.firstChild) for (const [key, value] of Object.entries(t.config ?? {})) config.append(h('dt', null, h('bdi', null, shown(key))), h('dd', null, h('bdi', null, clean(JSON.stringify(value), 2000))));
    },
    gone() {
      page.gone();
      verdict.element.hidden = true;
    },
    close() {
      drawing.close();
      history.close();
    },
  };
}
