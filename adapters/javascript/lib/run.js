'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { DefinitionError, GstormError } = require('./errors');
const launch = require('./launch');
const { Topology } = require('./topology');

// Tells the process that describes the topology that a process of the same file has called gstorm.
const CALLED = 'GSTORM_CALLED_BY_NODE';

/**
 * Runs a topology from its own file: await run(T, { seconds: 10 }). Without seconds it runs until its spouts have
 * finished, or until Ctrl-C. What follows it is never done in the topology's tasks.
 *
 * Under `gstorm run FILE` it resolves when the seconds are over, and without them never. `node FILE` starts the gstorm
 * that is on the PATH, and there it resolves when that has ended.
 */
async function run(topology, { seconds } = {}) {
  check(topology);
  if (launch.getTarget() === undefined) return runGstorm();
  const cluster = await submit(topology);
  if (seconds === undefined) return never(); // gstorm ends this process with the run
  await sleep(seconds * 1000);
  await cluster.shutdown();
  return process.env[CALLED] ? never() : undefined;
}

function never() {
  return new Promise(() => {});
}

/** Under gstorm: submits a topology and resolves, once it runs, to the Cluster that it runs in. */
async function submit(topology) {
  check(topology);
  if (launch.getTarget() === undefined)
    throw new GstormError(`submit works under gstorm: gstorm run ${process.argv[1]}`);
  return launch.getTarget().submit(topology);
}

function check(topology) {
  if (!(topology instanceof Topology)) throw new DefinitionError('run takes what topology() returns');
}

/** Resolves when gstorm has ended well. */
function runGstorm() {
  const { spawn } = require('node:child_process');
  const [, file, ...args] = process.argv;
  return new Promise((resolve, reject) => {
    const gstorm = spawn('gstorm', ['run', file, '--', ...args], {
      stdio: 'inherit',
      env: { ...process.env, [CALLED]: '1' },
    });
    gstorm.on('error', (error) => reject(error.code === 'ENOENT' ? notInstalled() : error));
    gstorm.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new GstormError(`gstorm ended with ${signal ?? `exit code ${code}`}`)),
    );
  });
}

function notInstalled() {
  return new GstormError(
    'there is no program gstorm on the PATH: see https://github.com/gstorm/gstorm for how to get it',
  );
}

module.exports = { run, submit };
