'use strict';

const { EmitError } = require('./errors');
const { SpoutRunner } = require('./spout_runner');

/** A ReliableSpout at work. */
class ReliableRunner extends SpoutRunner {
  #messages = new Map(); // by id: {values, options, fails}
  #replays = []; // ids
  #last = 0;
  #exhausted = false;

  next() {
    const id = this.#replays.shift();
    if (id !== undefined) return this.#send(id);
    return this.#exhausted ? super.finish() : super.next();
  }

  /** An id of one's own is given to ack and fail; it has to be unique among the pending messages. */
  emit(values, options) {
    const id = options?.id ?? ++this.#last;
    this.#messages.set(id, { values, options, fails: 0 });
    return this.#send(id);
  }

  /** For good: next isn't asked again, only what fails is replayed. */
  finish() {
    this.#exhausted = true;
    super.finish();
  }

  /** The host asks right after finish; then there may be failures that have come in since. */
  takeFinished() {
    return super.takeFinished() && this.#replays.length === 0;
  }

  acked(id) {
    this.#messages.delete(id);
    return super.acked(id);
  }

  failed(id) {
    const message = this.#messages.get(id);
    if (message === undefined) return undefined;
    message.fails += 1;
    if (message.fails <= this.spout.maxFails) {
      this.#replays.push(id);
    } else {
      this.#messages.delete(id);
      this.hooks.giveUp?.call(this.hooks, message.values, this.ctx);
    }
    return super.failed(id);
  }

  #send(id) {
    const { values, options } = this.#messages.get(id);
    try {
      return this.collector.emit(values, { ...options, id });
    } catch (error) {
      if (error instanceof EmitError) this.#messages.delete(id);
      throw error;
    }
  }
}

module.exports = { ReliableRunner };
