'use strict';

const path = require('node:path');
const { fileURLToPath } = require('node:url');

const LIBRARY = __dirname + path.sep;
const FRAME = /^\s+at (?:.* \()?(.+?):(\d+):\d+\)?$/;
// A syntax error has no frame: its stack begins with the place.
const HEAD = /^((?:file:\/\/)?\/.+?):(\d+)\n/;

/** The place in the user's code that called into this library, as {file, line}, or undefined. */
function ofCaller() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  Error.prepareStackTrace = (_, sites) => sites.map((site) => [site.getFileName() ?? '', site.getLineNumber()]);
  const frames = new Error().stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return best(frames);
}

/** The place in the user's code that an error came from, or undefined. */
function ofError(error) {
  const stack = String(error?.stack ?? '');
  const head = HEAD.exec(stack);
  if (head) return at(head[1], Number(head[2]));
  return best(
    stack
      .split('\n')
      .map((line) => frame(line))
      .filter(Boolean),
  );
}

/** [file, line] of a line of a stack, or undefined. */
function frame(line) {
  const match = FRAME.exec(line);
  return match ? [match[1], Number(match[2])] : undefined;
}

/** Whether a frame's file is of a user: neither this library nor Node itself. */
function isForeign(file) {
  const name = plain(file);
  return path.isAbsolute(name) && !name.startsWith(LIBRARY);
}

/** Frames of the user's own project are better than those of a package. */
function best(frames) {
  const foreign = frames.filter(([file]) => isForeign(file));
  const home = process.cwd() + path.sep;
  const own = foreign.find(([file]) => plain(file).startsWith(home) && !file.includes('/node_modules/'));
  const [file, line] = own ?? foreign[0] ?? [];
  return file === undefined ? undefined : at(file, line);
}

/** A place; the file is relative to the working directory where it lies below it. */
function at(file, line) {
  return line === undefined ? { file: relative(file) } : { file: relative(file), line };
}

/** A file as messages name it. */
function relative(file) {
  const absolute = path.resolve(plain(file));
  const home = process.cwd() + path.sep;
  return absolute.startsWith(home) ? absolute.slice(home.length) : absolute;
}

function plain(file) {
  return file.startsWith('file://') ? fileURLToPath(file) : file;
}

module.exports = { ofCaller, ofError, at, frame, isForeign, relative };
