// Bars with names and numbers, the longest first. They glide to their new places.
import { h, keyed, set, text } from '../dom.js';
import { count, name as shown } from '../format.js';
import { still } from './tones.js';

const glide = { duration: 700, easing: 'cubic-bezier(.3, .7, .2, 1)' };

// bars makes them. update(rows): [label, number, …]. colours is a palette; point(label) is called when the pointer is at one, and
// with null when it is no more.
export function bars({ colours, point }) {
  const element = h('ol', { class: 'bars' });
  let wasShown = false;
  return {
    element,
    update(rows) {
      const most = Math.max(...rows.map((r) => r[1]), 0);
      const moves = wasShown && !still() && !document.hidden;
      const before = moves ? places(element) : null;
      keyed(element, rows.map((r, i) => ({ label: r[0], number: r[1], place: i + 1, share: most > 0 ? Math.max(r[1], 0) / most : 0 })), (r) => r.label, (r) => bar(r, colours, point));
      wasShown = true;
      if (moves) for (const item of element.children) move(item, before.get(item));
    },
  };
}

function bar({ label }, colours, point) {
  const place = h('span', { class: 'place', 'aria-hidden': 'true' });
  const full = h('i', { 'aria-hidden': 'true' });
  const number = h('b');
  const element = h('li', { class: `tone-${colours.of(label)}`, onpointerenter: () => point(label), onpointerleave: () => point(null) },
    place, h('bdi', { class: 'label', title: shown(label) }, shown(label)), h('span', { class: 'track' }, full, number));
  return {
    element,
    update(r) {
      text(place, r.place);
      text(number, count(r.number));
      element.style.setProperty('--share', r.share.toFixed(4));
      set(element, 'class', `tone-${colours.of(label)}`);
    },
  };
}

const full = (item) => item.querySelector('i');

// places are where the items are now, also on their way.
function places(list) {
  const all = new Map();
  for (const item of list.children) all.set(item, { top: item.getBoundingClientRect().top, width: full(item).getBoundingClientRect().width, number: item.querySelector('b').getBoundingClientRect().left });
  return all;
}

function move(item, from) {
  for (const moving of item.getAnimations({ subtree: true })) moving.cancel();
  if (!from) {
    item.animate([{ opacity: 0, transform: 'translateY(60%)' }, { opacity: 1, transform: 'none' }], glide);
    return;
  }
  const up = from.top - item.getBoundingClientRect().top;
  if (Math.abs(up) > 0.5) item.animate([{ transform: `translateY(${up}px)` }, { transform: 'none' }], glide);
  const width = full(item).getBoundingClientRect().width;
  if (Math.abs(width - from.width) <= 0.5) return;
  full(item).animate([{ transform: `scaleX(${width > 0 ? from.width / width : 1})` }, { transform: 'none' }], glide);
  const number = item.querySelector('b');
  number.animate([{ transform: `translateX(${from.number - number.getBoundingClientRect().left}px)` }, { transform: 'none' }], glide);
}
