// One tuple tree: how it went, where its time went, and each of its tuples.
import { h, put, section, set, text } from '../dom.js';
import { download } from '../api.js';
import { clean, clock, count, ms, name as shown, percent, plural } from '../format.js';
import { pageLink, topologyPath } from '../links.js';
import { poll } from '../parts/poll.js';
import { bar, hue, swatch } from '../parts/time.js';
import { chain, said, shares, where } from '../parts/trace-time.js';
import { waterfall } from '../parts/waterfall.js';
import { say } from '../say.js';
import { topologyPage } from './topology-page.js';
import { outcomes } from './traces.js';

const most = 5; // shares that are listed

// sentence says where the time went: the longest shares, as far as they matter.
function sentence(trace, list) {
  const big = list.filter((s) => s.ms >= 0.15 * trace.ms).slice(0, 3);
  return (big.length ? big : list.slice(0, 1)).map((s) => `${ms(s.ms)} ${said(shown(s.component, 60), s.part)}`).join(', ');
}

// verdict is how it went, in a line.
function verdict(trace, list) {
  const time = ms(trace.ms);
  const went = sentence(trace, list);
  const stuck = chain(trace, trace.ms).at(-1);
  const open = stuck && stuck.answered == null ? `${shown(stuck.component, 60)}, task ${stuck.task}, has not answered` : '';
  switch (trace.outcome) {
    case 'acked': return `${time}${went ? `: ${went}` : ''}.`;
    case 'failed': return `Failed after ${time}${trace.cause ? `: ${clean(trace.cause, 500)}` : '.'}`;
    case 'timed_out': return `Timed out after ${time}: ${open || clean(trace.cause, 500) || 'not all of its tuples were acked'}.`;
  }
  return `Under way for ${time}${open ? `: ${open}` : ''}.`;
}

export function trace({ topo, root }) {
  const path = topologyPath(topo, 'traces', root);
  const facts = h('p', { class: 'facts' });
  const headline = h('p', { class: 'headline', role: 'status' });
  const went = h('p');
  const line = h('div', { class: 'went', hidden: true });
  const legend = h('ul', { class: 'shares' });
  const summary = h('section', { class: 'verdict', 'aria-label': 'Where the time went' }, headline, went);
  const problem = h('p', { class: 'problem', role: 'status' });
  const notes = h('ul', { class: 'notes soft' });
  const rows = waterfall(topo);
  const save = h('button', { type: 'button', 'data-action': 'otlp', onclick: async () => {
    try {
      await download(topologyPath(topo, 'traces', root, 'otlp'), `trace-${root.replace(/[^\w.-]+/g, '_').slice(0, 80)}.json`);
    } catch (error) {
      say(`It can’t be downloaded: ${clean(error.message, 300)}`, true);
    }
  } }, 'Download as OpenTelemetry');
  const part = section(['Trace ', h('bdi', null, shown(root, 60))], facts, problem, summary, line, legend,
    h('div', { class: 'tools' }, h('a', { href: pageLink(topo, 'traces') }, 'All traces'), h('span', { class: 'push' }), save), rows.element, notes);
  const whole = [summary, save, rows.element]; // which are nothing without a trace
  part.dataset.loading = '';
  for (const element of whole) element.hidden = true;
  const page = topologyPage(topo, 'traces', part);
  let shownText = '';

  const reader = poll(() => path, 1000, (t) => {
    if (t.outcome !== 'pending') reader.close(); // it changes no more
    const same = JSON.stringify(t);
    if (same === shownText) return;
    shownText = same;
    delete part.dataset.loading;
    for (const element of whole) element.hidden = false;
    t.spans = Array.isArray(t.spans) ? t.spans : [];
    const pieces = where(t, t.ms);
    const list = shares(pieces);
    const colours = rows.update(t);
    set(summary, 'data-level', (outcomes[t.outcome] ?? ['warn'])[0]);
    text(headline, verdict(t, list));
    text(went, t.outcome === 'acked' || list.length === 0 ? '' : `${t.outcome === 'pending' ? 'So far' : 'Where the time went'}: ${sentence(t, list)}.`);
    text(facts, [`from ${shown(t.component, 60)}, task ${t.task}`, t.stream !== 'default' && `stream ${shown(t.stream, 60)}`, t.message && `message ${shown(t.message, 60)}`, `began ${clock(t.began)}`,
      plural(t.spans.length, 'tuple'), t.nodes?.length > 1 && `on ${shown(t.nodes.join(', '), 200)}`].filter(Boolean).join(' · '));
    line.hidden = list.length === 0;
    const paint = (component) => colours.get(component) ?? 0;
    put(line, bar(pieces.map((p) => ({ ...p, hue: paint(p.component) })), Math.max(t.ms, 1e-9)));
    put(legend, list.slice(0, most).map((s) => h('li', null, hue(swatch(s.part), paint(s.component)), h('strong', null, ms(s.ms)), ` ${percent(s.ms / t.ms)} `, h('bdi', null, said(shown(s.component, 60), s.part)))),
      list.length > most && h('li', { class: 'soft' }, `and ${ms(list.slice(most).reduce((n, s) => n + s.ms, 0))} elsewhere`));
    put(notes, t.spans.length > 1 && h('li', null, 'Tuples of a tree are under way at once. The time above is that of the longest chain of them, ◆ below.'),
      t.dropped > 0 && h('li', null, `${plural(t.dropped, 'more tuple')} of this tree ${t.dropped === 1 ? 'was' : 'were'} not kept.`),
      t.clocks_ms > 0 && h('li', null, `The machines’ clocks differ: times of some were moved by up to ${ms(t.clocks_ms)}, so that nothing takes less than no time.`),
      rows.left() > 0 && h('li', null, `${count(rows.left())} of its tuples are not shown here; the download has all.`));
  }, problem);

  return { ...page, close: () => reader.close() };
}
