// The verdict: what is wrong now, worst first, in words, with what to do.
import { h, keyed, set, text } from '../dom.js';
import { clean, name as shown } from '../format.js';
import { componentLink, topologyLink } from '../links.js';

const words = { bad: 'Problem', warn: 'Warning', info: 'Note' };
const rank = { bad: 0, warn: 1, info: 2 };
const known = (severity) => severity in rank ? severity : 'info';

// worst is the highest severity of a list; "good" for none.
export function worst(list) {
  const [first] = [...list].sort((a, b) => rank[known(a.severity)] - rank[known(b.severity)]);
  return first && known(first.severity) !== 'info' ? known(first.severity) : 'good';
}

// health makes it. update(list, calm): calm is the sentence for when nothing is wrong; topology is whose components are meant
// where an item does not say.
export function health(topology) {
  const headline = h('p', { class: 'headline' });
  const list = h('ul', { class: 'advice' });
  const heard = h('p', { class: 'unseen', role: 'status' });
  const element = h('section', { class: 'verdict', 'aria-label': 'Health' }, headline, list, heard);
  let last = '';
  return {
    element,
    update(items, calm, level = worst(items)) {
      set(element, 'data-level', level);
      const wrong = items.filter((i) => known(i.severity) !== 'info').length;
      text(headline, wrong > 1 ? `${wrong} things need attention.` : wrong === 1 ? 'One thing needs attention.' : calm);
      keyed(list, items, identity, (item) => line(item, topology));
      // Read out is what is new, not every change of a number.
      const now = items.map(identity).join('\n');
      if (now !== last) text(heard, items.length ? items.map((i) => `${words[known(i.severity)]}: ${clean(i.message, 300)}`).join(' ') : wrong ? '' : clean(calm, 300));
      last = now;
    },
  };
}

const identity = (item) => [item.severity, item.topology, item.component, item.node, kind(item.message)].join('\u0000');

// kind is a message without its numbers, so that one whose numbers move stays the same.
const kind = (message) => String(message ?? '').slice(0, 500).replace(/[\d.,]+/g, '#');

function line(first, topology) {
  const severity = known(first.severity);
  const of = first.topology || topology;
  const href = first.component && of ? componentLink(of, first.component) : of && of !== topology ? topologyLink(of) : null;
  const where = [of !== topology && of, first.component].filter(Boolean).map((n) => shown(n, 60)).join(' / ');
  const message = h('bdi', { class: 'message' });
  const advice = h('bdi', { class: 'do' });
  const element = h('li', { 'data-level': severity }, h('span', { class: 'mark' }, h('span', { class: 'unseen' }, `${words[severity]}: `)),
    h('div', null, message, advice, href && h('a', { href }, 'Look at ', h('bdi', null, where))));
  return {
    element,
    update(item) {
      text(message, clean(item.message, 2000));
      text(advice, clean(item.advice, 2000));
      advice.hidden = !item.advice;
    },
  };
}
