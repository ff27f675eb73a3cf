'use strict';

const { Task } = require('./task');

/** A spout at work. The host sends one command at a time; what comes while one is worked on waits. */
class SpoutTask extends Task {
  #busy = false;
  #active = false;

  hasRoom() {
    return !this.#busy;
  }

  isIdle() {
    return !this.#busy;
  }

  /** The host waits for the answer anyway. */
  holdBack() {}

  handle(message) {
    let later;
    try {
      later = this.#command(message);
    } catch (error) {
      this.session.error(error);
    }
    if (typeof later?.then === 'function') this.#follow(later);
    else this.#answer();
  }

  async #follow(later) {
    this.#busy = true;
    try {
      await later;
    } catch (error) {
      this.session.error(error);
    }
    this.#busy = false;
    this.#answer();
    this.work();
  }

  #answer() {
    if (this.runner.takeFinished()) this.session.finished();
    this.session.sync();
  }

  #command({ command, id }) {
    switch (command) {
      case 'next':
        return this.#next();
      case 'ack':
        return this.runner.ack(id);
      case 'fail':
        return this.runner.fail(id);
      case 'activate':
        return this.#activate();
      case 'deactivate':
        this.#active = false;
        return this.runner.deactivate();
      default:
        return undefined;
    }
  }

  /** A host that doesn't send activate (Storm before 1.1) just begins. */
  #next() {
    if (this.#active) return this.runner.next();
    const later = this.#activate();
    return typeof later?.then === 'function' ? later.then(() => this.runner.next()) : this.runner.next();
  }

  #activate() {
    this.#active = true;
    return this.runner.activate();
  }
}

module.exports = { SpoutTask };
