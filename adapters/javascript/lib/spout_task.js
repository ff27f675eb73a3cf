'use strict';

const { Task } = require('./task');

// How long a spout is asked again for more tuples. The next acks come only after that.
const TURN_MS = 5;
const NEXT = { command: 'next', id: '' };

/** A spout at work. The host sends one command at a time; what comes while one is worked on waits. */
class SpoutTask extends Task {
  #busy = false;
  #active = false;
  #failed = false; // the last command
  #finished = false; // within a turn of several commands

  hasRoom() {
    return !this.#busy;
  }

  isIdle() {
    return !this.#busy;
  }

  /** The host waits for the answer anyway. */
  holdBack() {}

  handle(message, isLast) {
    this.session.betweenHandlers(isLast);
    const later = 'n' in message ? this.#drive(this.#credit(message)) : this.#obey(message);
    if (later === undefined) this.#answer();
    else this.#follow(later);
    return true;
  }

  async #follow(later) {
    this.#busy = true;
    await later;
    this.#busy = false;
    this.#answer();
    this.work();
  }

  #answer() {
    if (this.#finished || this.runner.takeFinished()) this.session.finished();
    this.#finished = false;
    this.session.answer();
  }

  /** Does what a command says; an error is reported. Returns a promise if it takes longer, which is never rejected. */
  #obey(message) {
    this.#failed = false;
    try {
      const later = this.#command(message);
      if (typeof later?.then !== 'function') return undefined;
      return Promise.resolve(later).then(undefined, (error) => this.#fail(error));
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error) {
    this.#failed = true;
    this.session.error(error);
  }

  /**
   * The steps of a next that brings the ends of several tuples and asks for several. After a fail there may be more to
   * emit, whatever was said before.
   */
  *#credit({ n, acks = [], fails = [] }) {
    for (const id of acks) yield this.#obey({ command: 'ack', id });
    for (const id of fails) {
      this.runner.takeFinished();
      yield this.#obey({ command: 'fail', id });
    }
    this.#finished = this.runner.takeFinished();
    const [limit, deadline] = [this.runner.emitted + n, performance.now() + TURN_MS];
    for (let before; !this.#finished && this.runner.emitted < limit; ) {
      before = this.runner.emitted;
      yield this.#obey(NEXT);
      this.#finished = this.runner.takeFinished();
      if (this.#failed || this.runner.emitted === before || performance.now() > deadline) return;
    }
  }

  /** Goes through steps, which are promises where they take longer. Returns a promise if they do. */
  #drive(steps) {
    for (let step; !(step = steps.next()).done; ) {
      if (step.value !== undefined) return step.value.then(() => this.#drive(steps));
    }
    return undefined;
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
