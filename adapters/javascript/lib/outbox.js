'use strict';

const fs = require('node:fs');
const { BatchFrame } = require('./batch_frame');

const LIMIT = 32 * 1024;
const PATIENCE_MS = 2;
const TERMINATOR = '\nend\n';

/**
 * Writes messages to the host; nothing else writes there.
 *
 * Messages are gathered and written together: while a chunk of input is worked off (between hold and release) until
 * there are LIMIT characters or until PATIENCE_MS has passed, else until the event loop comes round. So a loaded bolt
 * doesn't pay for a system call and a wake-up of the host per message. Writing waits where the pipe is full, which
 * holds the component back.
 *
 * For a host that takes batches emits, acks and fails are gathered in one frame, within the same bounds, until another
 * message is to be sent, which goes after them.
 */
class Outbox {
  #fd;
  #text = '';
  #batch = new BatchFrame(); // comes after the text
  #since = 0;
  #held = false;
  #scheduled = false;
  #closed = false;
  #onHangup;

  /** onHangup is called once when the host has closed its end; what is sent then goes nowhere. */
  constructor(fd, onHangup) {
    this.#fd = fd;
    this.#onHangup = onHangup;
  }

  /** Sends a message, the JSON text of an object on one line. */
  send(text) {
    if (this.#isEmpty()) this.#begin();
    else this.#endBatch();
    this.#text += text + TERMINATOR;
    if (this.#text.length > LIMIT) this.flush();
  }

  // The next four are for hosts that take batches: see BatchFrame.

  emit(stream, task, head, values) {
    if (this.#isEmpty()) this.#begin();
    this.#batch.emit(stream, task, head, values);
    if (this.#batch.length > LIMIT) this.flush();
  }

  ack(id) {
    if (this.#isEmpty()) this.#begin();
    this.#batch.ack(id);
    if (this.#batch.length > LIMIT) this.flush();
  }

  fail(id) {
    if (this.#isEmpty()) this.#begin();
    this.#batch.fail(id);
    if (this.#batch.length > LIMIT) this.flush();
  }

  /** Sends the answer to a command, with all that has been gathered. */
  sync() {
    const text = this.#batch.isEmpty ? '{"command":"sync"}' : this.#batch.take(true);
    this.send(text);
  }

  /** From here to release, input is worked off that was waiting. */
  hold() {
    this.#held = true;
  }

  release() {
    this.#held = false;
    this.flush();
  }

  /** To be called between two handlers: writes what has waited long enough. */
  flushIfDue() {
    if (!this.#isEmpty() && performance.now() - this.#since > PATIENCE_MS) this.flush();
  }

  /** Writes what has been gathered. */
  flush() {
    this.#endBatch();
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !this.#closed) this.#write(text);
  }

  #isEmpty() {
    return this.#text === '' && this.#batch.isEmpty;
  }

  #endBatch() {
    if (!this.#batch.isEmpty) this.#text += this.#batch.take() + TERMINATOR;
  }

  #begin() {
    this.#since = performance.now();
    if (this.#held || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #write(text) {
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += this.#put(bytes, at);
    } catch {
      this.#closed = true; // EPIPE, or the descriptor is gone
      this.#onHangup();
    }
  }

  /** A socket may be full without waiting. */
  #put(bytes, at) {
    try {
      return fs.writeSync(this.#fd, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      return 0;
    }
  }
}

module.exports = { Outbox };
