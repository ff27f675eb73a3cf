'use strict';

const { DefinitionError } = require('./errors');
const { Spout } = require('./spout');

/**
 * A spout that replays by itself what has failed: no ids to think of, next or stream emit values as in a Spout. It has
 * finished once they have and nothing is left to replay.
 *
 * What a killed process had emitted is forgotten with it: a source that has to survive that keeps its own position, in
 * a spout with ack and fail.
 *
 * settings: those of a Spout; maxFails (how often a message may fail and be replayed; without it there is no limit).
 * One more hook: giveUp(values, ctx), for a message that has failed more often.
 */
class ReliableSpout extends Spout {
  constructor(source, settings) {
    super(source, settings);
    this.maxFails = settings.maxFails ?? Infinity;
    if (!(this.maxFails >= 0))
      throw new DefinitionError(`maxFails has to be a number from 0 on, it is ${settings.maxFails}`);
  }

  get Runner() {
    return require('./reliable_runner').ReliableRunner;
  }
}

/** As spout(). */
function reliableSpout(outputs, source, options) {
  return source === undefined
    ? new ReliableSpout(outputs, outputs ?? {})
    : new ReliableSpout(source, { ...options, outputs });
}

module.exports = { ReliableSpout, reliableSpout };
