// A stream graph: how numbers were, as bands around a middle that flow from right to left. A band is as thick as its number.
import { h, keyed, put, s, set, text } from '../dom.js';
import { clock, count, name as shown } from '../format.js';
import { still } from './tones.js';

const spans = [60, 120, 300, 600]; // seconds that are shown, the least in which all has room that is known
const points = 100; // per span
const kept = 11 * 60 * 1000;
const [top, bottom] = [10, 24]; // px around the bands

// stream makes one. begin(past) takes what the server knows; add(at, rows) what is so now; draw() shows it. colours is a palette;
// point(label) as for bars. focus(label) lets one band stand out.
export function stream({ colours, point }) {
  const bands = s('g', { class: 'bands' });
  const names = s('g', { class: 'names' });
  const moving = s('g', null, bands, names);
  const axis = s('g', { class: 'axis' });
  const svg = s('svg', { class: 'stream', role: 'img', 'aria-label': 'Nothing yet' }, moving, axis);
  const told = h('p', { class: 'told soft', 'aria-hidden': 'true' });
  const element = h('div', { class: 'stream-frame' }, svg, told);
  const sides = new Map(); // of labels: on which side of the middle they lie, and how far out
  let frames = []; // {at, values: Map}
  let last = null; // what is drawn

  function begin(past) {
    frames = past.times.map((at, i) => ({ at, values: new Map(past.series.filter((one) => one.values[i] > 0).map((one) => [one.label, one.values[i]])) }));
  }

  function add(at, rows) {
    if (frames.length && at <= frames.at(-1).at) return;
    frames.push({ at, values: new Map(rows.filter((r) => r[1] > 0).map((r) => [r[0], r[1]])) });
    while (frames[0].at < at - kept) frames.shift();
  }

  // buckets are means over steps of time, whose borders do not depend on when they are drawn, so that nothing trembles.
  function buckets(span, step, to) {
    const first = Math.floor((to - span * 1000) / step) - 1;
    const all = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => ({ at: (first + i + 0.5) * step, n: 0, sums: new Map() }));
    for (const f of frames) {
      const b = all[Math.floor(f.at / step) - first];
      if (!b) continue;
      b.n++;
      for (const [label, n] of f.values) b.sums.set(label, (b.sums.get(label) ?? 0) + n);
    }
    const known = [];
    for (const b of all) { // a gap is shown as what was before it: nobody looked, or nothing was told
      const before = known.at(-1);
      if (b.n > 0 || before) known.push({ at: b.at, values: b.n > 0 ? new Map([...b.sums].map(([label, sum]) => [label, sum / b.n])) : before.values });
    }
    const soft = known.map((b, i) => ({ at: b.at, values: softened(known[Math.max(0, i - 1)].values, b.values, known[Math.min(known.length - 1, i + 1)].values) }));
    if (!soft.length) return soft;
    soft.push({ at: to + 2 * step, values: soft.at(-1).values }); // beyond the edge, for what moves in
    if (soft[0].at < to - span * 1000 + 2 * step) soft.unshift({ at: soft[0].at - 2 * step, values: soft[0].values }); // and out
    return soft;
  }

  // place gives labels that are new a side: that with less on it, beyond all that are there. Those that are there stay.
  function place(labels, sums) {
    for (const label of sides.keys()) if (!sums.has(label)) sides.delete(label);
    const weight = [0, 0];
    for (const [label, { side }] of sides) weight[side] += sums.get(label);
    for (const label of labels) {
      if (sides.has(label)) continue;
      const side = weight[0] <= weight[1] ? 0 : 1;
      weight[side] += sums.get(label);
      sides.set(label, { side, out: 1 + Math.max(-1, ...[...sides.values()].filter((one) => one.side === side).map((one) => one.out)) });
    }
  }

  function draw() {
    if (!frames.length) return;
    const { width, height } = svg.getBoundingClientRect();
    if (width < 40 || height < 60) return;
    const to = frames.at(-1).at;
    const span = spans.find((one) => to - frames[0].at <= one * 1000) ?? spans.at(-1);
    const step = Math.max(1000, span * 1000 / points);
    const all = buckets(span, step, to);
    const sums = new Map();
    for (const b of all) for (const [label, n] of b.values) sums.set(label, (sums.get(label) ?? 0) + n);
    const labels = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a) || (a < b ? -1 : 1));
    place(labels, sums);
    const order = [...labels].sort((a, b) => depth(a) - depth(b)); // from the top edge down
    const most = Math.max(...all.map((b) => [...b.values.values()].reduce((x, y) => x + y, 0)), 1e-9);
    const [middle, scale] = [top + (height - top - bottom) / 2, (height - top - bottom) / most];
    const x = (at) => width - ((to - at) / 1000 / span) * width;
    const edges = new Map(order.map((label) => [label, []]));
    for (const b of all) {
      let y = middle - scale * [...b.values.values()].reduce((a, n) => a + n, 0) / 2;
      for (const label of order) {
        const n = b.values.get(label) ?? 0;
        edges.get(label).push({ x: x(b.at), at: b.at, above: y, below: (y += n * scale), n });
      }
    }
    keyed(bands, order, (label) => label, (label) => band(label, point));
    for (const label of order) {
      const path = bands.keyed.get(label).element;
      set(path, 'd', area(edges.get(label)));
      set(path, 'class', `tone-${colours.of(label)}`);
    }
    write(edges, labels, width);
    ticks(x, to, span, width, height);
    set(svg, 'aria-label', `How the first were in the last ${span / 60} ${span === 60 ? 'minute' : 'minutes'}; the table has the numbers.`);
    if (last && to > last && !still() && !document.hidden && to - last < 5000) {
      const shift = ((to - last) / 1000 / span) * width;
      for (const part of [moving, axis]) part.animate([{ transform: `translateX(${shift}px)` }, { transform: 'none' }], { duration: Math.min(1100, to - last), easing: 'linear' });
    }
    last = to;
  }

  const depth = (label) => { const { side, out } = sides.get(label); return side === 0 ? -1 - out : out; };

  // write puts names into bands that have room for them: where they are thickest, or where they were written before.
  function write(edges, labels, width) {
    const written = [];
    for (const label of labels.slice(0, 24)) {
      const spot = roomiest(edges.get(label), width, shown(label, 30), names.keyed?.get(label)?.spot);
      if (spot) written.push({ label, ...spot });
    }
    keyed(names, written, (one) => one.label, (one) => {
      const element = s('text', null, shown(one.label, 30));
      const part = { element, update(now) {
        part.spot = now.at;
        set(element, 'x', now.x.toFixed(1));
        set(element, 'y', (now.y + now.size * 0.34).toFixed(1));
        set(element, 'font-size', now.size.toFixed(1));
      } };
      return part;
    });
  }

  // ticks are times at round distances.
  function ticks(x, to, span, width, height) {
    const every = { 60: 15, 120: 30, 300: 60, 600: 120 }[span] * 1000 * (width < 520 ? 2 : 1);
    put(axis);
    const zone = new Date(to).getTimezoneOffset() * 60000;
    for (let at = Math.ceil((to - span * 1000 - zone) / every) * every + zone; at <= to; at += every) {
      const place = x(at);
      axis.append(s('line', { x1: place, x2: place, y1: 0, y2: height - bottom + 4 }));
      if (place > 30 && place < width - 30) axis.append(s('text', { x: place, y: height - 6 }, clock(at).slice(0, 8)));
    }
  }

  function focus(label) {
    for (const [of, part] of bands.keyed ?? []) set(part.element, 'data-dim', label !== null && of !== label);
    const f = frames.at(-1);
    text(told, label === null || !f ? '' : `${shown(label)}: ${count(f.values.get(label) ?? 0)}`);
  }

  const sizes = new ResizeObserver(() => { last = null; draw(); });
  sizes.observe(element);
  return { element, begin, add, draw, focus, labels: () => [...new Set(frames.flatMap((f) => [...f.values.keys()]))], close: () => sizes.disconnect() };
}

