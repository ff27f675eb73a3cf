'use strict';

let target;

/**
 * Where a topology that says "run me" goes. The process that loads a file decides it: a describing process prints the
 * topology, a task looks up its component in it. target: env, and submit(topology), which resolves to a Cluster or
 * never.
 */
function setTarget(to) {
  target = to;
}

/** Undefined where the file is run by node itself. */
function getTarget() {
  return target;
}

function env() {
  return target?.env ?? 'local';
}

module.exports = { setTarget, getTarget, env };
