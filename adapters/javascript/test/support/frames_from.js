'use strict';

const PATIENCE_MS = 20_000;

/** The pieces of a stream of text that end with a terminator, one after the other. */
class FramesFrom {
  #rest = '';
  #ready = [];
  #waiting = [];
  #ended = false;

  constructor(stream, terminator) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      const parts = (this.#rest + chunk).split(terminator);
      this.#rest = parts.pop();
      parts.forEach((part) => this.#put(part));
    });
    for (const event of ['end', 'error']) stream.on(event, () => this.#end());
  }

  /** Resolves to the next piece, or to undefined at the end. */
  next() {
    if (this.#ready.length > 0) return Promise.resolve(this.#ready.shift());
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came in time')), PATIENCE_MS);
      this.#waiting.push((piece) => {
        clearTimeout(timer);
        resolve(piece);
      });
    });
  }

  #put(piece) {
    if (this.#waiting.length > 0) this.#waiting.shift()(piece);
    else this.#ready.push(piece);
  }

  #end() {
    this.#ended = true;
    this.#waiting.splice(0).forEach((resolve) => resolve(undefined));
  }
}

module.exports = { FramesFrom };
