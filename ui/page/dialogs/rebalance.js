import { h, set } from '../dom.js';
import { name as shown, plural } from '../format.js';
import { ask, field } from './dialog.js';
import { waitField } from './actions.js';

// rebalance asks how many workers and tasks there are to be. Only what was changed is sent.
export function rebalance(topology, send) {
  const wait = waitField('So long what is under way may take before the tasks move.');
  const workers = topology.workers?.length ?? 0;
  const workersInput = h('input', { type: 'number', min: '1', max: '10000', value: workers || null, inputmode: 'numeric' });
  const rows = topology.components.map((c) => {
    const input = h('input', { type: 'number', min: '1', max: '10000', required: true, value: c.tasks, inputmode: 'numeric', 'aria-label': `Tasks of ${shown(c.id, 60)}` });
    return { c, input, row: h('tr', null, h('th', { scope: 'row' }, h('bdi', null, shown(c.id, 60))), h('td', null, plural(c.tasks, 'task')), h('td', null, input)) };
  });
  const filter = h('input', { type: 'search', placeholder: 'filter', 'aria-label': 'Filter components', oninput: () => {
    for (const { c, row } of rows) set(row, 'hidden', !c.id.toLowerCase().includes(filter.value.toLowerCase()));
  } });
  return ask({
    title: ['Rebalance ', h('bdi', null, shown(topology.name, 60))],
    body: [
      h('p', null, 'Tasks are spread anew over the workers. While they move, spouts pause; nothing is lost.'),
      workers > 0 && field('Workers', workersInput),
      rows.length > 12 && filter,
      h('div', { class: 'scroll low', tabindex: '0', role: 'group', 'aria-label': 'Tasks by component' }, h('table', { class: 'form' },
        h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Component'), h('th', { scope: 'col' }, 'Now'), h('th', { scope: 'col' }, 'Tasks'))),
        h('tbody', null, rows.map((r) => r.row)))),
      wait.element,
    ],
    action: 'Rebalance',
    submit: () => {
      const parallelism = Object.create(null); // a component may be called __proto__
      for (const { c, input } of rows) if (Number(input.value) !== c.tasks) parallelism[c.id] = Number(input.value);
      const change = { wait: wait.value() };
      if (workers > 0 && Number(workersInput.value) !== workers) change.workers = Number(workersInput.value);
      if (Object.keys(parallelism).length > 0) change.parallelism = parallelism;
      return send(change);
    },
  });
}
