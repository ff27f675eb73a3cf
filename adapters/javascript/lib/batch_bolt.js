'use strict';

const { Bolt } = require('./bolt');
const { DefinitionError } = require('./errors');

/**
 * A bolt that keeps tuples and handles what has come every so many seconds, group by group. What the handler of a group
 * emits is anchored to all tuples of the group; they are acked when it has returned, or its promise is resolved, and
 * failed when it throws or is rejected, and other groups are not concerned. The last groups are handled at the end of
 * the input.
 *
 * settings: those of a Bolt without tick; every (seconds), key (a field, several, or a function that makes a tuple's
 * key; without it all tuples are one group, whose key is null).
 */
class BatchBolt extends Bolt {
  constructor(source, settings) {
    super(source, settings);
    this.key = keyFunction(settings.key);
    this.tickEvery(settings.every);
  }

  get handlerName() {
    return 'batch';
  }

  get Runner() {
    return require('./batch_runner').BatchRunner;
  }
}

/**
 * batchBolt({ outputs, every: 2, key: 'word' }, (key, tuples, ctx) => ...), or with the handler as batch() in the
 * settings.
 */
function batchBolt(settings, source = settings) {
  if (typeof settings?.every !== 'number')
    throw new DefinitionError('batchBolt takes { every: seconds, ... } and a function');
  return new BatchBolt(source, settings);
}

function keyFunction(key) {
  if (key === undefined || key === null) return () => null;
  if (typeof key === 'function') return key;
  return Array.isArray(key) ? (tuple) => key.map((field) => tuple.get(field)) : (tuple) => tuple.get(key);
}

module.exports = { BatchBolt, batchBolt };
