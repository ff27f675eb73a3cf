// Frame and router: the fragment of the address says which view is open, and there is one at a time.
import { h, put, set, text } from './dom.js';
import { age, name as shown } from './format.js';
import { boardLink, componentLink, pageLink, topologyLink, traceLink } from './links.js';
import { Live } from './live.js';
import { pages } from './parts/pages.js';
import { instead } from './views/frame.js';

// views make what is open, by its kind: those of a topology's pages have the page's id. Each is loaded when it is first wanted, so
// that the first is there soon, and all once that is there, so that they are of one gstorm and need no connection.
const views = {
  overview: async () => (await import('./views/overview.js')).overview,
  topology: async () => (await import('./views/topology.js')).topology,
  component: async () => (await import('./views/component.js')).component,
  board: async () => (await import('./views/board.js')).board,
  trace: async () => (await import('./views/trace.js')).trace,
  traces: async () => (await import('./views/traces.js')).traces,
  failures: async () => (await import('./views/failures.js')).failures,
  'dead-letters': async () => (await import('./views/dead-letters.js')).deadLetters,
  log: async () => (await import('./views/log.js')).topologyLog,
};

const main = document.getElementById('main');
const lost = document.getElementById('lost');
const live = document.getElementById('live');
let open = null; // {at, live, state, view (once it is loaded), broken (it can't be), closed (there is nothing to see of it)}

// parse reads the fragment: "", "topology/NAME", "topology/NAME/component/ID", "topology/NAME/board/ID", "topology/NAME/trace/ROOT",
// and "topology/NAME/PAGE" of parts/pages.js, which may have more behind it.
function parse() {
  let parts;
  try {
    parts = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  } catch { parts = ['']; } // a broken escape
  const [kind, topo, sub, id] = parts;
  if (kind !== 'topology' || !topo) return { kind: 'overview' };
  if (['component', 'board'].includes(sub) && id) return { kind: sub, topo, id };
  if (sub === 'trace' && id) return { kind: 'trace', topo, root: id };
  if (sub && pages.some((p) => p.id === sub)) return { kind: sub, topo, more: id };
  return { kind: 'topology', topo };
}

const query = (at) => `/v1/live?${at.kind === 'overview' ? 'overview=1' : new URLSearchParams({ topology: at.topo, ...(at.id && { [at.kind]: at.id }) })}`;

async function show() {
  const at = parse();
  open?.live.stop();
  if (!open?.closed) open?.view?.close?.();
  const now = { at, state: 'connecting' };
  open = now;
  const early = []; // what came before there was a view
  const tell = (does) => { if (now.view) does(now.view); else early.push(does); };
  now.live = new Live(query(at), {
    document: (_, document) => {
      if (now.broken) location.reload(); // the server is there again
      if (now.closed) show(); // what it is about is there now
      else tell((view) => view.update(document));
    },
    state: (state, why) => {
      if (open !== now) return;
      now.state = state;
      if (state === 'refused') {
        tell((view) => {
          view.refused(why);
          if (!now.closed) view.close?.();
          now.closed = true;
        });
      }
      if (state === 'gone') tell((view) => view.gone?.());
      connection();
    },
  });
  crumbs(at);
  title([at.id ?? at.root ?? pages.find((p) => p.id && p.id === at.kind)?.title, at.topo].filter(Boolean).join(' – ') || 'overview');
  connection();
  let make;
  try {
    make = await views[at.kind]();
  } catch (error) {
    now.broken = true;
    if (open === now) instead(main, 'This view can’t be loaded', error.message);
    return;
  }
  if (open !== now) return;
  now.view = make(at, { title, about });
  put(main, now.view.element);
  set(main, 'data-view', at.kind);
  for (const does of early.splice(0)) does(now.view);
}

// rest loads the views that have not been wanted yet.
function rest() {
  for (const load of Object.values(views)) load().catch(() => {}); // it is tried again when it is wanted
}

function crumbs(at) {
  const parts = [];
  const link = (href, name) => parts.push(h('a', { href }, h('bdi', null, shown(name, 60))));
  if (at.topo) link(topologyLink(at.topo), at.topo);
  if (at.id) link((at.kind === 'board' ? boardLink : componentLink)(at.topo, at.id), at.id);
  if (at.root) {
    link(pageLink(at.topo, 'traces'), 'traces');
    link(traceLink(at.topo, at.root), at.root);
  }
  if (at.kind === 'topology' || at.id || at.root) parts.at(-1).setAttribute('aria-current', 'page');
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
show().then(() => setTimeout(rest, 500));
