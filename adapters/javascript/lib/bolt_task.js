'use strict';

const { Task } = require('./task');

/** A bolt at work, with as many tuples in hand as it wants. */
class BoltTask extends Task {
  #running = 0;

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

  handle(message) {
    const later = this.runner.execute(message);
    if (later !== undefined) this.#follow(later, message);
  }

  async #follow(later, key) {
    this.#running += 1;
    this.session.handlerBegins(key);
    await later;
    this.session.handlerEnds(key);
    this.#running -= 1;
    this.work();
  }
}

module.exports = { BoltTask };
