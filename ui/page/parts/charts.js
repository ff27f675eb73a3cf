// How it was: charts of a topology's or a component's history, with one cursor for all.
import { h, put, set, text } from '../dom.js';
import { get } from '../api.js';
import { clock, count, ms, percent, rate } from '../format.js';
import { topologyPath } from '../links.js';

const ranges = [[600, '10 min'], [10800, '3 h'], [86400, '1 d'], [0, 'all']];
const points = 240;
const per = (n) => n == null ? '–' : `${rate(n)}/s`;
const line = (key, label, colour, write) => ({ key, label, colour, write });

const kinds = {
  spout: [
    { title: 'Throughput', series: [line('emitted', 'emitted', '--c1', per), line('acked', 'acked', '--c2', per)] },
    { title: 'Latency', series: [line('p50', 'p50', '--c1', ms), line('p99', 'p99', '--c3', ms)] },
    { title: 'Pending', series: [line('pending', 'pending', '--c1', count)] },
    { title: 'Failed', series: [line('failed', 'failed', '--bad', per)] },
  ],
  bolt: [
    { title: 'Throughput', series: [line('executed', 'executed', '--c1', per), line('emitted', 'emitted', '--c2', per)] },
    { title: 'Latency', series: [line('p50', 'p50', '--c1', ms), line('p99', 'p99', '--c3', ms)] },
    { title: 'Capacity', most: 1, series: [line('capacity', 'capacity', '--c1', percent)] },
    { title: 'Queue', series: [line('queue', 'queue', '--c1', count)] },
    { title: 'Failed', series: [line('failed', 'failed', '--bad', per)] },
  ],
};

// plotter is uPlot, a classic script, which is loaded when there is something to be drawn.
let plotter = null;
function loadPlotter() {
  plotter ??= new Promise((resolve, reject) => {
    document.head.append(h('script', { src: '/page/vendor/uplot/uPlot.iife.min.js', onload: () => resolve(window.uPlot), onerror: () => {
      plotter = null; // and again, the next time
      reject(new Error('its drawing can’t be loaded'));
    } }));
  });
  return plotter;
}

// charts makes them; kind is "spout" (what a topology has, too) or "bolt". uptime() is for the range of all. close() ends it.
export function charts(topology, component, kind, uptime) {
  let since = ranges[0][0];
  let ended = false;
  let timer;
  let abort = new AbortController();
  const all = kinds[kind].map(chart);
  const problem = h('p', { class: 'soft', role: 'status' });
  const buttons = ranges.map(([seconds, label]) => h('button', { type: 'button', 'aria-pressed': seconds === since, onclick: () => {
    since = seconds;
    buttons.forEach((b, i) => set(b, 'aria-pressed', String(ranges[i][0] === since)));
    load();
  } }, label));

  async function load() {
    clearTimeout(timer);
    abort.abort();
    abort = new AbortController();
    const signal = abort.signal;
    let wait = 5000;
    try {
      const query = new URLSearchParams({ since: Math.max(1, Math.ceil(since || uptime() || 600)), points });
      if (component !== undefined) query.set('component', component);
      if (!document.hidden) {
        const [history] = await Promise.all([get(`${topologyPath(topology, 'history')}?${query}`, signal), loadPlotter()]);
        if (signal.aborted) return;
        for (const c of all) c.update(history, since || uptime() || 600);
        wait = Math.max(2000, (history.step || 1) * 1000);
      }
      text(problem, '');
    } catch (error) {
      if (signal.aborted) return;
      text(problem, `The history can’t be had: ${error.message}`);
    }
    if (!ended && !signal.aborted) timer = setTimeout(load, Math.min(wait, 60000));
  }

  const repaint = () => { for (const c of all) c.repaint(); };
  window.addEventListener('theme', repaint);
  load();
  return {
    element: h('div', null, h('div', { class: 'tools' }, h('div', { class: 'choice', role: 'group', 'aria-label': 'Time shown' }, buttons), problem),
      h('div', { class: 'charts' }, all.map((c) => c.element))),
    close() {
      ended = true;
      clearTimeout(timer);
      abort.abort();
      window.removeEventListener('theme', repaint);
      for (const c of all) c.close();
    },
  };
}

