'use strict';

const fs = require('node:fs');
const problem = require('./problem');

/**
 * Stands for the control line where a topology is described by hand: the description goes to stdout, problems to
 * stderr.
 */
class PlainOutput {
  #output;

  constructor(output) {
    this.#output = output;
  }

  get isLasting() {
    return false;
  }

  send(message) {
    if (message.topology) fs.writeSync(this.#output, `${JSON.stringify(message.topology, null, 2)}\n`);
    for (const found of message.problems ?? []) fs.writeSync(2, `${problem.text(found)}\n`);
  }
}

module.exports = { PlainOutput };
