'use strict';

const { Collector } = require('./collector');
const { EmitError } = require('./errors');
const { Tuple, idOf, settle } = require('./tuple');

/** What a bolt emits, acks and fails through. */
class BoltCollector extends Collector {
  /**
   * anchors: the tuples that it comes of unless the options say others: options.anchors is a tuple, several, or false
   * or null for none.
   */
  emit(values, options, anchors) {
    return this.write(values, ids(options?.anchors === undefined ? anchors : options.anchors), options);
  }

  /** The first ack or fail of a tuple counts. */
  ack(tuple) {
    if (settle(tuple)) this.session.ack(idOf(tuple));
  }

  fail(tuple) {
    if (settle(tuple)) this.session.fail(idOf(tuple));
  }

  own(anchors) {
    return `,"anchors":${String(anchors).startsWith('[') ? anchors : `[${anchors}]`}`;
  }
}

/** One id or a list of ids, as JSON text or a number; undefined where there is none. */
function ids(anchors) {
  if (!anchors) return undefined;
  if (anchors instanceof Tuple) return id(anchors);
  const several = [...anchors].map(id);
  return several.length > 0 ? `[${several.join(',')}]` : undefined;
}

function id(tuple) {
  if (!(tuple instanceof Tuple)) throw new EmitError('anchors are tuples that the bolt has got');
  const own = idOf(tuple);
  return typeof own === 'number' ? own : JSON.stringify(own);
}

module.exports = { BoltCollector };
