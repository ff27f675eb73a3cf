// The columns that the tables of components and of tasks share.
import { age, bytes, count, ms, percent, quantile, rate } from '../format.js';
import { load } from '../parts/table.js';
import { flowOf } from '../parts/graph-node.js';

const cores = (n) => n > 0 ? n.toFixed(2) : '–';

export const flow = { title: 'Tuples/s', number: true, value: (c) => rate(flowOf(c)), hint: 'executed by a bolt, emitted by a spout' };
export const emitted = { title: 'Emitted/s', number: true, value: (c) => rate(c.rates?.emitted) };
export const failed = { title: 'Failed/s', number: true, value: (c) => rate(c.rates?.failed), level: (c) => c.rates?.failed > 0 ? 'bad' : null };
export const capacity = { title: 'Busy', number: true, bar: (c) => c.capacity, value: (c) => percent(c.capacity), level: (c) => load(c) === 'good' ? null : load(c), hint: 'share of the last 10 s in which a task had tuples' };
export const held = { title: 'Held', number: true, value: (c) => percent(c.held), level: (c) => c.held >= 0.5 ? 'bad' : c.held >= 0.1 ? 'warn' : null, hint: 'share of the time in which what it emits waits for full queues' };
export const p50 = { title: 'p50', number: true, value: (c) => ms(quantile(c.latency_ms, 'p50')) };
export const p99 = { title: 'p99', number: true, value: (c) => ms(quantile(c.latency_ms, 'p99')) };
export const queue = { title: 'Queue', number: true, value: (c) => count(c.queue), level: (c) => c.queue_limit && c.queue >= c.queue_limit * 0.9 ? 'bad' : null, hint: 'tuples that wait' };
export const inFlight = { title: 'In flight', number: true, value: (c) => count(c.in_flight), hint: 'tuples that it has and has not answered' };
export const cpu = { title: 'CPU', number: true, value: (c) => cores(c.cpu), hint: 'processors in use by its processes' };
export const memory = { title: 'Memory', number: true, value: (c) => bytes(c.memory_bytes) };
export const restarts = { title: 'Restarts', number: true, value: (c) => count(c.restarts), level: (c) => c.restarts > 0 ? 'warn' : null };
export const errors = { title: 'Errors', number: true, value: (c) => count(c.errors), level: (c) => c.errors > 0 ? 'bad' : null };
export const since = { title: 'Up', number: true, value: (t) => t.since ? age((Date.now() - new Date(t.since)) / 1000) : '–' };
