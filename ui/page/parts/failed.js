// Tuples of spouts that failed, each with what became of it, why, and its values.
import { h, keyed, set, text } from '../dom.js';
import { ago, clean, clock, count, name as shown, plural } from '../format.js';
import { componentLink } from '../links.js';
import { inline } from './values.js';

const words = { failed: 'failed', timed_out: 'timed out' };

// failed makes the list of them. chosen is the set of ids of those that are marked, for a list in which one can mark; onchoose is
// called when it has changed.
export function failed(topology, { label, empty, chosen, onchoose }) {
  const list = h('ol', { class: 'errors tall', 'aria-label': label });
  const nothing = h('p', { class: 'empty', hidden: true }, empty);
  return {
    element: h('div', null, list, nothing),
    update(all) {
      set(nothing, 'hidden', all.length > 0);
      set(list, 'hidden', all.length === 0);
      set(list, 'tabindex', all.length > 0 ? '0' : null); // it scrolls
      keyed(list, all, identity, (f) => one(topology, f, chosen, onchoose));
    },
  };
}

const identity = (f) => f.id ?? JSON.stringify([f.component, f.task, f.stream, f.node, f.message, f.first, f.cause?.reason]);

function one(topology, first, chosen, onchoose) {
  const what = first.message ? `message ${shown(first.message, 80)}` : 'a tuple';
  const mark = chosen && h('input', { type: 'checkbox', 'aria-label': `Mark ${what} of ${shown(first.component, 60)}, task ${first.task}`, onchange: () => {
    if (mark.checked) chosen.add(first.id); else chosen.delete(first.id);
    onchoose();
  } });
  const when = h('span', { class: 'when' });
  const times = h('span', { class: 'times' });
  const state = h('span');
  const cause = first.cause ?? {};
  const reason = clean(cause.reason || (first.kind === 'timed_out' ? 'It was not acked in time.' : 'Why is not known.'), 20000);
  const [head, ...rest] = reason.split('\n');
  const message = h('bdi', { class: 'message' }, head.slice(0, 1000));
  const place = cause.file ? `${shown(cause.file, 200)}${cause.line ? `:${cause.line}` : ''}` : '';
  const element = h('li', null,
    h('div', { class: 'meta' }, mark, h('a', { href: componentLink(topology, first.component) }, h('bdi', null, shown(first.component, 60))), h('span', null, `task ${first.task}`),
      first.stream !== 'default' && h('bdi', null, `stream ${shown(first.stream, 60)}`), first.message && h('bdi', null, what), first.node && h('bdi', null, `on ${shown(first.node, 60)}`), when, times, state),
    rest.length || head.length > 1000 ? h('details', null, h('summary', null, message), h('pre', { tabindex: '0' }, reason)) : h('p', null, message),
    cause.component && h('div', { class: 'meta' }, h('span', null, 'by ', h('a', { href: componentLink(topology, cause.component) }, h('bdi', null, shown(cause.component, 60)))), cause.task > 0 && h('span', null, `task ${cause.task}`),
      cause.pid > 0 && h('span', null, `pid ${cause.pid}`), place && h('bdi', { class: 'place' }, place), cause.tuple && h('span', null, 'tuple ', h('bdi', null, shown(cause.tuple, 60)))),
    first.values?.length > 0 && h('p', { class: 'place values' }, h('bdi', null, inline(first.values.slice(0, 50), 500), first.more > 0 && h('span', { class: 'soft' }, `and ${count(first.more)} more`))));
  return {
    element,
    update(f) {
      text(when, `${clock(f.last).slice(0, 8)} · ${ago(f.last, Date.now())}`);
      const n = f.failures ?? f.times;
      text(times, n === 1 ? words[f.kind] ?? 'failed once' : `${words[f.kind] ?? 'failed'} ${count(n)} times`);
      text(state, [f.dead && 'a dead letter', f.replays > 0 && `replayed ${plural(f.replays, 'time')}`, f.state === 'replaying' && 'being replayed'].filter(Boolean).join(', '));
      if (mark) mark.checked = chosen.has(f.id);
    },
  };
}
