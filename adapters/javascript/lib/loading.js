'use strict';

const launch = require('./launch');

/**
 * Loads a user's file and finds the topology that is meant: the one that the file exports, or the one that it runs or
 * submits, which may happen before it has been loaded to its end, or some time after.
 *
 * file: a TopologyFile. onSubmit(topology) gets the latter and answers what submit resolves to. Resolves to {name,
 * topology}, to undefined if there is none, and never once a topology was submitted. Rejects with a ProblemsError.
 */
async function load(file, env, onSubmit) {
  let submitted = false;
  const submit = (topology) => {
    submitted = true;
    return onSubmit(topology);
  };
  launch.setTarget({ env, submit });
  const idle = nothingLeftToDo();
  const loaded = await Promise.race([file.load().then(() => true), idle]);
  const chosen = submitted || !loaded ? undefined : file.chosen();
  if (chosen === undefined) await idle;
  if (submitted) return new Promise(() => {});
  if (!loaded) throw file.stuck();
  return chosen && { name: chosen[0], topology: chosen[1] };
}

/** A function of the file that runs on may still submit a topology. */
function nothingLeftToDo() {
  return new Promise((resolve) => process.once('beforeExit', () => resolve(false)));
}

module.exports = { load };
