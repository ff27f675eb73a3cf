'use strict';

const path = require('node:path');
const { select } = require('./library');
const modules = require('./modules');
const { parse } = require('./options');

/**
 * What boot.js does once the descriptors are safe. Nothing of the library proper is loaded before it is clear which
 * copy of it is used. streams: see streams.js.
 */
function run(argv, streams) {
  const options = parsed(argv);
  process.env.GSTORM_ROLE = options.mode;
  process.argv = [process.argv[0], path.resolve(options.file), ...options.rest];
  const { root, mismatch } = select(options.file);
  modules.silenceAdvice();
  modules.installRequire(root);
  const library = (name) => require(path.join(root, 'lib', name));
  const file = new (library('topology_file').TopologyFile)(options, (module) => modules.installImport(root, module));
  const Process = options.mode === 'task' ? library('task_process').TaskProcess : library('driver').Driver;
  new Process(streams, options, file, mismatch && mismatchError(library, mismatch)).run();
}

function parsed(argv) {
  try {
    return parse(argv);
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

/** A library that doesn't fit can still say so. */
function mismatchError(library, { theirs, ours, dir }) {
  const { ProblemsError } = library('errors');
  const message = `the installed package gstorm ${theirs} (${library('position').relative(dir)}) doesn't fit gstorm ${ours}`;
  return new ProblemsError([
    library('problem').error(message, { hint: `npm install gstorm@${ours}, or npm uninstall gstorm` }),
  ]);
}

module.exports = { run };
