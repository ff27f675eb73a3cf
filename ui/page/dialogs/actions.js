// What may be done to a topology: a button for each that the server allows, a question before each.
import { h, keyed, set } from '../dom.js';
import { name as shown } from '../format.js';
import { post } from '../api.js';
import { topologyPath } from '../links.js';
import { say } from '../say.js';
import { ask, field } from './dialog.js';
import { level } from './level.js';
import { rebalance } from './rebalance.js';

const labels = { activate: 'Activate', deactivate: 'Deactivate', rebalance: 'Rebalance…', log_level: 'Log level…', kill: 'Kill…' };
const order = Object.keys(labels);

// actions makes the bar of buttons; its update takes the topology's document.
export function actions() {
  const bar = h('div', { class: 'actions', role: 'group', 'aria-label': 'Actions' });
  let now = null;
  const does = {
    activate: () => send(now.name, 'activate', { wait: -1 }, 'Activated: its spouts are asked for tuples again.'),
    deactivate: () => send(now.name, 'deactivate', { wait: -1 }, 'Deactivated: its spouts are no longer asked for tuples.'),
    rebalance: () => rebalance(now, (change) => send(now.name, 'rebalance', change, 'Rebalancing.', true)),
    log_level: () => level(now.name, undefined, now.components.map((c) => c.id)),
    kill: () => kill(now.name),
  };
  const make = (verb) => ({
    element: h('button', { type: 'button', class: verb === 'kill' ? 'danger' : null, 'data-action': verb, onclick: does[verb] }, labels[verb]),
  });
  return {
    element: bar,
    update(document) {
      now = document;
      const allowed = order.filter((verb) => document.actions?.includes(verb));
      set(bar, 'hidden', allowed.length === 0);
      keyed(bar, allowed, (verb) => verb, make);
    },
  };
}

// send does it. Within a dialog what goes wrong is the dialog's to say, else it is said here.
async function send(topology, verb, change, done, within = false) {
  try {
    await post(topologyPath(topology, verb), change);
    say(done);
  } catch (error) {
    if (within) throw error;
    say(`${labels[verb].replace('…', '')}: ${error.message}`, true);
  }
}

// waitField asks for seconds; nothing means the topology's own message timeout, which the API writes as -1.
export function waitField(hint) {
  const input = h('input', { type: 'number', min: '0', max: '86400', step: 'any', inputmode: 'decimal', placeholder: 'as the message timeout' });
  return { input, element: field('Wait, in seconds', input, hint), value: () => input.value === '' ? -1 : Number(input.value) };
}

function kill(topology) {
  const typeable = topology.length <= 60 && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(topology);
  const word = typeable ? topology : 'kill';
  const wait = waitField('So long it may finish what is under way.');
  const input = h('input', { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  return ask({
    title: ['Kill ', h('bdi', null, shown(topology, 60)), '?'],
    body: [
      h('p', null, 'Its spouts stop, what is under way is waited for, then it is gone. This can’t be taken back.'),
      wait.element,
      field(`Type ${word} to confirm`, input),
    ],
    action: 'Kill it',
    danger: true,
    submit: () => {
      if (input.value !== word) throw new Error(`To kill it, type ${word}.`);
      return send(topology, 'kill', { wait: wait.value() }, 'It is being killed.', true);
    },
  });
}
