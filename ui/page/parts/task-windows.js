// What each task has done in one of Storm's windows.
import { h, set } from '../dom.js';
import { count, ms } from '../format.js';
import { table } from './table.js';

const names = [['600', '10 min'], ['10800', '3 h'], ['86400', '1 d'], [':all-time', 'all']];
const columns = [
  { title: 'Task', value: (w) => w.task }, { title: 'Emitted', number: true, value: (w) => count(w.emitted) }, { title: 'Executed', number: true, value: (w) => count(w.executed) },
  { title: 'Acked', number: true, value: (w) => count(w.acked) }, { title: 'Failed', number: true, value: (w) => count(w.failed), level: (w) => w.failed > 0 ? 'bad' : null },
  { title: 'Mean latency', number: true, value: (w) => ms(w.latency_ms) },
];

// taskWindows makes it; update(component) takes its document.
export function taskWindows() {
  let chosen = names[0][0];
  let last = { tasks: [] };
  const rows = table({ label: 'Windows by task', columns, key: (w) => w.task, empty: 'None of its tasks has been counted yet.' });
  const buttons = names.map(([id, label]) => h('button', { type: 'button', 'aria-pressed': String(id === chosen), onclick: () => {
    chosen = id;
    buttons.forEach((b, i) => set(b, 'aria-pressed', String(names[i][0] === chosen)));
    show();
  } }, label));
  const show = () => rows.update((last.tasks ?? []).flatMap((t) => (t.windows ?? []).filter((w) => w.window === chosen).map((w) => ({ ...w, task: t.id }))));
  return {
    element: h('div', null, h('div', { class: 'tools' }, h('div', { class: 'choice', role: 'group', 'aria-label': 'Window' }, buttons)), rows.element),
    update(c) { last = c; show(); },
  };
}
