// The topology as it was declared, with what flows in it. The same numbers are in the table below it.
import { h, keyed, s, set, text } from '../dom.js';
import { name as shown, rate } from '../format.js';
import { layout } from './layout.js';
import { node, size } from './graph-node.js';
import { panzoom } from './panzoom.js';

const lively = 60; // edges: of more, none is animated

// graph makes it. update(document) takes the topology's; places are made anew only when the topology has changed.
export function graph(topology) {
  const edgeLayer = s('g');
  const nodeLayer = s('g');
  const group = s('g', null, edgeLayer, nodeLayer);
  const svg = s('svg', { class: 'graph', role: 'group', 'aria-label': 'Graph of the topology. Arrow keys go from component to component; the same is in the table of components.' }, group);
  const view = panzoom(svg, group, (k) => set(svg, 'data-far', k < 0.16 ? '2' : k < 0.5 ? '1' : '0'));
  const filter = h('input', { type: 'search', placeholder: 'find a component', 'aria-label': 'Find a component' });
  const button = (label, sign, act) => h('button', { type: 'button', 'aria-label': sign.length > 1 ? null : label, title: label, onclick: act }, sign);
  const found = h('span', { class: 'soft', role: 'status' });
  const frame = h('div', { class: 'graph-frame' }, svg);
  const element = h('div', { class: 'graph-part' },
    h('div', { class: 'tools' }, filter, found, h('span', { class: 'push' }),
      button('Zoom out', '−', () => view.zoom(1 / 1.3)), button('Zoom in', '+', () => view.zoom(1.3)), button('Show all', 'Fit', () => view.again())),
    frame,
    h('p', { class: 'key-line' }, h('span', null, h('i', { class: 'key-flow' }), 'thicker: more tuples'), h('span', null, h('i', { class: 'key-held' }), 'red: waits for a full queue'),
      h('span', null, 'hold Ctrl to zoom by wheel')));

  let shape = ''; // what places depend on
  let places = null;
  let now = null;
  let here = null; // the node that Tab comes to
  const advice = new Map(); // the worst of each component

  async function place() {
    const down = frame.clientWidth < 700;
    const pairs = [...new Map(now.edges.filter(known).map((e) => [pairOf(e), [e.from, e.to]])).entries()];
    const wanted = JSON.stringify([down, now.components.map((c) => c.id), pairs.map(([key]) => key)]);
    if (wanted === shape) return;
    shape = wanted;
    const result = await layout(now.components.map((c) => ({ id: c.id, ...size })), pairs.map(([, pair]) => pair), down);
    if (wanted !== shape) return;
    places = { nodes: new Map(result.nodes.map((n) => [n.id, n])), edges: new Map(pairs.map(([key], i) => [key, result.edges[i]])), result };
    set(element, 'data-layout-ms', Math.round(result.took));
    const height = Math.min(Math.max(result.height * Math.min(1, frame.clientWidth / result.width), 190), down ? 560 : Math.max(420, innerHeight * 0.62));
    frame.style.height = `${Math.round(height)}px`;
    view.fit(result.width, result.height);
    here = null;
    paint();
  }
  const known = (e) => now.components.some((c) => c.id === e.from) && now.components.some((c) => c.id === e.to);

  function paint() {
    if (!places) return;
    advice.clear();
    for (const a of now.advice ?? []) if (a.component && !advice.has(a.component)) advice.set(a.component, a);
    const pairs = together(now.edges);
    const most = Math.max(1, ...pairs.map((e) => e.rate || 0));
    set(svg, 'data-lively', pairs.length <= lively);
    keyed(edgeLayer, pairs.filter((e) => places.edges.has(pairOf(e))), pairOf, edge);
    for (const e of pairs) edgeLayer.keyed.get(pairOf(e))?.draw(e, places, most);
    const components = now.components.filter((c) => places.nodes.has(c.id));
    keyed(nodeLayer, components, (c) => c.id, (c) => {
      const one = node(topology, c);
      return { element: one.element, update: (c) => one.update(c, advice.get(c.id)) };
    });
    for (const c of components) {
      const at = places.nodes.get(c.id);
      set(nodeLayer.keyed.get(c.id).element, 'transform', `translate(${at.x - at.width / 2} ${at.y - at.height / 2})`);
    }
    if (!here && components.length) stop(components[0].id);
    seek();
  }

  const stop = (id) => {
    if (here) nodeLayer.keyed.get(here)?.element.setAttribute('tabindex', '-1');
    here = id;
    nodeLayer.keyed.get(id).element.setAttribute('tabindex', '0');
  };

  svg.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || !here || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = towards(places.nodes, places.nodes.get(here), way);
    if (!next) return;
    stop(next.id);
    view.reveal(next.x, next.y);
    nodeLayer.keyed.get(next.id).element.focus({ preventScroll: true });
  });

  function seek() {
    const wanted = filter.value.trim().toLowerCase();
    const hits = now.components.filter((c) => c.id.toLowerCase().includes(wanted));
    const ids = new Set(hits.map((c) => c.id));
    for (const [id, part] of nodeLayer.keyed ?? []) set(part.element, 'data-dim', wanted !== '' && !ids.has(id));
    text(found, wanted === '' ? '' : hits.length === 1 ? '1 found' : `${hits.length} found`);
    return wanted === '' ? [] : hits;
  }
  filter.addEventListener('input', () => { if (now) seek(); });
  filter.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !now || !places) return;
    const [first] = seek();
    const at = first && places.nodes.get(first.id);
    if (at) { stop(first.id); view.reveal(at.x, at.y, 0.9); }
  });

  const sizes = new ResizeObserver(() => { if (now) place(); view.refit(); });
  sizes.observe(frame);
  return {
    element,
    update(document) {
      now = document;
      place();
      paint();
    },
    close() { sizes.disconnect(); },
  };
}

