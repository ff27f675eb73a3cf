// The live log: the last lines and what comes, by level and text, as the server filters them.
import { h, text } from '../dom.js';
import { lines } from '../api.js';
import { clean, clock, moment, name as shown } from '../format.js';
import { topologyPath } from '../links.js';

const most = 500; // lines kept on the page
const levels = [['', 'all levels'], ['info', 'info and above'], ['warn', 'warnings and errors'], ['error', 'errors only']];
const times = [[0, 'any time'], [600, 'last 10 min'], [3600, 'last hour'], [86400, 'last day']];
const known = { debug: 'debug', info: 'info', warn: 'warn', error: 'error' };

// log makes it for a topology, or for one of its components; update(ids) says which a topology has, close() ends it.
export function log(topology, component) {
  const level = h('select', { 'aria-label': 'Level' }, levels.map(([value, label]) => h('option', { value }, label)));
  const contains = h('input', { type: 'search', placeholder: 'lines that contain…', 'aria-label': 'Text in the lines' });
  const of = component === undefined && h('select', { 'aria-label': 'Component' }, h('option', { value: '' }, 'all components'));
  const pattern = h('input', { type: 'checkbox' });
  const since = h('select', { 'aria-label': 'Time' }, times.map(([value, label]) => h('option', { value }, label)));
  const live = h('input', { type: 'checkbox', checked: true });
  const state = h('span', { class: 'soft', role: 'status' });
  const list = h('ol', { class: 'log' });
  const pane = h('div', { class: 'scroll log-pane', tabindex: '0', role: 'group', 'aria-label': 'Log' }, list);
  let abort = null;
  let timer;

  const restart = () => {
    abort?.abort();
    abort = new AbortController();
    list.replaceChildren();
    waiting = [];
    follow(abort.signal);
  };
  const later = (time) => { clearTimeout(timer); timer = setTimeout(restart, time); };
  for (const field of [level, of, since, pattern, live]) if (field) field.addEventListener('change', restart);
  contains.addEventListener('input', () => later(300));

  async function follow(signal) {
    const query = { last: component === undefined ? most : 200, follow: live.checked };
    if (component !== undefined) query.components = [component];
    else if (of.value) query.components = [of.value];
    if (level.value) query.level = level.value;
    if (contains.value && pattern.checked) query.match = contains.value;
    else if (contains.value) Object.assign(query, { contains: contains.value, ignore_case: true });
    if (since.value !== '0') query.since = new Date(Date.now() - since.value * 1000).toISOString();
    text(state, 'no lines yet');
    try {
      for await (const line of lines(`${topologyPath(topology, 'logs')}?q=${encodeURIComponent(JSON.stringify(query))}`, signal)) {
        if (line) add(JSON.parse(line));
      }
      if (!signal.aborted) text(state, live.checked ? 'the log has ended' : list.childElementCount + waiting.length ? '' : 'no such lines');
    } catch (error) {
      if (signal.aborted) return;
      text(state, `the log can’t be had: ${error.message}`);
      if (!error.status) later(3000);
    }
  }

  // Lines come in bursts: they are put on the page once per frame, and the pane follows while its end is in view.
  let waiting = [];
  function add(line) {
    waiting.push(line);
    if (waiting.length > 40 * most) waiting.shift(); // of many machines, each with its last
    if (waiting.length === 1) requestAnimationFrame(flush);
  }
  function flush() {
    const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40;
    waiting.sort((a, b) => new Date(a.time) - new Date(b.time) || 0);
    for (const line of waiting.slice(-most)) place(line);
    waiting = [];
    while (list.childElementCount > most) list.firstChild.remove();
    if (atEnd) pane.scrollTop = pane.scrollHeight;
    text(state, list.childElementCount < most ? '' : `the last ${most} lines`);
  }

  // place puts a line where it belongs by its time: those of several machines come one beside the other.
  function place(line) {
    const at = moment(line.time)?.getTime() ?? -Infinity;
    let before = null;
    for (let last = list.lastChild; last && last.at > at; last = last.previousSibling) before = last;
    list.insertBefore(Object.assign(row(line, component === undefined), { at }), before);
  }

  restart();
  return {
    element: h('div', null, h('div', { class: 'tools' }, contains, h('label', { title: 'a regular expression, as Go has them' }, pattern, ' expression'), level, of, since, h('label', null, live, ' follow'), state), pane),
    update(ids) {
      for (const id of ids) {
        if (![...of.options].some((o) => o.value === id)) of.append(h('option', { value: id }, shown(id, 60)));
      }
    },
    close() { clearTimeout(timer); abort.abort(); },
  };
}

function row(line, withComponent) {
  const level = known[String(line.level).toLowerCase()] ?? 'info';
  const of = [withComponent && line.component, line.task && `task ${line.task}`, line.node].filter(Boolean).map((t) => shown(t, 40)).join(' · ');
  return h('li', { 'data-log': level },
    h('time', null, clock(line.time)), h('b', null, level), h('bdi', { class: 'of' }, of),
    h('bdi', { class: 'line' }, clean(line.msg), (line.attributes ?? []).slice(0, 20).map((a) => h('span', { class: 'soft' }, ` ${shown(a.key, 40)}=${shown(a.value, 400)}`))));
}
