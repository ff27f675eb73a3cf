// What views have in common.
import { h, put } from '../dom.js';
import { clean } from '../format.js';

// instead is a page that says why there are no numbers, and where to go.
export function instead(element, title, message) {
  put(element, h('section', { class: 'verdict', 'data-level': 'warn' },
    h('h1', { class: 'headline' }, title), h('p', null, h('bdi', null, clean(message, 2000))),
    h('p', null, h('a', { href: '#/' }, 'To the overview'))));
}

// command is something to type in a terminal.
export const command = (...words) => h('code', { class: 'command' }, words);

// begun is how many trees a topology's spouts begin a second; where that is not said, what all components emit.
export const begun = (t) => t.rates?.spout_emitted ?? t.rates?.emitted;
