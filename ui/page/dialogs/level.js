// Log levels: what is set, and a question to set one for a while.
import { h } from '../dom.js';
import { get, post } from '../api.js';
import { clock, name as shown } from '../format.js';
import { topologyPath } from '../links.js';
import { say } from '../say.js';
import { ask, field } from './dialog.js';

const levels = [['debug', 'debug: all there is'], ['info', 'info and above'], ['warn', 'warnings and errors'], ['error', 'errors only'], ['', 'as it was before']];
const times = [[600, '10 minutes'], [3600, 'an hour'], [86400, 'a day'], [0, 'until it is changed']];

// spell says what is set, [] of nothing; component limits that to what a component has of it.
export const spell = (list, component) => (list ?? []).filter((l) => component === undefined || l.component === component || l.component === '')
  .map((l) => `${l.component ? shown(l.component, 60) : 'all components'}: ${shown(l.level, 20)}${l.until ? ` until ${clock(l.until).slice(0, 8)}` : ''}`);

const options = (list, chosen) => list.map(([value, label]) => h('option', { value, selected: value === chosen }, label));

// level asks for one and sets it. component is whose, or undefined: that is asked, of the ids. It resolves to the levels that are
// set then, or null.
export async function level(topology, component, ids) {
  const path = topologyPath(topology, 'log-levels');
  const of = component === undefined && h('select', null, h('option', { value: '' }, 'all components'), ids.map((id) => h('option', { value: id }, shown(id, 60))));
  const which = h('select', null, options(levels, 'debug'));
  const long = h('select', null, options(times, 600));
  const now = h('p', { class: 'soft' });
  get(path).then(({ levels: list }) => { now.textContent = spell(list, component).join('; ') || 'None is set: each logs as it was written to.'; }, (error) => { now.textContent = error.message; });
  return ask({
    title: component === undefined ? 'Log level' : ['Log level of ', h('bdi', null, shown(component, 60))],
    body: [now, of && field('Component', of), field('Level', which, 'It reaches the component’s own processes, which then write no more, or no less, than that.'), field('For', long)],
    action: 'Set it',
    submit: async () => {
      const change = { component: component ?? of.value, level: which.value, seconds: which.value === '' ? 0 : Number(long.value) };
      const { levels: list } = await (await post(path, change)).json();
      say(change.level ? `The log level is ${change.level}.` : 'The log level is as it was before.');
      return list ?? [];
    },
  });
}
