'use strict';

// How long close may take after a SIGTERM.
const CLOSE_MS = 5000;
// Not 0: that would mean that a spout has finished.
const TERMINATED = 128 + 15;
// A promise that goes on after the host has been killed would stay behind for ever.
const ORPHAN_MS = 2000;

/**
 * One task: a component at work, from the handshake to the end of the input. It is the session's receiver. BoltTask and
 * SpoutTask know what the messages mean.
 */
class Task {
  #queue = []; // messages that wait
  #first = 0; // of them
  #opened = false;
  #ended = false;
  #closing = false;
  #terminated = false;
  #parent = process.ppid;

  constructor(session, component) {
    this.session = session;
    this.runner = component.newRunner(session);
  }

  /** Runs until the process exits. To be called when hands have been shaken. */
  async run() {
    this.session.receive(this);
    process.on('uncaughtException', (error) => this.die(error)); // rejections that nobody handles come here too
    process.on('SIGTERM', () => this.#terminate());
    try {
      const opening = this.session.handlerBegins();
      await this.runner.open();
      this.session.handlerEnds(opening);
      this.#opened = true;
      this.work();
    } catch (error) {
      this.die(error);
    }
  }

  /** From the session: a message, and whether nothing is known to come after it. */
  message(message, isLast) {
    this.#queue.push(message);
    if (this.#opened && this.waiting === 1 && this.hasRoom()) this.#handleFirst(isLast);
    if (isLast && this.waiting > 0) this.holdBack();
  }

  /** From the session: there is no more input. */
  end() {
    this.#ended = true;
    setInterval(() => process.ppid === this.#parent || process.exit(1), ORPHAN_MS);
    setImmediate(() => this.#closeIfDone()); // a signal that has come too is seen first
  }

  /** From the session: the host takes nothing any more. */
  hangup() {
    this.#close(0);
  }

  /** How many messages wait. */
  get waiting() {
    return this.#queue.length - this.#first;
  }

  /** Handles what waits, as far as it can be handled now. To be called whenever a handler has ended. */
  work() {
    while (this.waiting > 0 && this.hasRoom()) {
      this.#handleFirst(this.waiting === 1);
    }
    if (this.waiting === 0 && !this.#ended) this.session.resume();
    this.#closeIfDone();
  }

  /** The host is to hear of an error that ends the process. */
  die(error) {
    this.session.error(error);
    process.exit(1); // flushes: see TaskProcess
  }

  /** isLast: nothing is known to come after it. */
  #handleFirst(isLast) {
    if (!this.handle(this.#queue[this.#first], isLast)) return;
    this.#first += 1;
    if (this.waiting > 0) return;
    this.#queue = [];
    this.#first = 0;
  }

  #closeIfDone() {
    if (this.#ended && this.#opened && this.waiting === 0 && this.isIdle()) this.#close(0);
  }

  async #close(status) {
    if (this.#closing) return;
    this.#closing = true;
    try {
      if (this.#opened) await this.runner.close();
      process.exit(this.#terminated ? TERMINATED : status);
    } catch (error) {
      this.die(error);
    }
  }

  #terminate() {
    this.#terminated = true;
    setTimeout(() => process.exit(1), CLOSE_MS);
    this.#close(TERMINATED);
  }
}

module.exports = { Task };
