'use strict';

const { SpoutRunner } = require('./spout_runner');

/** A ReliableSpout at work. */
class ReliableRunner extends SpoutRunner {
  #replays = []; // messages: {id, values, options, fails}
  #last = 0;
  #exhausted = false;

  next() {
    const message = this.#replays.shift();
    if (message !== undefined) return this.#send(message);
    return this.#exhausted ? super.finish() : super.next();
  }

  /** An id of one's own is given to ack and fail. */
  emit(values, options) {
    return this.#send({ id: options?.id ?? ++this.#last, values, options, fails: 0 });
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

  acked(message) {
    return super.acked(message.id);
  }

  failed(message) {
    message.fails += 1;
    if (message.fails <= this.spout.maxFails) this.#replays.push(message);
    else this.hooks.giveUp?.call(this.hooks, message.values, this.ctx);
    return super.failed(message.id);
  }

  #send(message) {
    return this.collector.emit(message.values, message.options, message);
  }
}

module.exports = { ReliableRunner };
