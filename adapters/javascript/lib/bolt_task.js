'use strict';

const { Batch } = require('./batch');
const { Task } = require('./task');

/** A bolt at work, with as many tuples in hand as it wants. */
class BoltTask extends Task {
  #running = 0;
  #next = 0; // of a batch that has been begun

  hasRoom() {
    return this.#running < this.runner.concurrency;
  }

  isIdle() {
    return this.#running === 0;
  }

  /** More has come than can be handled now. */
  holdBack() {
    this.session.pause();
  }

  handle(message, isLast) {
    if (message instanceof Batch) return this.#handleBatch(message, isLast);
    this.session.betweenHandlers(isLast);
    this.#execute(message.id, message.tuple, message);
    return true;
  }

  #handleBatch({ first, rows, source }, isLast) {
    while (this.#next < rows.length) {
      if (!this.hasRoom()) return false;
      const at = this.#next++;
      this.session.betweenHandlers(isLast && this.#next === rows.length);
      this.#execute(first + at, rows[at], source);
    }
    this.#next = 0;
    return true;
  }

  #execute(id, values, source) {
    const later = this.runner.execute(id, values, source);
    if (later !== undefined) this.#follow(later);
  }

  async #follow(later) {
    this.#running += 1;
    const handler = this.session.handlerBegins();
    await later;
    this.session.handlerEnds(handler);
    this.#running -= 1;
    this.work();
  }
}

module.exports = { BoltTask };
