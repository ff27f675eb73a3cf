'use strict';

const { classOf } = require('./tuple');

/** Makes tuples of what the host sends: see Tuple. */
class TupleMaker {
  #sources;
  #classes = new Map();
  // Most tuples come from where the one before came from.
  #source;
  #size;
  #Class;

  constructor(rawContext) {
    this.#sources = rawContext['source->stream->fields'] ?? {};
  }

  /** source: the message that brought it, with comp, stream and task; it may bring several. */
  make(id, values, source) {
    if (source !== this.#source || values.length !== this.#size) this.#choose(source, values.length);
    return new this.#Class(id, values, source);
  }

  #choose(source, size) {
    this.#source = source;
    this.#size = size;
    this.#Class = this.#classFor(source.comp, source.stream ?? 'default', size);
  }

  #classFor(comp, stream, size) {
    const key = `${size} ${comp} ${stream}`;
    if (!this.#classes.has(key)) this.#classes.set(key, classOf(this.#sources[comp]?.[stream] ?? [], size));
    return this.#classes.get(key);
  }
}

module.exports = { TupleMaker };