function band(label, point) {
  return { element: s('path', { onpointerenter: () => point(label), onpointerleave: () => point(null) }, s('title', null, shown(label))) };
}

// area is the outline of a band: its upper edge, and its lower one back.
function area(edge) {
  if (edge.length < 2) return '';
  return `M${edge[0].x.toFixed(1)} ${edge[0].above.toFixed(1)}${curve(edge, 'above')}L${edge.at(-1).x.toFixed(1)} ${edge.at(-1).below.toFixed(1)}${curve([...edge].reverse(), 'below')}Z`;
}

// curve goes through points without a corner: at each it has the direction from the one before to the one behind (Catmull-Rom).
function curve(edge, which) {
  const point = (i) => edge[Math.min(edge.length - 1, Math.max(0, i))];
  let d = '';
  for (let i = 1; i < edge.length; i++) {
    const [o, a, b, z] = [point(i - 2), point(i - 1), point(i), point(i + 1)];
    const third = (b.x - a.x) / 3;
    d += `C${(a.x + third).toFixed(1)} ${(a[which] + (b[which] - o[which]) / 6).toFixed(1)} ${(b.x - third).toFixed(1)} ${(b[which] - (z[which] - a[which]) / 6).toFixed(1)} ${b.x.toFixed(1)} ${b[which].toFixed(1)}`;
  }
  return d;
}

// softened is a moment between its neighbours, so that steps become slopes.
function softened(before, at, after) {
  const all = new Map();
  for (const [values, part] of [[before, 0.25], [at, 0.5], [after, 0.25]]) for (const [label, n] of values) all.set(label, (all.get(label) ?? 0) + n * part);
  return all;
}

// roomiest is where a name fits best into a band; null: nowhere.
function roomiest(edge, width, word, before) {
  let best = null;
  for (let i = 1; i < edge.length - 1; i++) {
    const at = edge[i];
    const thick = at.below - at.above;
    if (thick < 15 || (best && thick * (at.at === before ? 1.5 : 1) <= best.worth)) continue;
    for (const part of [0.42, 0.32, 0.24, 0.17]) {
      const size = Math.min(26, Math.max(11, thick * part));
      const half = (word.length * size * 0.66) / 2;
      const [above, below] = across(edge, i, half);
      const fits = at.x - half >= 4 && at.x + half <= width - 4 && below - above >= size * 1.15;
      if (fits) best = { x: at.x, at: at.at, y: (above + below) / 2, size, worth: thick * (at.at === before ? 1.5 : 1) };
      if (fits || size === 11) break;
    }
  }
  return best;
}

// across is how much of a band is free over all of a word's length.
function across(edge, i, half) {
  let [above, below] = [edge[i].above, edge[i].below];
  for (const way of [-1, 1]) {
    for (let k = i + way; k >= 0 && k < edge.length && Math.abs(edge[k].x - edge[i].x) < half; k += way) {
      above = Math.max(above, edge[k].above);
      below = Math.min(below, edge[k].below);
    }
  }
  return [above, below];
}
