'use strict';

const { BoltCollector } = require('./bolt_collector');
const { Context } = require('./context');
const { DefinitionError } = require('./errors');
const { emitter } = require('./emitter');
const { idOf, isTick } = require('./tuple');
const { TupleMaker } = require('./tuple_maker');
const { emitAll } = require('./yields');

const ANCHORS = Symbol('anchors');
const EMIT = Symbol('emit');

/**
 * A bolt at work: what BoltTask calls. A tuple is acked when its handler has returned, or its promise is resolved, and
 * failed when it throws or is rejected, which is reported; the process lives on.
 */
class BoltRunner {
  constructor(session, bolt) {
    this.session = session;
    this.bolt = bolt;
    const context = new Context(session);
    this.collector = new BoltCollector(session, context);
    this.Call = callClass(context, this.collector);
    this.tuples = new TupleMaker(session.context);
  }

  /** How many calls of execute may be unsettled. */
  get concurrency() {
    return this.bolt.concurrency;
  }

  /** Called first. May return a promise. */
  async open() {
    this.hooks = await this.bolt.newHooks();
    this.checkHooks();
    await (this.hooks.prepare ?? this.hooks.open)?.call(this.hooks, new this.Call());
  }

  /**
   * Handles a tuple. source: the message that brought it, with comp, stream and task. Returns a promise if it takes
   * longer.
   */
  execute(id, values, source) {
    const tuple = this.tuples.make(id, values, source);
    if (isTick(source)) return this.tick(tuple);
    return this.handle(tuple);
  }

  /** Called last. May return a promise. */
  close() {
    return this.hooks.close?.call(this.hooks, new this.Call());
  }

  /** Throws where the hooks can't do what the bolt is for. */
  checkHooks() {
    if (typeof this.hooks.process !== 'function')
      throw new DefinitionError('the bolt has no function process(tuple, ctx)');
  }

  handle(tuple) {
    const call = new this.Call(tuple);
    let later;
    try {
      const result = this.hooks.process(tuple, call);
      if (result !== undefined) later = emitAll(result, call.emit);
    } catch (error) {
      return this.failed(error, tuple);
    }
    if (later)
      return later.then(
        () => this.handled(tuple),
        (error) => this.failed(error, tuple),
      );
    return this.handled(tuple);
  }

  /** What it emits has no anchor. A tick is acked at once; nothing comes of it. */
  tick(tuple) {
    this.collector.ack(tuple);
    const tick = this.bolt.tick ?? this.hooks.tick;
    if (typeof tick !== 'function') return undefined;
    return this.attempt(
      undefined,
      (call) => tick.call(this.hooks, call),
      (error) => this.session.error(error),
    );
  }

  /** Runs what may be a generator or a promise. failed is called with what is thrown. */
  attempt(anchors, run, failed, done = () => {}) {
    const call = new this.Call(anchors);
    let later;
    try {
      later = emitAll(run(call), call.emit);
    } catch (error) {
      return failed(error);
    }
    return later ? later.then(done, failed) : done();
  }

  handled(tuple) {
    if (!this.bolt.manual) this.collector.ack(tuple);
  }

  failed(error, tuple) {
    this.session.error(error, String(idOf(tuple)));
    this.collector.fail(tuple);
  }
}

/**
 * The class of what handlers get as ctx: the context, with emit, ack and fail that are bound to the tuples of that
 * call. They may be used at any time and taken out of it: (tuple, { emit }) => ...
 */
function callClass(context, collector) {
  class Call {
    /** anchors: a tuple, several, or none. */
    constructor(anchors) {
      this[ANCHORS] = anchors;
      this[EMIT] = undefined;
    }

    get emit() {
      const anchors = this[ANCHORS];
      this[EMIT] ??= emitter((values, options) => collector.emit(values, options, anchors));
      return this[EMIT];
    }

    get ack() {
      return (tuple = this[ANCHORS]) => collector.ack(tuple);
    }

    get fail() {
      return (tuple = this[ANCHORS]) => collector.fail(tuple);
    }
  }
  Object.setPrototypeOf(Call.prototype, context);
  return Call;
}

module.exports = { BoltRunner };
