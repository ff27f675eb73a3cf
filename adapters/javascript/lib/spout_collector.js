'use strict';

const { Collector } = require('./collector');
const { EmitError } = require('./errors');
const { MessageIds } = require('./message_ids');

/** What a spout emits through. Ids may be any value: the very value comes back with the ack. */
class SpoutCollector extends Collector {
  #ids = new MessageIds();

  /** options: stream, task, taskIds. id: what settle gives back; undefined or null for none. */
  emit(values, options, id) {
    if (id === undefined || id === null) return this.write(values, undefined, options);
    const name = this.#ids.add(id);
    try {
      return this.write(values, `"${name}"`, options);
    } catch (error) {
      if (error instanceof EmitError) this.#ids.take(name);
      throw error;
    }
  }

  own(id) {
    return `,"id":${id}`;
  }

  /**
   * Calls settle with the value that was given as the id, once; nothing happens for what isn't pending, like an id of
   * another process.
   */
  settle(name, settle) {
    const id = this.#ids.take(name);
    return id === undefined ? undefined : settle(id);
  }
}

module.exports = { SpoutCollector };
