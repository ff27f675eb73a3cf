// The tap: tuples of a component as they pass, a sample of them, from when it is asked for until it is stopped.
import { h, set, text } from '../dom.js';
import { lines } from '../api.js';
import { clean, clock, count, name as shown } from '../format.js';
import { topologyPath } from '../links.js';
import { inline } from './values.js';

const most = 200; // tuples kept on the page

// tap makes it for a component; update(streams, role) says what it can be asked for, and who asks; close() ends it.
export function tap(topology, component) {
  const stream = h('select', { 'aria-label': 'Stream' }, h('option', { value: '' }, 'all streams'));
  const where = h('input', { type: 'search', placeholder: 'all, or: word == "storm" && n > 10', 'aria-label': 'Only tuples for which this is true', class: 'where', spellcheck: 'false' });
  const rate = h('input', { type: 'number', min: '1', max: '1000', value: '10', 'aria-label': 'Tuples per second and worker, at most' });
  const button = h('button', { type: 'submit' }, 'Show tuples');
  const state = h('p', { class: 'soft', role: 'status' }, 'Shows a sample of the tuples that it emits; that does not slow it.');
  const list = h('ol', { class: 'log' });
  const pane = h('div', { class: 'scroll log-pane', tabindex: '0', role: 'group', 'aria-label': 'Tuples', hidden: true }, list);
  let abort = null;
  let sums; // counts by who told them
  let seen;

  const stop = () => {
    abort?.abort();
    abort = null;
    text(button, 'Show tuples');
  };
  const form = h('form', { class: 'tools', onsubmit: (event) => {
    event.preventDefault();
    if (abort) return stop();
    abort = new AbortController();
    text(button, 'Stop');
    list.replaceChildren();
    set(pane, 'hidden', false);
    sums = new Map();
    seen = 0;
    follow(abort.signal);
  } }, stream, where, rate, h('span', { class: 'soft' }, 'per second'), button);

  async function follow(signal) {
    const query = new URLSearchParams({ component, rate: rate.value || '10' });
    if (stream.value) query.set('stream', stream.value);
    if (where.value.trim()) query.set('where', where.value);
    text(state, 'no tuples yet');
    try {
      for await (const line of lines(`${topologyPath(topology, 'tap')}?${query}`, signal)) if (line) add(JSON.parse(line));
      if (!signal.aborted) text(state, `${said()}; there is no more to see`);
    } catch (error) {
      if (signal.aborted) return;
      text(state, `the tuples can’t be had: ${clean(error.message)}`);
    }
    if (!signal.aborted) stop();
  }

  // said is what the numbers say.
  function said() {
    const sum = { emitted: 0, failed: 0, dropped: 0 };
    let error = '';
    for (const c of sums.values()) {
      for (const key of Object.keys(sum)) sum[key] += c[key] ?? 0;
      error = c.error ?? error;
    }
    return [sums.size ? `${count(seen)} shown of ${count(sum.emitted)} that passed` : `${count(seen)} shown`, sum.dropped > 0 && `${count(sum.dropped)} dropped, as they were not read in time`,
      sum.failed > 0 && `for ${count(sum.failed)} the expression can’t be computed: ${clean(error, 300)}`].filter(Boolean).join('; ');
  }

  // Tuples come in bursts: they are put on the page once per frame, and the pane follows while its end is in view.
  let waiting = [];
  let drawing = false;
  function add(line) {
    if (line.counts) sums.set(`${line.node}/${line.worker}`, line.counts);
    if (line.tuple) {
      seen++;
      waiting.push(row(line.tuple, line.node));
    }
    if (line.problem) waiting.push(h('li', { 'data-log': 'warn' }, h('bdi', { class: 'line' }, `${shown(line.node ?? '', 40)}: ${clean(line.problem, 400)}`)));
    if (waiting.length > most) waiting.shift();
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(flush);
  }
  function flush() {
    drawing = false;
    const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40;
    list.append(...waiting);
    waiting = [];
    while (list.childElementCount > most) list.firstChild.remove();
    if (atEnd) pane.scrollTop = pane.scrollHeight;
    if (abort) text(state, said());
  }

  const not = h('p', { class: 'empty', hidden: true }, 'Tuples are shown to those who may operate; your token is one for reading. What there is to read is how many they are: above.');
  return {
    element: h('div', null, not, form, state, pane),
    update(streams, role) {
      not.hidden = role !== 'read';
      form.hidden = state.hidden = role === 'read';
      for (const s of streams) {
        if (![...stream.options].some((o) => o.value === s)) stream.append(h('option', { value: s }, shown(s, 60)));
      }
    },
    close: stop,
  };
}

function row(t, node) {
  const of = [`task ${t.task}`, t.stream !== 'default' && t.stream, node].filter(Boolean).map((part) => shown(part, 40)).join(' · ');
  const tree = t.root ? `tree ${t.root}, ` : '';
  return h('li', { title: shown(`${tree}to ${(t.targets ?? []).length ? `tasks ${t.targets.join(', ')}` : 'nobody'}`, 300) },
    h('time', null, clock(t.time)), h('bdi', { class: 'of' }, of), h('bdi', { class: 'line' }, inline(t.values), t.more ? h('span', { class: 'soft' }, `and ${count(t.more)} more values`) : null));
}
