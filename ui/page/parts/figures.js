// The strip of large numbers, each with how it was in the last minute.
import { h, s, set, text } from '../dom.js';

const kept = 60;
const [width, height] = [100, 22];

// figures makes the strip of [{key, label, hint}]. update({key: {value, number, unit, level}}): number draws the line.
export function figures(all) {
  const parts = all.map(one);
  return {
    element: h('dl', { class: 'figures' }, parts.map((p) => p.element)),
    update(values) { for (const p of parts) p.update(values[p.key] ?? {}); },
  };
}

function one({ key, label, hint }) {
  const value = h('span', { class: 'value' });
  const unit = h('span', { class: 'unit' });
  const path = s('path', { 'vector-effect': 'non-scaling-stroke' });
  const line = s('svg', { class: 'spark', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' }, path);
  const element = h('div', { title: hint, 'data-figure': key }, h('dt', null, label), h('dd', null, value, ' ', unit, line));
  const past = [];
  return {
    key, element,
    update({ value: shown = '–', number, unit: of = '', level }) {
      text(value, shown);
      text(unit, of);
      set(element, 'data-level', level);
      past.push(Number.isFinite(number) ? number : null);
      if (past.length > kept) past.shift();
      set(path, 'd', draw(past));
    },
  };
}

// draw is the line through what is known, from the right.
export function draw(past) {
  const most = Math.max(...past.map((n) => n ?? 0), 1e-9);
  let d = '';
  let pen = false;
  past.forEach((n, i) => {
    if (n === null) { pen = false; return; }
    const x = width - (past.length - 1 - i) * (width / (kept - 1));
    const y = height - 1 - (n / most) * (height - 3);
    d += `${pen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  });
  return d;
}
