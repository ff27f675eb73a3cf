'use strict';

/** ctx.metrics.inc('words'), ctx.metrics.gauge('queue', 12). Under Storm they go to the shell metric of that name. */
class Metrics {
  #session;

  constructor(session) {
    this.#session = session;
  }

  /** Counts up. */
  inc(name, by = 1) {
    this.#session.metric(name, by, 'count');
  }

  /** Says what a value is now. */
  gauge(name, value) {
    this.#session.metric(name, value, 'gauge');
  }
}

module.exports = { Metrics };
