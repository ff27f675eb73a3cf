'use strict';

const { classOf } = require('./tuple');

/** Makes tuples of messages: see Tuple. */
class TupleMaker {
  #sources;
  #classes = new Map();
  #last = {}; // most tuples come from where the one before came from

  constructor(rawContext) {
    this.#sources = rawContext['source->stream->fields'] ?? {};
  }

  make(message) {
    const { comp, stream, tuple } = message;
    if (comp !== this.#last.comp || stream !== this.#last.stream || tuple.length !== this.#last.size) {
      this.#last = { comp, stream, size: tuple.length, Class: this.#classFor(comp, stream ?? 'default', tuple.length) };
    }
    return new this.#last.Class(message);
  }

  #classFor(comp, stream, size) {
    const key = `${size} ${comp} ${stream}`;
    if (!this.#classes.has(key)) this.#classes.set(key, classOf(this.#sources[comp]?.[stream] ?? [], size));
    return this.#classes.get(key);
  }
}

module.exports = { TupleMaker };
