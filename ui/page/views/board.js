// A board: what a component of a topology shows on purpose, as large as the window.
import { get } from '../api.js';
import { h, put, set, text } from '../dom.js';
import { age, clean, count, moment, name as shown, plural } from '../format.js';
import { componentLink, topologyPath } from '../links.js';
import { bars } from '../parts/bars.js';
import { stream } from '../parts/stream.js';
import { table } from '../parts/table.js';
import { palette } from '../parts/tones.js';
import { instead } from './frame.js';

const again = 2000; // ms until a board that is not there is looked for again: it may be on a wall

export function board({ topo, id }, frame) {
  const element = h('div', { class: 'view board' });
  const heading = h('h1', null, h('bdi', null, shown(id)));
  const facts = h('p', { class: 'facts' });
  const problem = h('p', { class: 'problem', role: 'status' });
  const nothing = h('p', { class: 'empty' }, 'As soon as something comes, it shows here.');
  const screen = h('button', { type: 'button', onclick: () => (document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen()).catch(() => {}) }, 'Full screen');
  screen.hidden = !document.fullscreenEnabled;
  const parts = h('div', { class: 'board-parts' });
  put(element, h('div', { class: 'title' }, h('div', null, heading, facts), h('div', { class: 'actions' },
    h('a', { class: 'quiet-link', href: componentLink(topo, id) }, 'Component'), screen)), problem, nothing, parts);

  const colours = palette();
  const abort = new AbortController();
  const point = (label) => shownNow.stream?.focus(label);
  let shownNow = {}; // the parts that there are
  let form = null; // what they were made for
  let at = -Infinity; // when the last document came
  let newest; // that document
  let waits = false; // the stream, for its past
  let timer;
  let ended = false;

  // build makes the parts, when a board is seen for the first time, or has become another.
  function build(b) {
    const width = Math.max(b.columns.length, ...b.rows.map((r) => r.length), 0);
    const now = JSON.stringify([b.show, b.columns, width]);
    if (now === form) return;
    form = now;
    shownNow.stream?.close();
    shownNow = {};
    const list = [];
    if (b.show.includes('bars')) list.push((shownNow.bars = bars({ colours, point })).element);
    if (b.show.includes('stream')) list.push((shownNow.stream = stream({ colours, point })).element);
    shownNow.table = table({ label: 'Numbers', columns: columns(b, width), key: (r) => r.key });
    const open = list.length === 0 || b.show.includes('table');
    list.push(open ? h('div', { class: 'board-table' }, shownNow.table.element)
      : h('details', { class: 'fold' }, h('summary', null, h('h2', null, 'As a table')), shownNow.table.element));
    put(parts, list);
    at = -Infinity;
    waits = b.show.includes('stream');
  }

  // past asks for how it was. What the server does not tell, begins now.
  async function past() {
    const part = shownNow.stream;
    try {
      const whole = await get(topologyPath(topo, 'boards', id), abort.signal);
      if (part === shownNow.stream && whole.past) part.begin(whole.past);
    } catch { /* then it begins now */ }
    if (ended || part !== shownNow.stream) return;
    waits = false;
    draw(newest);
  }

  // back waits until the board is there again, and has all begin anew then.
  function back() {
    timer = setTimeout(async () => {
      try {
        await get(topologyPath(topo, 'boards', id), abort.signal);
        if (!ended) window.dispatchEvent(new Event('hashchange'));
      } catch {
        if (!ended) back();
      }
    }, again);
  }

  function draw(b) {
    const rows = b.rows ?? [];
    colours.see(shownNow.bars || shownNow.stream ? [...rows.map((r) => r[0]), ...(shownNow.stream?.labels() ?? [])] : []);
    shownNow.bars?.update(rows);
    if (!waits) {
      shownNow.stream?.add(moment(b.now)?.getTime() ?? Date.now(), rows);
      shownNow.stream?.draw();
    }
    shownNow.table?.update(rows.map((cells, i) => ({ key: shownNow.bars || shownNow.stream ? cells[0] : i, place: i + 1, cells })));
  }

  return {
    element,
    update(b) {
      text(heading.firstChild, shown(b.title || id, 200));
      frame.title(b.title || id);
      const updated = moment(b.updated);
      text(facts, [updated ? `changed ${age((moment(b.now) - updated) / 1000)} ago` : 'nothing has come yet', b.tasks === 0 && updated ? 'nobody tells of it now' : b.tasks > 1 && plural(b.tasks, 'task')].filter(Boolean).join(' · '));
      text(problem, clean(b.problem ?? '', 400));
      nothing.hidden = b.rows.length > 0;
      set(element, 'data-idle', b.tasks === 0);
      build(b);
      newest = b;
      const gap = performance.now() - at > 5000;
      at = performance.now();
      if (gap && shownNow.stream) past();
      draw(b);
    },
    refused: (why) => instead(element, `There is no board ${shown(id, 60)}`, why.message),
    gone() {
      text(facts, 'It is no more. What you see is the last that was known of it.');
      set(element, 'data-ended', true);
      back();
    },
    close() {
      ended = true;
      clearTimeout(timer);
      abort.abort();
      shownNow.stream?.close();
    },
  };
}

// columns are those of the table.
function columns(b, width) {
  const numbers = Array.from({ length: width }, (_, i) => b.rows.length > 0 && b.rows.every((r) => typeof r[i] === 'number'));
  const ranked = b.show.includes('bars') || b.show.includes('stream');
  const all = numbers.map((number, i) => ({
    title: shown(b.columns[i] ?? ''), number, name: !number, wide: !number && !ranked,
    value: (r) => typeof r.cells[i] === 'number' ? exact(r.cells[i]) : shown(r.cells[i] ?? ''),
  }));
  return all.length ? all : [{ title: '', value: () => '' }];
}

const exact = (n) => Number.isInteger(n) && Math.abs(n) < 1e15 ? n.toLocaleString('en-US') : Math.abs(n) >= 1e15 || Math.abs(n) < 1e-4 ? String(n) : String(Number(n.toPrecision(8)));
