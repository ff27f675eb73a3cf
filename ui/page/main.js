// Frame and router: the fragment of the address says which view is open, and there is one at a time.
import { h, put, set, text } from './dom.js';
import { age, name as shown } from './format.js';
import { boardLink, componentLink, topologyLink } from './links.js';
import { Live } from './live.js';
import { overview } from './views/overview.js';
import { topology } from './views/topology.js';
import { component } from './views/component.js';
import { board } from './views/board.js';

const main = document.getElementById('main');
const lost = document.getElementById('lost');
const live = document.getElementById('live');
let open = null; // {view, live, state, since}

// parse reads the fragment: "", "topology/NAME", "topology/NAME/component/ID", "topology/NAME/board/ID".
function parse() {
  let parts;
  try {
    parts = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  } catch { parts = ['']; } // a broken escape
  const [kind, topo, sub, id] = parts;
  if (kind === 'topology' && topo && ['component', 'board'].includes(sub) && id) return { kind: sub, topo, id };
  if (kind === 'topology' && topo) return { kind: 'topology', topo };
  return { kind: 'overview' };
}

const query = (at) => `/v1/live?${at.kind === 'overview' ? 'overview=1' : new URLSearchParams({ topology: at.topo, ...(at.id && { [at.kind]: at.id }) })}`;

function show() {
  const at = parse();
  open?.live.stop();
  open?.view.close?.();
  const view = { overview, topology, component, board }[at.kind](at, { title, about });
  put(main, view.element);
  set(main, 'data-view', at.kind);
  crumbs(at);
  title(at.id ?? at.topo ?? 'overview');
  const now = { view, at, state: 'connecting' };
  open = now;
  now.live = new Live(query(at), {
    document: (_, document) => view.update(document),
    state: (state, why) => {
      if (open !== now && open) return;
      now.state = state;
      if (state === 'refused') view.refused(why);
      if (state === 'gone') view.gone?.();
      connection();
    },
  });
  connection();
}

function crumbs(at) {
  const parts = [];
  if (at.topo) parts.push(h('a', { href: topologyLink(at.topo), 'aria-current': at.id ? null : 'page' }, h('bdi', null, shown(at.topo, 60))));
  if (at.id) parts.push(h('a', { href: (at.kind === 'board' ? boardLink : componentLink)(at.topo, at.id), 'aria-current': 'page' }, h('bdi', null, shown(at.id, 60))));
  put(document.getElementById('crumbs'), h('ol', null, parts.map((p) => h('li', null, p))));
}

function title(what) {
  document.title = `${shown(what, 60)} – gstorm`;
}

function about(document) {
  text(window.document.getElementById('about'), `gstorm ${shown(document.version || '', 40)}${document.cluster ? `, cluster ${shown(document.cluster, 60)}` : ''}`);
}

// connection says how the numbers on the page are: every second, so that a lost connection shows with the age of the numbers.
function connection() {
  const { state } = open;
  const at = open.live?.at;
  const bad = state === 'lost';
  set(live, 'data-state', state);
  text(live, { live: 'live', connecting: 'connecting…', lost: 'not connected', refused: 'no answer', gone: 'ended' }[state]);
  set(main, 'data-stale', bad);
  lost.hidden = !bad;
  if (!bad) return;
  if (!lost.firstChild) put(lost, h('strong', null, 'Connection lost, trying again.'), ' ', h('span', { 'aria-live': 'off' }));
  text(lost.lastChild, at ? `These numbers are ${age((Date.now() - at) / 1000)} old.` : 'No numbers have come yet.');
}

// theme is the switch: as the system has it, light, dark.
function theme() {
  const button = document.getElementById('theme');
  const order = ['auto', 'light', 'dark'];
  const paint = () => {
    const now = document.documentElement.dataset.theme;
    text(button, { auto: '◐', light: '○', dark: '●' }[now]);
    set(button, 'aria-label', `Theme: ${now}. Switch to ${order[(order.indexOf(now) + 1) % 3]}`);
    set(button, 'title', `Theme: ${now}`);
    window.dispatchEvent(new Event('theme'));
  };
  button.addEventListener('click', () => {
    const next = order[(order.indexOf(document.documentElement.dataset.theme) + 1) % 3];
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem('gstorm-theme', next); } catch { /* then for this page only */ }
    paint();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  paint();
}

theme();
window.addEventListener('hashchange', () => { show(); main.focus({ preventScroll: true }); scrollTo(0, 0); });
setInterval(connection, 1000);
show();
