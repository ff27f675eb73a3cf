// What all views have in common: how a view says that there is nothing to show.
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