// colour resolves one of the style sheet's for a canvas.
function colour(name) {
  const probe = document.getElementById('theme');
  const before = probe.style.color;
  probe.style.color = `var(${name})`;
  const value = getComputedStyle(probe).color;
  probe.style.color = before;
  return value;
}

function chart({ title, series, most }) {
  const values = series.map(() => h('span', { class: 'value' }));
  const legend = h('figcaption', null, h('strong', null, title), series.map((one, i) => {
    const swatch = h('i', { 'aria-hidden': 'true' });
    swatch.style.background = `var(${one.colour})`;
    return h('span', { class: 'key' }, swatch, series.length > 1 && h('span', { class: 'soft' }, one.label), ' ', values[i]);
  }), h('time', { class: 'soft' }));
  const space = h('div', { class: 'plot', role: 'img' });
  const empty = h('p', { class: 'empty' }, 'Nothing yet. Numbers come a few seconds after the start.');
  const element = h('figure', null, legend, space, empty);
  let plot = null;
  let data = null;
  let range = 600;

  const build = () => {
    plot?.destroy();
    put(space);
    plot = new window.uPlot(options(), data, space);
  };
  const options = () => {
    const [soft, hair] = [colour('--soft'), colour('--hair')];
    const axis = { stroke: soft, grid: { stroke: hair, width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    return {
      width: Math.max(120, space.clientWidth), height: 132, padding: [8, 26, 0, 0],
      legend: { show: false }, cursor: { sync: { key: 'gstorm' }, y: false, points: { size: 6 }, drag: { x: false, y: false } },
      scales: { x: { time: true, range: () => { const to = data[0].at(-1) ?? 0; return [to - range, to]; } }, y: { range: (_, __, max) => [0, most ?? max > 0 ? max * 1.1 : 1] } },
      axes: [
        { ...axis, size: 24, space: 70, values: (_, ticks) => ticks.map((t) => clock(t * 1000).slice(0, range <= 600 ? 8 : 5)) },
        { ...axis, size: 52, space: 30, values: (_, ticks) => ticks.map((t) => t === 0 ? '0' : series[0].write(t).replace('/s', '').replace(/\.0+(?=\D|$)/, '')) },
      ],
      series: [{}, ...series.map((one, i) => ({
        stroke: colour(one.colour), width: 1.5, points: { show: false }, fill: i === 0 ? colour(one.colour).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.10)') : undefined,
      }))],
      hooks: { setCursor: [(u) => write(u.cursor.idx)] },
    };
  };

  function write(at) {
    const i = at ?? data[0].length - 1;
    series.forEach((one, n) => text(values[n], data[n + 1][i] == null ? '–' : one.write(data[n + 1][i])));
    text(legend.lastChild, at == null ? '' : clock(data[0][i] * 1000).slice(0, 8));
  }

  const sizes = new ResizeObserver(() => plot?.setSize({ width: Math.max(120, space.clientWidth), height: 132 }));
  sizes.observe(space);
  return {
    element,
    update(history, seconds) {
      range = seconds;
      const lists = series.map((one) => history.series?.[one.key] ?? []);
      const from = new Date(history.from).getTime() / 1000;
      const length = Math.max(0, ...lists.map((l) => l.length));
      data = [Array.from({ length }, (_, i) => from + i * (history.step || 1)), ...lists.map((l) => Array.from({ length }, (_, i) => l[i] ?? null))];
      const some = lists.some((l) => l.some((n) => n != null));
      empty.hidden = some;
      space.hidden = !some;
      if (!some) return;
      if (plot) plot.setData(data); else build();
      write(plot.cursor.idx);
      set(space, 'aria-label', `${title}, last value: ${series.map((one, n) => `${one.label} ${values[n].textContent}`).join(', ')}`);
    },
    repaint() { if (plot) build(); },
    close() { sizes.disconnect(); plot?.destroy(); },
  };
}
