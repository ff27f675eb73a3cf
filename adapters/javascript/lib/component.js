'use strict';

const configKeys = require('./config_keys');
const { DefinitionError } = require('./errors');
const outputs = require('./outputs');

const TICK_KEY = 'topology.tick.tuple.freq.secs';

/**
 * What spout() and bolt() make: what a component is, apart from its place in a topology. Spout and Bolt derive from it,
 * and say which Runner is the component at work.
 *
 * source: an object with hooks, a class of such objects, a handler (a function with parameters), or a factory: a
 * function without parameters that returns a handler or an object with hooks. It is used anew for each task.
 */
class Component {
  constructor(kind, source, settings) {
    if (source === null || (typeof source !== 'object' && typeof source !== 'function')) {
      throw new DefinitionError(`${kind}() takes a function or an object with functions, not ${source}`);
    }
    this.kind = kind;
    this.source = source;
    this.outputs = outputs.parse(settings.outputs, `a ${kind}`);
    this.config = configKeys.expand(settings.config);
  }

  /** How a task of it is made, as the topology description says it. */
  get implementation() {
    return { type: 'file' };
  }

  /** For people; undefined for functions without a name. */
  get className() {
    return (typeof this.source === 'function' && this.source.name) || undefined;
  }

  /** The name that hooks are looked for by where the source is a handler. */
  get handlerName() {
    return 'process';
  }

  /** The component at work in a task: what BoltTask or SpoutTask calls. */
  newRunner(session) {
    const Runner = isStormStyle(this.source) ? require('./compat/storm_runner').StormRunner : this.Runner;
    return new Runner(session, this);
  }

  /** An object with hooks for one task, or a promise of one. */
  newHooks() {
    if (typeof this.source === 'object') return Object.create(this.source);
    if (isClass(this.source) || isStormStyle(this.source)) return new this.source();
    if (!isFactory(this.source)) return { [this.handlerName]: this.source };
    const made = this.source();
    return typeof made?.then === 'function' ? made.then((later) => this.#hooksOf(later)) : this.#hooksOf(made);
  }

  #hooksOf(made) {
    if (typeof made === 'function') return { [this.handlerName]: made };
    if (typeof made === 'object' && made !== null) return made;
    throw new DefinitionError(
      `a function without parameters is taken for a factory, which has to return the ${this.kind}'s handler or an object with hooks`,
    );
  }

  /** Settings for ticks every so many seconds. */
  tickEvery(secs) {
    if (!(secs > 0)) throw new DefinitionError(`the time between ticks has to be a number of seconds, it is ${secs}`);
    this.config = { [TICK_KEY]: secs, ...this.config };
  }
}

function isClass(source) {
  return /^class\b/.test(Function.prototype.toString.call(source));
}

/** Whether it derives from a class of storm.js, Apache's own or ours. */
function isStormStyle(source) {
  return typeof (source.prototype ?? source).handleNewCommand === 'function';
}

function isFactory(source) {
  return source.length === 0 && !isGenerator(source);
}

/** Whether a function is one with yield. */
function isGenerator(source) {
  return /GeneratorFunction$/.test(source.constructor.name);
}

module.exports = { Component, isGenerator };
