'use strict';

const { Collector } = require('./collector');
const { EmitError } = require('./errors');

/**
 * What a spout emits through. Ids may be any value; on the wire they are numbered per process, so that the very value
 * comes back with the ack, and an answer to an earlier process of the same task isn't mistaken for one to this.
 */
class SpoutCollector extends Collector {
  #ids = new Map();
  #last = 0;

  /** options: id, stream, task, taskIds. */
  emit(values, options) {
    if (options?.id === undefined || options.id === null) return this.write(values, undefined, options);
    const wireId = `${process.pid}-${++this.#last}`;
    this.#ids.set(wireId, options.id);
    try {
      return this.write(values, `"${wireId}"`, options);
    } catch (error) {
      if (error instanceof EmitError) this.#ids.delete(wireId);
      throw error;
    }
  }

  own(id) {
    return `,"id":${id}`;
  }

  /** Calls settle with the value that was given as the id, once; nothing happens for ids of another process. */
  settle(wireId, settle) {
    if (!this.#ids.has(wireId)) return undefined;
    const id = this.#ids.get(wireId);
    this.#ids.delete(wireId);
    return settle(id);
  }
}

module.exports = { SpoutCollector };
