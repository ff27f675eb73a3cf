// What the pages of a topology have in common: its name, what may be done to it, and the way from one to the other.
import { h, keyed, put, set, text } from '../dom.js';
import { age, name as shown, plural } from '../format.js';
import { boardLink } from '../links.js';
import { actions } from '../dialogs/actions.js';
import { tabs } from '../parts/pages.js';
import { instead } from './frame.js';

// boardPill leads to a board.
function boardPill(topo, { id }) {
  const element = h('a', { href: boardLink(topo, id) }, h('bdi'));
  return { element, update(b) { text(element.firstChild, shown(b.title || b.id, 80)); } };
}

// topologyPage makes one: id is its own in parts/pages.js, body what is in it. The view that is made of it passes on update,
// refused and gone.
export function topologyPage(topo, id, ...body) {
  const facts = h('p', { class: 'facts' });
  const boards = h('nav', { class: 'board-links', 'aria-label': 'Boards', hidden: true });
  const bar = actions();
  const ended = h('p', { class: 'verdict', role: 'status', 'data-level': 'warn', hidden: true }, 'It is no more. What you see is the last that was known of it.');
  const element = h('div', { class: 'view' });
  put(element, h('div', { class: 'title' }, h('div', null, h('h1', null, h('bdi', null, shown(topo))), facts, boards), bar.element), tabs(topo, id), ended, body);
  return {
    element,
    update(t) {
      text(facts, [t.status !== t.state ? t.status : null, t.state, t.uptime_seconds > 0 && `up ${age(t.uptime_seconds)}`, t.version > 0 && `version ${t.version}`, plural((t.components ?? []).reduce((n, c) => n + c.tasks, 0), 'task'), t.file]
        .filter(Boolean).map((part) => shown(part, 200)).join(' · '));
      bar.update(t);
      boards.hidden = !t.boards?.length;
      keyed(boards, t.boards ?? [], (b) => b.id, (b) => boardPill(topo, b));
    },
    refused: (why) => instead(element, `There is nothing to see of ${shown(topo, 60)}`, why.message),
    gone() {
      bar.update({ actions: [] });
      set(element, 'data-ended', true);
      ended.hidden = false;
    },
  };
}
