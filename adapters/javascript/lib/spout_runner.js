'use strict';

const { Context } = require('./context');
const { emitter } = require('./emitter');
const { DefinitionError } = require('./errors');
const { SpoutCollector } = require('./spout_collector');
const { emitAll, emitOne } = require('./yields');

// How long a command is kept from its answer by a promise. The promise goes on after that, and what it emits goes out
// when it comes; acks for the spout would have to wait for the answer.
const PATIENCE_MS = 5;

/** A spout at work: what SpoutTask calls. Each method may return a promise, or as next does what has a then like one. */
class SpoutRunner {
  #finished = false;
  #running = false; // a promise of next or of stream
  #items; // the iterator of stream
  #wake; // what waits for it
  #patience; // the timer that does it

  constructor(session, spout) {
    this.session = session;
    this.spout = spout;
    const context = new Context(session);
    this.collector = new SpoutCollector(session, context);
    this.ctx = Object.assign(Object.create(context), {
      emit: emitter((values, options) => this.emit(values, options)),
      finish: () => this.finish(),
    });
  }

  /** Called first. */
  async open() {
    this.hooks = await this.spout.newHooks();
    if (typeof this.hooks.next !== 'function' && typeof this.hooks.stream !== 'function') {
      throw new DefinitionError('the spout has neither a function next(ctx) nor a generator stream(ctx)');
    }
    await (this.hooks.open ?? this.hooks.prepare)?.call(this.hooks, this.ctx);
  }

  /** Emits what is next, if there is anything. */
  next() {
    if (!this.#running) {
      if (this.hooks.stream) this.#pull();
      else this.#follow(emitAll(this.hooks.next(this.ctx), this.ctx.emit), this.#onEnd);
    }
    return this.#running ? this.#soon() : undefined;
  }

  ack(wireId) {
    return this.collector.settle(wireId, (id) => this.acked(id));
  }

  fail(wireId) {
    return this.collector.settle(wireId, (id) => this.failed(id));
  }

  activate() {
    return this.hooks.activate?.call(this.hooks, this.ctx);
  }

  deactivate() {
    return this.hooks.deactivate?.call(this.hooks, this.ctx);
  }

  /** Called last. */
  close() {
    return this.hooks.close?.call(this.hooks, this.ctx);
  }

  /** How many tuples have been emitted. */
  get emitted() {
    return this.collector.emitted;
  }

  /** Whether finish has been called since the last time of asking. */
  takeFinished() {
    const finished = this.#finished;
    this.#finished = false;
    return finished;
  }

  /** There is nothing more to emit: next is called again only after a message has failed. */
  finish() {
    this.#finished = true;
  }

  emit(values, options) {
    return this.collector.emit(values, options, options?.id);
  }

  acked(id) {
    return this.hooks.ack?.call(this.hooks, id, this.ctx);
  }

  failed(id) {
    return this.hooks.fail?.call(this.hooks, id, this.ctx);
  }

  #pull() {
    this.#items ??= this.hooks.stream(this.ctx);
    let item;
    try {
      item = this.#items.next();
    } catch (error) {
      this.#items = undefined; // it is over, which isn't to be taken for its end: the next one begins anew
      throw error;
    }
    if (typeof item.then === 'function') this.#follow(item, this.#onItem);
    else this.#take(item);
  }

  #take({ done, value }) {
    if (done) this.finish();
    else emitOne(value, this.ctx.emit);
  }

  /** onEnd gets what the promise resolves to. */
  #follow(later, onEnd) {
    if (later === undefined) return;
    this.#running = true;
    Promise.resolve(later).then(onEnd, this.#onError);
  }

  // These are made once, and not for each promise.

  #onEnd = () => {
    this.#running = false;
    this.#endWait();
  };

  #onItem = (item) => {
    try {
      this.#take(item);
    } catch (error) {
      this.session.error(error);
    }
    this.#onEnd();
  };

  #onError = (error) => {
    this.#items = undefined; // as in #pull
    this.session.error(error);
    this.#onEnd();
  };

  /** Like a promise that is resolved when what runs has ended, or after PATIENCE_MS at the most. */
  #soon() {
    this.#patience ??= setTimeout(() => { // one serves all that is waited for until then
      this.#patience = undefined;
      this.#endWait();
    }, PATIENCE_MS);
    return this.#wait;
  }

  #wait = {
    then: (wake) => {
      this.#wake = wake;
    },
  };

  #endWait() {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

module.exports = { SpoutRunner };