const pairOf = (e) => `${e.from}\u0000${e.to}`;

// together makes one of the edges between the same two: several streams are one line, with the sum of their rates.
function together(edges) {
  const pairs = new Map();
  for (const e of edges) {
    const one = pairs.get(pairOf(e));
    if (!one) pairs.set(pairOf(e), { ...e, all: [e] });
    else Object.assign(one, { rate: (one.rate || 0) + (e.rate || 0), held: Math.max(one.held || 0, e.held || 0), all: [...one.all, e] });
  }
  return [...pairs.values()];
}

// towards is the nearest node in a direction: what lies sideways counts double.
function towards(nodes, from, [dx, dy]) {
  let best = null;
  let least = Infinity;
  for (const n of nodes.values()) {
    const [ax, ay] = [n.x - from.x, n.y - from.y];
    const ahead = ax * dx + ay * dy;
    const aside = Math.abs(ax * dy) + Math.abs(ay * dx);
    if (ahead > 1 && ahead + 2 * aside < least) [best, least] = [n, ahead + 2 * aside];
  }
  return best;
}

function edge(first) {
  const hover = s('title');
  const path = s('path', { class: 'way' });
  const flow = s('path', { class: 'way moving' });
  const head = s('path', { class: 'head', d: 'M0 0L-9 -4.5V4.5Z' });
  const label = s('text', { class: 'edge-rate' });
  const element = s('g', { class: 'edge' }, hover, path, flow, head, label);
  let drawn = null;
  return {
    element,
    draw(e, places, most) {
      const points = places.edges.get(pairOf(first)) ?? loop(places.nodes.get(first.from));
      const held = e.held >= 0.5 ? 'bad' : e.held >= 0.1 ? 'warn' : e.rate > 0 ? 'good' : 'idle';
      set(element, 'data-held', held);
      const width = 1.2 + 6 * Math.min(1, Math.log1p(e.rate || 0) / Math.log1p(Math.max(most, 1000)));
      path.style.strokeWidth = flow.style.strokeWidth = width.toFixed(1);
      text(label, e.rate > 0 ? `${rate(e.rate)}/s` : '');
      text(hover, e.all.map((one) => `${shown(one.from)} → ${shown(one.to)}, stream ${shown(one.stream)}, ${shown(one.grouping)}: ${rate(one.rate)}/s${one.held >= 0.01 ? `, waits ${Math.round(one.held * 100)} % of the time` : ''}`).join('\n'));
      if (drawn === points) return;
      drawn = points;
      const d = curve(points);
      set(path, 'd', d);
      set(flow, 'd', d);
      const [end, before] = [points.at(-1), points.at(-2)];
      set(head, 'transform', `translate(${end[0]} ${end[1]}) rotate(${(Math.atan2(end[1] - before[1], end[0] - before[0]) * 180 / Math.PI).toFixed(1)})`);
      const middle = points[Math.floor(points.length / 2)];
      set(label, 'x', middle[0]);
      set(label, 'y', middle[1] - 8);
    },
  };
}

// loop is the way of an edge from a node to itself.
const loop = (n) => [[n.x + n.width / 2, n.y - 12], [n.x + n.width / 2 + 34, n.y], [n.x + n.width / 2, n.y + 12]];

// curve is a smooth line through points: quadratic curves between the middles.
function curve(points) {
  const p = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  if (points.length < 3) return `M${p.join('L')}`;
  let d = `M${p[0]}`;
  for (let i = 1; i < points.length - 1; i++) {
    const last = i === points.length - 2;
    const to = last ? points[i + 1] : [(points[i][0] + points[i + 1][0]) / 2, (points[i][1] + points[i + 1][1]) / 2];
    d += `Q${p[i]} ${to[0].toFixed(1)} ${to[1].toFixed(1)}`;
  }
  return d;
}
