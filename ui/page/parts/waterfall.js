// The tuples of a tree as a waterfall: a row for each, under the one that it was emitted for, with its time on an axis for all.
import { h, put, set } from '../dom.js';
import { ms, name as shown } from '../format.js';
import { details } from './span.js';
import { bar, key, spell } from './time.js';
import { chain, marks, pieces } from './trace-time.js';

const most = 500; // rows
const deepest = 12; // levels that are indented

// waterfall makes it; update(trace) gives the number of each component's colour, left() how many tuples have no row.
export function waterfall(topology) {
  const body = h('tbody');
  const axis = h('th', { scope: 'col', class: 'axis' });
  const whereHead = h('th', { scope: 'col', class: 'where' }, 'Where');
  const grid = h('table', { class: 'waterfall', role: 'treegrid', 'aria-label': 'Tuples of the tree' },
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Tuple to'), whereHead, axis, h('th', { scope: 'col', class: 'number' }, 'Took'))), body);
  const panel = h('section', { class: 'span', 'aria-label': 'The tuple', tabindex: '0' });
  const closed = new Set(); // rows whose children are folded away
  let trace = null;
  let tree = null;
  let current; // the id of the row whose details are shown; '' is the tree's
  let left = 0;

  function select(id, focus) {
    current = id;
    for (const row of body.rows) {
      const mine = row.dataset.id === id;
      set(row, 'tabindex', mine ? '0' : '-1');
      set(row, 'aria-selected', mine ? 'true' : 'false');
      if (mine && focus && document.activeElement !== row) row.focus({ preventScroll: false });
    }
    details(panel, topology, trace, tree.nodes.get(id));
  }

  function fold(id, yes) {
    if (!tree.nodes.get(id).children.length) return;
    if (yes) closed.add(id); else closed.delete(id);
    veil();
  }

  // veil hides what is below a closed row.
  function veil() {
    const hidden = new Set();
    for (const row of body.rows) {
      const node = tree.nodes.get(row.dataset.id);
      const veiled = node.up !== null && (hidden.has(node.up) || closed.has(node.up));
      if (veiled) hidden.add(node.id);
      row.hidden = veiled;
      if (node.children.length) set(row, 'aria-expanded', closed.has(node.id) ? 'false' : 'true');
    }
  }

  const rowOf = (event) => event.target.closest('tr');
  body.addEventListener('focusin', (event) => { if (rowOf(event).dataset.id !== current) select(rowOf(event).dataset.id, false); });
  body.addEventListener('click', (event) => {
    const { id } = rowOf(event).dataset;
    if (event.target.closest('.twist')) fold(id, !closed.has(id));
    select(id, true);
  });
  body.addEventListener('keydown', (event) => {
    const rows = [...body.rows].filter((r) => !r.hidden);
    const at = rows.indexOf(rowOf(event));
    const node = tree.nodes.get(rows[at].dataset.id);
    const go = (i) => select(rows[Math.max(0, Math.min(rows.length - 1, i))].dataset.id, true);
    const does = {
      ArrowDown: () => go(at + 1), ArrowUp: () => go(at - 1), Home: () => go(0), End: () => go(rows.length - 1), PageDown: () => go(at + 10), PageUp: () => go(at - 10),
      ArrowRight: () => closed.has(node.id) ? fold(node.id, false) : node.children.length && go(at + 1),
      ArrowLeft: () => node.children.length && !closed.has(node.id) ? fold(node.id, true) : node.up !== null && select(node.up, true),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  return {
    element: h('div', { class: 'trace' }, key(), h('div', { class: 'trace-parts' }, h('div', { class: 'scroll tall' }, grid), panel)),
    left: () => left,
    update(now) {
      trace = now;
      const length = lengthOf(trace);
      const focused = body.contains(document.activeElement);
      const path = new Set(chain(trace, length).map((s) => s.id));
      tree = grow(trace, choose(trace, path));
      left = trace.spans.length - tree.nodes.size + 1;
      const colours = new Map([...new Set([trace.component, ...trace.spans.map((s) => s.component)])].map((c, i) => [c, i]));
      whereHead.hidden = new Set(trace.nodes).size < 2;
      const step = stepOf(length, innerWidth < 700 ? 3 : 5);
      put(axis, ...ticks(length, step));
      grid.style.setProperty('--step', `${(100 * step / length).toFixed(3)}%`);
      put(body, tree.order.map((node) => row(node, trace, length, colours, path.has(node.id), !whereHead.hidden)));
      veil();
      if (!tree.nodes.has(current)) current = trace.outcome === 'acked' ? '' : [...path].at(-1) ?? '';
      select(current, focused);
      return colours;
    },
  };
}

// lengthOf is how long the axis is: as the tree took, but not where nothing is known of most of it, as after the last answer of a
// tree that timed out.
function lengthOf(trace) {
  const last = Math.max(0, ...trace.spans.flatMap((s) => [s.emitted, s.handed, s.began, s.answered]).filter(Number.isFinite));
  return Math.max(1e-6, trace.outcome === 'acked' || trace.ms < 3 * last || last === 0 ? Math.max(trace.ms || 0, last) : last * 1.25);
}

// choose is which tuples get a row, if they are too many: the chain, what failed, and the first.
function choose(trace, path) {
  if (trace.spans.length <= most) return trace.spans;
  const known = new Map(trace.spans.map((s) => [s.id, s]));
  const chosen = new Set();
  const add = (s) => {
    for (; s && !chosen.has(s) && chosen.size < most; s = known.get(s.parents?.[0])) chosen.add(s);
  };
  for (const s of trace.spans) if (path.has(s.id)) add(s);
  for (const s of trace.spans) if (s.outcome === 'failed') add(s);
  for (const s of trace.spans) add(s);
  return trace.spans.filter((s) => chosen.has(s));
}

// grow makes the tree of tuples: {nodes by id, order}. The root is the spout's.
function grow(trace, spans) {
  const root = { id: '', span: null, up: null, level: 1, children: [] };
  const nodes = new Map([['', root]]);
  for (const span of spans) if (span.id && !nodes.has(span.id)) nodes.set(span.id, { id: span.id, span, up: '', children: [] });
  for (const node of nodes.values()) {
    if (node === root) continue;
    const parent = (node.span.parents ?? []).find((id) => nodes.has(id) && id !== '' && nodes.get(id).span.emitted <= node.span.emitted && !under(nodes, id, node.id));
    node.up = parent ?? '';
    nodes.get(node.up).children.push(node);
  }
  const order = [];
  const open = [root];
  while (open.length) {
    const node = open.pop();
    order.push(node);
    for (const child of node.children) child.level = node.level + 1;
    open.push(...[...node.children].sort((a, b) => b.span.emitted - a.span.emitted));
  }
  return { nodes, order };
}

// under reports whether a node is another's, or below it: what says so of itself has no place in a tree.
function under(nodes, id, of) {
  for (let at = id; at; at = nodes.get(at).up) if (at === of) return true;
  return false;
}

// stepOf is a round number, of which so many at most make the axis.
function stepOf(length, many) {
  const ten = 10 ** Math.floor(Math.log10(length / many));
  return [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= length / many);
}

// ticks are the moments of the axis.
function ticks(length, step) {
  const list = [h('span', { class: 'unseen' }, 'Time')];
  for (let i = 0; i * step < length * 0.85; i++) {
    const tick = h('span', { class: 'tick', 'aria-hidden': 'true' }, i === 0 ? '0' : ms(i * step));
    tick.style.left = `${(100 * i * step / length).toFixed(2)}%`;
    list.push(tick);
  }
  return list;
}

function row(node, trace, length, colours, onPath, withNodes) {
  const { span: s } = node;
  const depth = Math.min(node.level - 1, deepest);
  const twist = h('span', { class: 'twist', 'aria-hidden': 'true' });
  const component = s ? s.component : trace.component;
  const name = h('th', { scope: 'row' }, h('span', { class: 'row-name' }, twist, onPath && h('span', { class: 'soft', 'aria-hidden': 'true' }, '◆ '), h('bdi', null, shown(component, 60)),
    h('span', { class: 'soft' }, s ? ` task ${s.task}${s.stream === 'default' ? '' : ` · ${shown(s.stream, 40)}`}` : ` task ${trace.task} · spout`)));
  name.firstChild.style.paddingInlineStart = `${depth * 0.9}rem`;
  const failed = s ? s.outcome === 'failed' : trace.outcome === 'failed' || trace.outcome === 'timed_out';
  const m = s && marks(s, length);
  const open = s ? m.open : trace.outcome === 'pending';
  const parts = s ? pieces(s, length) : [{ part: 'tree', from: 0, ms: Math.min(trace.ms, length), open: trace.ms > length }];
  const took = s ? (m.open ? null : s.answered - s.emitted) : trace.ms;
  const word = !s && trace.outcome === 'timed_out' ? 'timed out' : failed ? 'failed' : s && open ? 'no answer' : '';
  const where = withNodes && h('td', { class: 'where' }, h('bdi', null, s ? shown(s.node || '', 40) : shown(trace.nodes?.[0] ?? '', 40)));
  const spoken = s ? `${onPath ? 'on the longest chain, ' : ''}from ${ms(s.emitted)}: ${spell({ queue: m.handed - m.emitted, pipe: m.began - m.handed, child: m.open ? undefined : m.end - m.began }) || 'not answered'}${failed ? ', failed' : ''}` : 'the whole tree';
  return h('tr', { 'data-id': node.id, 'data-level': failed ? 'bad' : null, 'aria-level': node.level, tabindex: '-1' },
    name, where,
    h('td', { class: 'time' }, h('span', { class: 'unseen' }, spoken), bar(parts.map((p) => ({ ...p, hue: colours.get(component) })), length)),
    h('td', { class: 'number' }, word && h('span', { class: 'word', 'data-level': failed ? 'bad' : 'warn' }, `${failed ? '✕ ' : ''}${word} `), took === null ? '' : ms(took)));
}
