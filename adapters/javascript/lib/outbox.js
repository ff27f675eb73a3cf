'use strict';

const fs = require('node:fs');
const { BatchFrame } = require('./batch_frame');
const { Bytes } = require('./bytes');

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
  #bytes = new Bytes();
  #batch = new BatchFrame(this.#bytes); // the end of the bytes, where it isn't empty
  #gathering = false; // something waits to be written
  #since = 0; // when the first of it came
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
    if (!this.#gathering) this.#begin();
    this.#endBatch();
    this.#bytes.text(text);
    this.#bytes.text(TERMINATOR);
    this.#limit();
  }

  // The next four are for hosts that take batches: see BatchFrame.

  /** Returns whether the tuple could be put as it is. */
  emit(stream, task, head, values) {
    if (!this.#gathering) this.#begin();
    const done = this.#batch.emit(stream, task, head, values);
    this.#limit();
    return done;
  }

  ack(id) {
    if (!this.#gathering) this.#begin();
    this.#batch.ack(id);
    this.#limit();
  }

  fail(id) {
    if (!this.#gathering) this.#begin();
    this.#batch.fail(id);
    this.#limit();
  }

  /** Sends the answer to a command, with all that has been gathered. */
  sync() {
    if (!this.#gathering) this.#begin();
    if (this.#batch.isEmpty) return this.send('{"command":"sync"}');
    this.#batch.end(true);
    this.#bytes.text(TERMINATOR);
    this.#limit();
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
    if (this.#gathering && performance.now() - this.#since > PATIENCE_MS) this.flush();
  }

  /** Writes what has been gathered. */
  flush() {
    if (!this.#gathering) return;
    this.#gathering = false;
    this.#endBatch();
    if (!this.#closed) this.#write(this.#bytes.all);
    this.#bytes.clear();
  }

  #endBatch() {
    if (this.#batch.isEmpty) return;
    this.#batch.end();
    this.#bytes.text(TERMINATOR);
  }

  #limit() {
    if (this.#bytes.length + this.#batch.pending > LIMIT) this.flush();
  }

  #begin() {
    this.#gathering = true;
    this.#since = performance.now();
    if (this.#held || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #write(bytes) {
    try {
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
