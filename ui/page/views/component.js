// One component: its tasks, what it gets and gives, its errors, its log.
import { h, put, section, text } from '../dom.js';
import { bytes, count, name as shown, percent, plural, quantile, rate, span } from '../format.js';
import { componentLink, topologyPath } from '../links.js';
import { level, spell } from '../dialogs/level.js';
import { restart } from '../dialogs/restart.js';
import { charts } from '../parts/charts.js';
import { errors } from '../parts/errors.js';
import { figures } from '../parts/figures.js';
import { health } from '../parts/health.js';
import { latency } from '../parts/latency.js';
import { log } from '../parts/logs.js';
import { poll } from '../parts/poll.js';
import { load, table } from '../parts/table.js';
import { tap } from '../parts/tap.js';
import { taskWindows } from '../parts/task-windows.js';
import * as column from './columns.js';
import { instead } from './frame.js';
import { windowColumns } from './topology.js';

const stateLevel = (t) => t.state === 'running' ? 'good' : t.state === 'failed' ? 'bad' : 'warn';

const taskColumns = (topology, component, restartable) => [
  { title: 'Task', value: (t) => t.id }, { title: 'State', level: stateLevel, value: (t) => shown(t.state, 40) },
  restartable && { title: 'Restart', value: (t) => t.may ? `Restart ${t.id}…` : '', act: (t) => restart(topology, component, 1, t.id) },
  column.flow, column.emitted, column.failed, column.capacity, column.held, column.p50, column.p99, column.queue, column.inFlight, column.cpu, column.memory, column.restarts, column.errors,
  { title: 'Process', number: true, value: (t) => t.pid || '–' },
  { title: 'Where', name: true, value: (t) => t.node ? `${shown(t.node, 60)}, worker ${t.worker}` : 'here' }, column.since,
].filter(Boolean);

const inputColumns = (topology) => [
  { title: 'From', name: true, link: (i) => componentLink(topology, i.source), value: (i) => shown(i.source) }, { title: 'Stream', name: true, value: (i) => shown(i.stream) },
  { title: 'Grouping', name: true, value: (i) => shown(i.grouping) }, { title: 'Tuples/s', number: true, value: (i) => rate(i.rate) },
  { title: 'Executed', number: true, value: (i) => count(i.executed) }, { title: 'Acked', number: true, value: (i) => count(i.acked) },
  { title: 'Failed', number: true, value: (i) => count(i.failed), level: (i) => i.failed > 0 ? 'bad' : null },
];

const outputColumns = [
  { title: 'Stream', name: true, value: (o) => shown(o.stream) }, { title: 'Fields', name: true, wide: true, value: (o) => shown((o.fields ?? []).join(', ') || '–', 300) },
  { title: 'To', name: true, wide: true, value: (o) => shown((o.to ?? []).join(', ') || 'nobody', 300) }, { title: 'Emits/s', number: true, value: (o) => rate(o.rate) },
  { title: 'Emitted', number: true, value: (o) => count(o.emitted) }, { title: 'Transferred', number: true, value: (o) => count(o.transferred) },
];

// advice is what the component's own numbers say; the topology's page knows of what lies around it.
function advice(c) {
  const list = [];
  const down = (c.tasks ?? []).filter((t) => t.state === 'failed');
  if (down.length) list.push({ severity: 'bad', message: `${plural(down.length, 'task')} of it failed.`, advice: 'The errors below say why.' });
  if (load(c) === 'bad') list.push({ severity: 'bad', message: `Its busiest task is busy ${percent(c.capacity)} of the time.`, advice: 'Give it more tasks, or less to do for each tuple.' });
  if (c.held >= 0.5) list.push({ severity: 'warn', message: `It waits ${percent(c.held)} of the time for those that it sends to.`, advice: 'They are what is slow, not this.' });
  if (c.rates?.failed > 0) list.push({ severity: 'warn', message: `${rate(c.rates.failed)} tuples fail per second.`, advice: c.kind === 'spout' ? 'The components after it say why.' : 'The errors below may say why.' });
  return list;
}

// before says what tasks had counted that are no more, as it is in the component's totals.
function before(c) {
  const { emitted = 0, executed = 0, acked = 0, failed = 0 } = c.earlier ?? {};
  if (!emitted && !executed && !acked && !failed) return '';
  const what = [c.kind !== 'spout' && `${count(executed)} executed`, `${count(emitted)} emitted`, `${count(acked)} acked`, `${count(failed)} failed`].filter(Boolean);
  return `The totals are also of tasks that are no more: ${what.join(', ')}.`;
}

