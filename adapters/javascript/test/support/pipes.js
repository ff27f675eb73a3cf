'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;

/**
 * A pipe as gstorm gives it to its children; those of Node's spawn are sockets. dir: a folder that it may use. Returns the
 * descriptors of its ends.
 */
function pipe(dir) {
  const name = path.join(dir, `.pipe-${process.hrtime.bigint()}`);
  execFileSync('mkfifo', [name]);
  const from = fs.openSync(name, O_RDONLY | O_NONBLOCK);
  const to = fs.openSync(name, O_WRONLY);
  fs.unlinkSync(name);
  return { from, to };
}

module.exports = { pipe };
