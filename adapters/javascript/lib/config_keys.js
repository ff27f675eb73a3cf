'use strict';

const { DefinitionError } = require('./errors');
const { nearest } = require('./spelling');

// The names by which Storm's keys are written in code: those of the setters of Storm's Config class.
const KEYS = {
  ackerExecutors: 'topology.acker.executors',
  classpath: 'topology.classpath',
  debug: 'topology.debug',
  environment: 'topology.environment',
  fallBackOnJavaSerialization: 'topology.fall.back.on.java.serialization',
  kryoFactory: 'topology.kryo.factory',
  maxSpoutPending: 'topology.max.spout.pending',
  maxTaskParallelism: 'topology.max.task.parallelism',
  messageTimeoutSecs: 'topology.message.timeout.secs',
  numAckers: 'topology.acker.executors',
  numEventLoggers: 'topology.eventlogger.executors',
  numWorkers: 'topology.workers',
  optimize: 'topology.optimize',
  skipMissingKryoRegistrations: 'topology.skip.missing.kryo.registrations',
  statsSampleRate: 'topology.stats.sample.rate',
  tickTupleFreqSecs: 'topology.tick.tuple.freq.secs',
  topologyPriority: 'topology.priority',
  topologyStrategy: 'topology.scheduler.strategy',
  topologyWorkerMaxHeapSize: 'topology.worker.max.heap.size.mb',
};

/**
 * Settings by Storm's keys. Any key may be used; what is nearly one of the names above is taken for a misspelling of
 * it, which is a DefinitionError.
 */
function expand(settings) {
  return Object.fromEntries(Object.entries(settings ?? {}).map(([name, value]) => [key(name), value]));
}

function key(name) {
  if (Object.hasOwn(KEYS, name)) return KEYS[name];
  const near = name.includes('.') ? undefined : nearest(name, Object.keys(KEYS));
  if (near !== undefined) throw new DefinitionError(`unknown setting ${name}, did you mean ${near}?`);
  return name;
}

module.exports = { KEYS, expand };
