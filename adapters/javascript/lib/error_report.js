'use strict';

const util = require('node:util');
const { GstormError } = require('./errors');
const position = require('./position');

/**
 * An error as the protocol's error message. tupleId: of the tuple that it is about, if any. at: whether the host knows
 * the fields of error_at.
 */
function message(error, tupleId, at) {
  const report = { command: 'error', msg: text(error) };
  if (!at) return report;
  report.class = className(error);
  Object.assign(report, position.ofError(error));
  if (tupleId !== undefined) report.id = tupleId;
  return report;
}

/** What was thrown, with its causes and the user's part of their stacks. Anything can be thrown. */
function text(thrown) {
  try {
    return causes(thrown).map(one).join('\ncaused by ');
  } catch {
    return util.inspect(thrown);
  }
}

function className(thrown) {
  return thrown instanceof Error ? thrown.name || thrown.constructor.name : typeof thrown;
}

function causes(thrown) {
  const chain = [thrown];
  while (chain.at(-1) instanceof Error && chain.at(-1).cause !== undefined && !chain.includes(chain.at(-1).cause)) {
    chain.push(chain.at(-1).cause);
  }
  return chain;
}

function one(thrown) {
  if (!(thrown instanceof Error)) return `${util.inspect(thrown)} was thrown, which is no Error`;
  const frames = userFrames(thrown);
  if (thrown instanceof GstormError && frames.length === 0) return thrown.message;
  const place = position.ofError(thrown);
  const headline = `${place ? `${place.file}:${place.line}: ` : ''}${thrown.message || className(thrown)} (${className(thrown)})`;
  return [headline, ...frames].join('\n');
}

/** The lines of the stack outside of this library and of Node; all of them if there are no others. */
function userFrames(error) {
  const lines = String(error.stack ?? '')
    .split('\n')
    .filter((line) => position.frame(line));
  const own = lines.filter((line) => position.isForeign(position.frame(line)[0]));
  const shown = own.length === 0 && !(error instanceof GstormError) ? lines : own;
  return shown.map((line) => line.replace('file://', '').replace(`${process.cwd()}/`, ''));
}

module.exports = { message, text, className };
