// The values of a tuple, as the server shows them: {field, json, bytes}; json is a value's text, bytes how long that is where only
// its beginning came. A trace says {name, value, bytes}.
import { h } from '../dom.js';
import { clean, count, name as shown } from '../format.js';

const name = (v) => shown(v.field ?? v.name, 60);
const value = (v, most) => `${clean(v.json ?? v.value, most)}${v.bytes ? `… (${count(v.bytes)} bytes)` : ''}`;

// inline has them in a line, each of so many letters at most.
export const inline = (values, most = 5000) => (values ?? []).flatMap((v) => [h('span', { class: 'soft' }, `${name(v)} `), `${value(v, most)}  `]);

// list has them below each other.
export const list = (values) => h('dl', { class: 'config' },
  values.flatMap((v) => [h('dt', null, h('bdi', null, name(v))), h('dd', null, h('bdi', { class: 'place' }, value(v, 5000)))]));
