// Tasks are begun anew, after a question.
import { h } from '../dom.js';
import { post } from '../api.js';
import { name as shown, plural } from '../format.js';
import { topologyPath } from '../links.js';
import { say } from '../say.js';
import { ask } from './dialog.js';

// restart asks, and restarts a component's tasks, or one of them: task is its number, undefined for all.
export function restart(topology, component, tasks, task) {
  const all = task === undefined;
  return ask({
    title: [all ? 'Restart ' : `Restart task ${task} of `, h('bdi', null, shown(component, 60)), '?'],
    body: h('p', null, all && tasks > 1 ? `Its ${plural(tasks, 'task')} get new processes, one after the other, each` : 'It gets a new process,',
      ' when it has handled what it has: no tuple is lost. What its process has in memory is.'),
    action: 'Restart',
    danger: true,
    submit: async () => {
      await post(all ? topologyPath(topology, 'components', component, 'restart') : topologyPath(topology, 'tasks', task, 'restart'), {});
      say(all ? `${shown(component, 60)} is being restarted.` : `Task ${task} is being restarted.`);
    },
  });
}
