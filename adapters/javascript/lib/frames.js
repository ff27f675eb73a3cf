'use strict';

const { StringDecoder } = require('node:string_decoder');

const TERMINATOR = '\nend\n';

/** Cuts what comes from the host into frames. */
class Frames {
  #decoder = new StringDecoder('utf8');
  #parts = []; // of the frame that has begun; a large one is not to be copied with every chunk
  #tail = ''; // their last characters, which may hold the beginning of a terminator

  /** Takes a Buffer; returns the texts of the frames that are complete now. */
  push(chunk) {
    let text = this.#decoder.write(chunk);
    if (text.includes('\r')) text = text.replaceAll('\r\n', '\n');
    if (!(this.#tail + text).includes(TERMINATOR)) {
      this.#parts.push(text);
      this.#tail = (this.#tail + text).slice(1 - TERMINATOR.length);
      return [];
    }
    const frames = (this.#parts.join('') + text).split(TERMINATOR);
    const rest = frames.pop();
    this.#parts = rest === '' ? [] : [rest];
    this.#tail = rest.slice(1 - TERMINATOR.length);
    return frames;
  }
}

module.exports = { Frames };
