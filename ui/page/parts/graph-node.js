// One component in the graph: name, load, rate, latency, errors, and what the advice says of it.
import { s, set, text } from '../dom.js';
import { count, ms, name as shown, percent, plural, quantile, rate } from '../format.js';
import { componentLink } from '../links.js';
import { load } from './table.js';

export const size = { width: 208, height: 104 };
const bar = size.width - 24;

// flowOf is what a component is judged by: a spout emits, a bolt executes.
export const flowOf = (c) => c.kind === 'spout' ? c.rates?.emitted : c.rates?.executed;

const fit = (value, most) => value.length > most ? `${value.slice(0, most - 1)}…` : value;

// node makes the drawing of a component; its update takes the component and its worst advice, if there is one.
export function node(topology, first) {
  const hover = s('title'); // which is also what a screen reader says
  const tag = s('text', { class: 'tag', x: 12, y: -8 });
  const label = s('text', { class: 'name', x: 12, y: 23 });
  const kind = s('text', { class: 'kind', x: 12, y: 40 });
  const flow = s('text', { class: 'flow', x: 12, y: 61 });
  const times = s('text', { class: 'times', x: 12, y: 80 });
  const rail = s('rect', { class: 'rail', x: 12, y: 89, width: bar, height: 5, rx: 2.5 });
  const full = s('rect', { class: 'full', x: 12, y: 89, width: 0, height: 5, rx: 2.5 });
  const share = s('text', { class: 'share', x: size.width - 12, y: 40 });
  const badgeText = s('text', { class: 'badge-text', x: size.width - 28, y: 4 });
  const badge = s('g', { class: 'badge' }, s('rect', { x: size.width - 50, y: -10, width: 44, height: 20, rx: 10 }), badgeText);
  const shape = first.kind === 'spout'
    ? s('path', { class: 'box', d: `M14 0H${size.width - 6}a6 6 0 0 1 6 6V${size.height - 6}a6 6 0 0 1-6 6H14L0 ${size.height / 2}Z` })
    : s('rect', { class: 'box', width: size.width, height: size.height, rx: 6 });
  const element = s('a', { class: 'node', href: componentLink(topology, first.id), tabindex: -1, 'data-kind': first.kind }, hover,
    tag, shape, label, kind, share, flow, times, rail, full, badge);
  if (first.kind === 'spout') for (const part of [label, kind, flow, times]) part.setAttribute('x', 20);

  text(label, fit(shown(first.id), 24));
  return {
    element,
    update(c, advice) {
      const busy = load(c);
      const level = advice?.severity === 'bad' || advice?.severity === 'warn' ? advice.severity : 'good';
      set(element, 'data-level', level);
      text(kind, `${c.kind} · ${plural(c.tasks, 'task')}`);
      text(share, Number.isFinite(c.capacity) ? `${percent(c.capacity)} busy` : '');
      set(share, 'data-level', busy);
      text(flow, `${rate(flowOf(c))}/s`);
      const [p50, p99] = [quantile(c.latency_ms, 'p50'), quantile(c.latency_ms, 'p99')];
      text(times, p99 === undefined ? '' : `p50 ${ms(p50)} · p99 ${ms(p99)}`);
      set(full, 'width', (bar * Math.min(1, Math.max(0, c.capacity || 0))).toFixed(1));
      set(full, 'data-level', busy);
      set(badge, 'hidden', !(c.errors > 0));
      text(badgeText, c.errors > 9999 ? '9999+' : c.errors);
      text(tag, level === 'good' ? '' : `▲ ${fit(shown(advice.advice || advice.message, 200), 32)}`);
      const words = `${shown(c.id)}, ${c.kind}, ${plural(c.tasks, 'task')}, ${rate(flowOf(c))} tuples/s, ${percent(c.capacity)} busy, p50 ${ms(p50)}, p99 ${ms(p99)}, ${count(c.errors)} errors${advice ? `. ${shown(advice.message, 300)} ${shown(advice.advice, 300)}` : ''}`;
      text(hover, words);
    },
  };
}
