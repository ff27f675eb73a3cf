'use strict';

const { Context } = require('./context');
const { emitter } = require('./emitter');
const { DefinitionError } = require('./errors');
const { SpoutCollector } = require('./spout_collector');
const { emitAll, emitOne } = require('./yields');

// How long a command is kept from its answer by a promise. The promise goes on after that, and what it emits goes out
// when it comes; acks for the spout would have to wait for the answer.
const PATIENCE_MS = 5;

/** A spout at work: what SpoutTask calls. Each method may return a promise. */
class SpoutRunner {
  #finished = false;
  #pending; // a promise of next or stream that runs
  #items; // the iterator of stream

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
    if (this.#pending === undefined) {
      const later = this.hooks.stream ? this.#pull() : emitAll(this.hooks.next(this.ctx), this.ctx.emit);
      if (later === undefined) return undefined;
      this.#pending = this.#follow(later);
    }
    return soon(this.#pending);
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
    return this.collector.emit(values, options);
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
      this.#restart(error);
    }
    return typeof item.then === 'function'
      ? item.then(
          (later) => this.#take(later),
          (error) => this.#restart(error),
        )
      : this.#take(item);
  }

  /** A generator that has thrown is over, which isn't to be taken for its end: the next one begins anew. */
  #restart(error) {
    this.#items = undefined;
    throw error;
  }

  #take({ done, value }) {
    if (done) this.finish();
    else emitOne(value, this.ctx.emit);
  }

  #follow(later) {
    return later.then(
      () => {
        this.#pending = undefined;
      },
      (error) => {
        this.#pending = undefined;
        this.session.error(error);
      },
    );
  }
}

/** Resolves with the promise, or after PATIENCE_MS. */
function soon(promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

module.exports = { SpoutRunner };
