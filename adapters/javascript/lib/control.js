'use strict';

const fs = require('node:fs');
const { GstormError } = require('./errors');

/** The describing process's line to gstorm: JSON objects, one a line, in both directions. */
class Control {
  #input;
  #output;
  #last = 0;
  #calls = new Map();
  #onEvent;
  #socket;

  /** Descriptors. Without an input nobody answers. */
  constructor(input, output) {
    this.#input = input;
    this.#output = output;
  }

  /** Whether anybody will say that the topology has been submitted; without, the description is all. */
  get isLasting() {
    return this.#input !== undefined;
  }

  send(message) {
    fs.writeSync(this.#output, `${JSON.stringify(message)}\n`);
  }

  /** Resolves when gstorm has submitted the topology. From then on only calls keep the process alive. */
  async submitted() {
    const { Socket } = require('node:net');
    this.#socket = new Socket({ fd: this.#input, readable: true, writable: false });
    const lines = require('node:readline').createInterface({ input: this.#socket });
    lines.on('line', (line) => this.#take(JSON.parse(line)));
    lines.on('close', () => process.exit(0)); // without gstorm there is nothing left to do here
    await new Promise((resolve) => {
      this.#onEvent = resolve;
    });
    this.#socket.unref();
  }

  /** Asks gstorm to do something and resolves when it is done. Rejects with gstorm's words if it can't be. */
  async call(name, parameters) {
    const id = ++this.#last;
    this.send({ call: name, id, ...parameters });
    this.#socket.ref();
    try {
      await new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    } finally {
      if (this.#calls.size === 0) this.#socket.unref();
    }
  }

  #take(message) {
    if (message.event !== undefined) return this.#onEvent(message);
    const call = this.#calls.get(message.reply);
    this.#calls.delete(message.reply);
    return message.error ? call?.reject(new GstormError(message.error)) : call?.resolve();
  }
}

module.exports = { Control };
