'use strict';

const { Component } = require('./component');
const { DefinitionError } = require('./errors');

/**
 * What a bolt is. Its hooks: process(tuple, ctx), prepare(ctx), tick(ctx), close(ctx).
 *
 * settings: outputs, config, tick ([secs, fn], or secs where the hooks have a function tick), manual (nothing is acked
 * by itself), concurrency (how many tuples are handled at a time; 1).
 */
class Bolt extends Component {
  constructor(source, settings) {
    super('bolt', source, settings);
    this.manual = settings.manual === true;
    this.concurrency = settings.concurrency ?? 1;
    if (this.concurrency !== Infinity && !(Number.isInteger(this.concurrency) && this.concurrency > 0)) {
      throw new DefinitionError(
        `the concurrency of a bolt has to be a whole number from 1 on, it is ${this.concurrency}`,
      );
    }
    const [secs, tick] = [settings.tick].flat();
    this.tick = tick;
    if (secs !== undefined) this.tickEvery(secs);
  }

  get Runner() {
    return require('./bolt_runner').BoltRunner;
  }
}

/**
 * bolt(['word'], (tuple, ctx) => ..., options), bolt(['word'], () => handler, options), bolt(['word'], Class, options),
 * or bolt({ outputs, process(tuple, ctx) {}, ... }). See Bolt for the options.
 */
function bolt(outputs, source, options) {
  const whole = source === undefined && isObject(outputs);
  if (whole) return new Bolt(outputs, outputs);
  if (source === undefined && typeof outputs === 'function') return new Bolt(outputs, {});
  return new Bolt(source, { ...options, outputs });
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = { Bolt, bolt };