export function component({ topo, id }, frame) {
  const element = h('div', { class: 'view' });
  const facts = h('p', { class: 'facts' });
  const set = h('p', { class: 'soft', role: 'status' }); // the log levels that are set
  const buttons = h('div', { class: 'actions', role: 'group', 'aria-label': 'Actions', hidden: true },
    h('button', { type: 'button', 'data-action': 'log_level', onclick: async () => { if (await level(topo, id)) levels.again(); } }, 'Log level…'),
    h('button', { type: 'button', class: 'danger', 'data-action': 'restart', onclick: () => restart(topo, id, tasks) }, 'Restart…'));
  let tasks = 1;
  let levels = null; // what follows them, where there are any
  const showLevels = (found) => text(set, spell(found.levels, id).join('; ').replace(/^(?=.)/, 'Log level: '));
  const verdict = health(topo);
  const problems = errors(null, 'It has reported no error.');
  const lines = log(topo, id);
  const tuples = tap(topo, id);
  let parts = null; // what depends on the kind of the component

  function make(kind, restartable) {
    const spout = kind === 'spout';
    const numbers = figures([
      { key: 'flow', label: spout ? 'Emitted' : 'Executed' }, { key: 'failed', label: 'Failed' }, { key: 'capacity', label: 'Busy', hint: 'of its busiest task, in the last 10 s' },
      { key: 'queue', label: spout ? 'Pending' : 'Queue' }, { key: 'p50', label: 'Latency p50' }, { key: 'p99', label: 'Latency p99' }, { key: 'memory', label: 'Memory' },
    ]);
    const list = table({ label: 'Tasks', columns: taskColumns(topo, id, restartable), key: (t) => t.id, level: stateLevel, empty: 'None of its tasks runs yet.' });
    const earlier = h('p', { class: 'soft' });
    const inputs = table({ label: 'Inputs', columns: inputColumns(topo), key: (i) => `${i.source}\u0000${i.stream}` });
    const outputs = table({ label: 'Outputs', columns: outputColumns, key: (o) => o.stream, empty: 'It emits nothing.' });
    const windows = table({ label: 'Windows', columns: windowColumns(spout ? 'transferred' : 'executed', 'latency_ms'), key: (w) => w.window });
    const apart = latency();
    const byTask = taskWindows();
    const history = charts(topo, id, kind, () => 0);
    put(element, h('div', { class: 'title' }, h('div', null, h('h1', null, h('bdi', null, shown(id))), facts, set), buttons), verdict.element, numbers.element,
      section('Tasks', list.element, earlier), !spout && section('Latency apart', apart.element), section('Errors', problems.element), section('Log', lines.element), section('Tap', tuples.element), section('History', history.element),
      h('div', { class: 'two' }, !spout && section('Inputs', inputs.element), section('Outputs', outputs.element)), h('div', { class: 'two' }, section('Windows', windows.element), section('Windows by task', byTask.element)));
    return { numbers, list, earlier, apart, inputs, outputs, windows, byTask, history };
  }

  return {
    element,
    update(c) {
      frame.title(`${id} – ${topo}`);
      const may = (action) => c.actions?.includes(action) ?? false;
      parts ??= make(c.kind === 'spout' ? 'spout' : 'bolt', may('restart'));
      tasks = c.tasks?.length ?? 1;
      if (may('log_level')) levels ??= poll(() => topologyPath(topo, 'log-levels'), 10000, showLevels, h('span'));
      for (const button of buttons.children) button.hidden = !may(button.dataset.action);
      buttons.hidden = !may('log_level') && !may('restart');
      const where = c.file ? `${c.file}${c.line ? `:${c.line}` : ''}` : '';
      text(facts, [c.kind, plural(c.tasks?.length ?? 0, 'task'), Array.isArray(c.command) ? c.command.join(' ') : c.command, where].filter(Boolean).map((part) => shown(part, 300)).join(' · '));
      verdict.update(advice(c), (c.tasks ?? []).every((t) => t.state === 'running') ? `It keeps up: ${rate(c.kind === 'spout' ? c.rates?.emitted : c.rates?.executed)} tuples per second.` : 'Not all of its tasks run.');
      const time = (n) => ({ value: span(n)[0], unit: span(n)[1], number: n });
      const [size, unit] = bytes(c.memory_bytes).split(' ');
      parts.numbers.update({
        flow: { value: rate(c.kind === 'spout' ? c.rates?.emitted : c.rates?.executed), unit: '/s', number: c.kind === 'spout' ? c.rates?.emitted : c.rates?.executed },
        failed: { value: rate(c.rates?.failed), unit: '/s', number: c.rates?.failed, level: c.rates?.failed > 0 ? 'bad' : null },
        capacity: { value: percent(c.capacity), number: c.capacity, level: load(c) === 'good' ? null : load(c) },
        queue: { value: count(c.kind === 'spout' ? c.in_flight : c.queue), number: c.kind === 'spout' ? c.in_flight : c.queue },
        p50: time(quantile(c.latency_ms, 'p50')), p99: time(quantile(c.latency_ms, 'p99')), memory: { value: size, unit, number: c.memory_bytes },
      });
      parts.list.update((c.tasks ?? []).map((t) => ({ ...t, kind: c.kind, may: may('restart') })));
      text(parts.earlier, before(c));
      parts.inputs.update(c.inputs ?? []);
      parts.outputs.update(c.outputs ?? []);
      tuples.update((c.outputs ?? []).map((o) => o.stream), c.role);
      parts.windows.update(c.windows ?? []);
      parts.byTask.update(c);
      parts.apart.update(c);
      problems.update(c.errors);
    },
    refused: (why) => instead(element, `There is nothing to see of ${shown(id, 60)}`, why.message),
    gone() {
      buttons.hidden = true;
      verdict.update([], 'Its topology is no more. What you see is the last that was known of it.', 'warn');
    },
    close() {
      parts?.history.close();
      levels?.close();
      lines.close();
      tuples.close();
    },
  };
}
