'use strict';

const fs = require('node:fs');
const { Batch } = require('./batch');
const { Frames } = require('./frames');
const wire = require('./wire_values');

/**
 * Reads messages from the host and hands them on, a chunk of the pipe at a time. Heartbeats and task ids are told from
 * the others here, so that they are seen even while the component is busy with promises.
 */
class Inbox {
  #stream;
  #frames = new Frames();
  #receiver;

  /** fd: where the messages come from. */
  constructor(fd) {
    this.fd = fd;
  }

  /**
   * Begins to read. receiver: messages(array) gets the messages of a chunk, among them each frame of
   * tuples as a Batch, heartbeat(), level(name), taskIds(array), unreadable(error), and at last end().
   */
  start(receiver) {
    this.#receiver = receiver;
    this.#stream = readable(this.fd);
    this.#stream.on('data', (chunk) => this.#take(chunk));
    this.#stream.on('end', () => receiver.end());
    this.#stream.on('error', () => receiver.end());
  }

  /** Nothing is read until resume: the host's pipe fills, and the host waits. */
  pause() {
    this.#stream.pause();
  }

  resume() {
    this.#stream.resume();
  }

  #take(chunk) {
    const messages = [];
    for (const text of this.#frames.push(chunk)) {
      try {
        this.#sort(text, messages);
      } catch (error) {
        this.#receiver.unreadable(error);
      }
    }
    if (messages.length > 0) this.#receiver.messages(messages);
  }

  #sort(text, messages) {
    if (text.trim() === '') return;
    const message = wire.load(text);
    if (Array.isArray(message)) this.#receiver.taskIds(message);
    else if (message.stream === '__heartbeat' && message.task === -1) this.#receiver.heartbeat();
    else if (message.command === 'level') this.#receiver.level(message.level);
    else if (Array.isArray(message.batch)) messages.push(new Batch(message));
    else messages.push(message);
  }
}

/** Pipes are read by the event loop; files and devices, which only tests and the curious give, can't be. */
function readable(fd) {
  const stat = fs.fstatSync(fd);
  if (!stat.isFIFO() && !stat.isSocket()) return fs.createReadStream(null, { fd });
  return new (require('node:net').Socket)({ fd, readable: true, writable: false });
}

module.exports = { Inbox };
