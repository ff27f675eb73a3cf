'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { DefinitionError } = require('./errors');
const outputs = require('./outputs');
const position = require('./position');

/**
 * A component that is a command which speaks the multilang protocol: t.bolt('split', shell(['python3', 'split.py'], {
 * outputs: ['word'] })). dir: its working directory; by default resources/ beside the topology's file, as in Storm.
 */
function shell(command, { outputs: streams, dir, env } = {}) {
  if (!Array.isArray(command) || command.length === 0)
    throw new DefinitionError('shell takes a command and its arguments as an array');
  return {
    implementation: { type: 'shell', command: command.map(String), dir: dir ?? defaultDir(), ...(env && { env }) },
    outputs: outputs.parse(streams, command[0]),
    config: {},
  };
}

function defaultDir() {
  const beside = path.dirname(process.argv[1]);
  const dir = [path.join(beside, 'resources'), path.resolve('resources'), beside].find((candidate) =>
    fs.existsSync(candidate),
  );
  return dir === process.cwd() ? '.' : position.relative(dir);
}

module.exports = { shell };
