'use strict';

const { Collector } = require('./collector');
const { EmitError } = require('./errors');
const { Tuple, idOf } = require('./tuple');

const SETTLED = Symbol('settled');

/** What a bolt emits, acks and fails through. */
class BoltCollector extends Collector {
  /**
   * anchors: the tuples that it comes of unless the options say others: options.anchors is a tuple, several, or false
   * or null for none.
   */
  emit(values, options, anchors) {
    const own = ids(options?.anchors === undefined ? anchors : options.anchors);
    return this.write(values, own === '' ? '' : `,"anchors":[${own}]`, options);
  }

  /** The first ack or fail of a tuple counts. */
  ack(tuple) {
    this.#settle(tuple, 'ack');
  }

  fail(tuple) {
    this.#settle(tuple, 'fail');
  }

  #settle(tuple, command) {
    if (tuple[SETTLED]) return;
    tuple[SETTLED] = true;
    this.session.sendText(`{"command":"${command}","id":${JSON.stringify(idOf(tuple))}}`);
  }
}

function ids(anchors) {
  if (!anchors) return '';
  return anchors instanceof Tuple ? id(anchors) : [...anchors].map(id).join(',');
}

function id(tuple) {
  if (!(tuple instanceof Tuple)) throw new EmitError('anchors are tuples that the bolt has got');
  return JSON.stringify(idOf(tuple));
}

module.exports = { BoltCollector };
