// The tuples that failed too often and were put aside: to be looked at, replayed, or dropped.
import { h, section, set, text } from '../dom.js';
import { post } from '../api.js';
import { count, name as shown, plural } from '../format.js';
import { topologyPath } from '../links.js';
import { ask } from '../dialogs/dialog.js';
import { failed } from '../parts/failed.js';
import { poll } from '../parts/poll.js';
import { say } from '../say.js';
import { filter } from './failures.js';
import { command } from './frame.js';
import { topologyPage } from './topology-page.js';

const last = 200; // that are shown

export function deadLetters({ topo }) {
  let letters = [];
  let total = 0;
  let sums = {}; // what the document says of all
  let role = '';
  const chosen = new Set();
  const search = filter('find…', () => show());
  const facts = h('p', { class: 'soft', role: 'status' });
  const problem = h('p', { class: 'problem', role: 'status' });
  const every = h('input', { type: 'checkbox', onchange: () => {
    for (const l of visible()) if (every.checked) chosen.add(l.id); else chosen.delete(l.id);
    show();
  } });
  const replay = h('button', { type: 'button', 'data-action': 'replay', onclick: () => act('replay') });
  const drop = h('button', { type: 'button', class: 'danger', 'data-action': 'drop', onclick: () => act('drop') });
  const bar = h('div', { class: 'tools', role: 'group', 'aria-label': 'What is done with them', hidden: true }, h('label', null, every, ' all that are shown'), replay, drop);
  const off = h('div', { class: 'start', hidden: true }, h('p', null, 'No tuple is put aside here: one that fails is the spout’s to emit anew, as often as it likes.'),
    h('p', null, 'To have those put aside that have failed 5 times, set gstorm.retry.max in the topology’s file, or when it is started:'),
    h('p', null, command('gstorm run FILE --set gstorm.retry.max=5')));
  const list = failed(topo, { label: 'Dead letters', empty: 'None.', chosen, onchoose: () => show() });
  const note = h('p', { class: 'soft' });
  const part = section('Dead letters', off, h('div', { class: 'tools' }, search.element, facts), bar, problem, list.element, note);
  part.dataset.loading = '';
  const page = topologyPage(topo, 'dead-letters', part);
  const visible = () => search.on() ? letters.filter(search.passes) : letters;
  const ids = () => visible().filter((l) => chosen.has(l.id)).map((l) => l.id); // that are marked and seen

  function show() {
    const found = visible();
    list.update(found);
    const marked = ids().length;
    every.checked = marked > 0 && marked === found.length;
    every.indeterminate = marked > 0 && marked < found.length;
    text(facts, [search.on() && `${count(found.length)} of`, `${count(letters.length)} shown`, total > letters.length && `of ${count(total)}`].filter(Boolean).join(' '));
    const mayAct = (role === 'operate' || role === 'admin') && letters.length > 0;
    set(bar, 'hidden', !mayAct);
    set(list.element, 'data-fixed', !mayAct);
    text(replay, marked ? `Replay ${count(marked)}` : `Replay all ${count(total)}…`);
    text(drop, marked ? `Drop ${count(marked)}…` : `Drop all ${count(total)}…`);
    replay.disabled = drop.disabled = search.on() && marked === 0; // all would be more than one sees
    text(note, [sums.max > 0 && `What has failed ${plural(sums.max, 'time')} comes here (gstorm.retry.max).`, sums.full && 'There is no room for more.',
      sums.missing?.length > 0 && `Not asked could be ${shown(sums.missing.join(', '), 200)}: what is there is not shown.`, sums.damaged > 0 && `${plural(sums.damaged, 'line')} of their files can’t be read.`,
      role === 'read' && letters.length > 0 && 'Their values are shown to those who may operate, who can replay and drop them, too.'].filter(Boolean).join(' '));
  }

  // act does it to what is marked, or, if nothing is, to all.
  async function act(verb) {
    const some = ids();
    const send = async () => {
      const { done } = await (await post(topologyPath(topo, 'dead-letters', verb), some.length ? { ids: some } : { all: true })).json();
      chosen.clear();
      say(verb === 'replay' ? `${plural(done, 'tuple is', 'tuples are')} emitted anew, and gone from here once acked.` : `${plural(done, 'tuple is', 'tuples are')} dropped.`);
      await reader.again();
    };
    if (verb === 'replay' && some.length) {
      try {
        await send();
      } catch (error) {
        say(`They can’t be replayed: ${error.message}`, true);
      }
      return;
    }
    const tuples = some.length ? plural(some.length, 'tuple') : `all ${plural(total, 'tuple')}`;
    await ask(verb === 'replay'
      ? { title: `Replay ${tuples}?`, body: h('p', null, 'Each is emitted anew, and gone from here once it is acked. What fails again stays.'), action: 'Replay', submit: send }
      : { title: `Drop ${tuples}?`, body: h('p', null, 'They are gone then: nothing processes them any more. This can’t be taken back.'), action: 'Drop', danger: true, submit: send });
  }

  const reader = poll(() => `${topologyPath(topo, 'dead-letters')}?last=${last}`, 2000, (found) => {
    delete part.dataset.loading;
    sums = found;
    letters = found.letters ?? [];
    total = Math.max(found.total || 0, letters.length);
    for (const id of chosen) if (!letters.some((l) => l.id === id)) chosen.delete(id);
    off.hidden = found.max > 0;
    search.element.hidden = facts.hidden = list.element.hidden = !(found.max > 0) && letters.length === 0;
    show();
  }, problem);

  return {
    ...page,
    update(t) {
      page.update(t);
      if (t.role === role) return;
      role = t.role;
      show();
    },
    gone() {
      page.gone();
      role = '';
      show();
    },
    close: () => reader.close(),
  };
}
