'use strict';

const { Task } = require('./task');

// How long a spout is asked again for more tuples. The next acks come only after that.
const TURN_MS = 5;

/** A spout at work. The host sends one command at a time; what comes while one is worked on waits. */
class SpoutTask extends Task {
  #busy = false;
  #steps; // of the command that is worked on: what takes longer, each with a then
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
    this.#busy = true;
    this.#steps = 'n' in message ? this.#credit(message) : this.#single(message);
    this.#proceed();
    return true;
  }

  /** Takes the steps up to one that takes longer, or up to the answer. */
  #proceed() {
    const { done, value } = this.#steps.next();
    if (!done) return value.then(this.#goOn, this.#goOnAfter);
    this.#busy = false;
    return this.#answer();
  }

  #goOn = () => {
    this.#proceed();
    if (!this.#busy) this.work();
  };

  #goOnAfter = (error) => {
    this.#fail(error);
    this.#goOn();
  };

  #answer() {
    if (this.#finished || this.runner.takeFinished()) this.session.finished();
    this.#finished = false;
    this.session.answer();
  }

  *#single({ command, id }) {
    const later = this.#obey(command, id);
    if (later !== undefined) yield later;
  }

  /**
   * The steps of a next that brings the ends of several tuples and asks for several. After a fail there may be more to
   * emit, whatever was said before.
   */
  *#credit({ n, acks = [], fails = [] }) {
    let later;
    for (const id of acks) if ((later = this.#obey('ack', id)) !== undefined) yield later;
    for (const id of fails) {
      this.runner.takeFinished();
      if ((later = this.#obey('fail', id)) !== undefined) yield later;
    }
    this.#finished = this.runner.takeFinished();
    const [limit, deadline] = [this.runner.emitted + n, performance.now() + TURN_MS];
    for (let before; !this.#finished && this.runner.emitted < limit; ) {
      before = this.runner.emitted;
      if ((later = this.#obey('next', '')) !== undefined) yield later;
      this.#finished = this.runner.takeFinished();
      if (this.#failed || this.runner.emitted === before || performance.now() > deadline) return;
    }
  }

  /** Does what a command says; an error is reported. Returns what has a then if it takes longer. */
  #obey(command, id) {
    this.#failed = false;
    try {
      const later = this.#command(command, id);
      if (typeof later?.then !== 'function') return undefined;
      return command === 'next' ? later : Promise.resolve(later); // what is the user's may be no real promise
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error) {
    this.#failed = true;
    this.session.error(error);
  }

  #command(command, id) {
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
    return typeof later?.then === 'function' ? Promise.resolve(later).then(() => this.runner.next()) : this.runner.next();
  }

  #activate() {
    this.#active = true;
    return this.runner.activate();
  }
}

module.exports = { SpoutTask };
