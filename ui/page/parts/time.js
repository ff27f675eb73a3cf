// The three parts of the time that a tuple takes, how they look, and what their lengths are called.
import { h } from '../dom.js';
import { ms } from '../format.js';

export const kinds = ['queue', 'pipe', 'child'];

const words = { queue: 'in the queue', pipe: 'in the pipe to its process', child: 'in the component itself' };

// swatch is how a part looks in a bar, by shape before colour: a thread in the queue, hatched in the pipe, a block in the child.
export const swatch = (kind) => h('i', { class: 'swatch', 'aria-hidden': 'true', 'data-part': kind });

// key says which is which.
export const key = () => h('p', { class: 'key-line' }, kinds.map((kind) => h('span', null, swatch(kind), words[kind])));

// spell is the parts in words; what is not known is left out.
export const spell = (parts) => kinds.filter((kind) => Number.isFinite(parts?.[kind])).map((kind) => `${ms(parts[kind])} ${words[kind]}`).join(', ');

// bar makes one of a line's parts: [{part, from, ms}] on a line that is so many ms long.
export function bar(pieces, length) {
  return h('span', { class: 'lengths', 'aria-hidden': 'true' }, pieces.filter((p) => p.ms > 0 || p.part === 'child').map((p) => {
    const piece = h('i', { 'data-part': p.part, 'data-open': p.open });
    piece.style.left = `${(100 * p.from / length).toFixed(3)}%`;
    piece.style.width = `${(100 * Math.max(0, p.ms) / length).toFixed(3)}%`;
    if (p.hue !== undefined) hue(piece, p.hue);
    return piece;
  }));
}

// hue gives an element the colour of the n-th component.
export function hue(element, n) {
  element.style.setProperty('--hue', `var(--k${n % 8})`);
  return element;
}
