'use strict';

const fs = require('node:fs');

const { O_RDONLY, O_WRONLY, O_APPEND, O_NONBLOCK } = fs.constants;

/**
 * Takes the process's descriptors for the protocol before code of the user can print or read anything. What is taken is
 * closed in programs that the user starts; their output, like the user's own, goes to gstorm as lines to show.
 *
 * Node can't duplicate descriptors. A pipe can be opened once more by its name under /dev/fd, and a descriptor that was
 * closed is the one that the next open gets, since the system gives the lowest number that is free. Sockets can't be
 * opened so, and files should not, since each opening has a position of its own; then the protocol stays where it is
 * and Node's own streams are turned away from it.
 *
 * Returns {input, output, plain}: the descriptors of the protocol (a task) or of the control line (a describing
 * process; input is undefined if nobody answers). plain: the description is all that is wanted, on stdout, for people.
 */
function take(mode) {
  const taken = mode === 'task' ? takeProtocol() : takeControl();
  for (const name of ['stdout', 'stderr']) makeBlocking(name);
  return taken;
}

function takeProtocol() {
  const prints = descriptor('GSTORM_STDOUT_FD');
  const input = reader(0) ?? 0;
  const output = writer(1) ?? 1;
  if (input !== 0) replace(0, '/dev/null', O_RDONLY);
  turnStdout(output === 1, prints ?? 2);
  if (prints !== undefined && output !== 1) fs.closeSync(prints);
  return { input, output, plain: false };
}

function takeControl() {
  const input = descriptor('GSTORM_CONTROL_IN');
  let output = descriptor('GSTORM_CONTROL_OUT');
  const plain = output === undefined;
  if (plain) output = writer(1) ?? 1;
  replace(0, '/dev/null', O_RDONLY);
  turnStdout(output === 1, 2);
  return { input, output, plain };
}

/** Takes the number of a descriptor out of the environment, so that programs of the user's don't find it there. */
function descriptor(name) {
  const text = process.env[name];
  delete process.env[name];
  if (!/^\d+$/.test(text ?? '')) return undefined;
  try {
    fs.fstatSync(Number(text));
    return Number(text);
  } catch {
    return undefined;
  }
}

/** Opens what a descriptor stands for once more, undefined where that can't be. */
function again(fd, flags) {
  try {
    return fs.openSync(`/dev/fd/${fd}`, flags);
  } catch {
    return undefined;
  }
}

function isFile(fd) {
  return fs.fstatSync(fd).isFile();
}

/** Opens a descriptor for reading, undefined where that can't be. */
function reader(fd) {
  return isFile(fd) ? undefined : again(fd, O_RDONLY | O_NONBLOCK);
}

/** Opens a descriptor for writing, undefined where that can't be. */
function writer(fd) {
  return !isFile(fd) && canBeReopened(fd) ? again(fd, O_WRONLY | O_APPEND) : undefined;
}

/** A pipe that nobody reads any more would block the opening for ever; with O_NONBLOCK it fails. */
function canBeReopened(fd) {
  const probe = again(fd, O_WRONLY | O_NONBLOCK);
  if (probe !== undefined) fs.closeSync(probe);
  return probe !== undefined;
}

/** Has descriptor fd stand for another file. */
function replace(fd, file, flags) {
  fs.closeSync(fd);
  const got = fs.openSync(file, flags);
  if (got !== fd) throw new Error(`descriptor ${fd} could not be replaced, ${got} came instead`);
}

/** Has what is printed go to the descriptor. inUse: descriptor 1 is the protocol's. */
function turnStdout(inUse, to) {
  const canBeOne = canBeReopened(to) && !(to === 2 && isFile(to));
  if (!inUse && canBeOne) {
    replace(1, `/dev/fd/${to}`, O_WRONLY | O_APPEND);
    return;
  }
  if (!inUse) replace(1, '/dev/null', O_WRONLY);
  turnNodesStdout(to);
}

function turnNodesStdout(to) {
  const stream =
    to === 2 ? process.stderr : new (require('node:net').Socket)({ fd: to, readable: false, writable: true });
  Object.defineProperty(process, 'stdout', { configurable: true, value: stream });
}

/**
 * What is printed to a full pipe is kept in memory by Node, and lost when the process exits; so printing has to wait.
 */
function makeBlocking(name) {
  const { get } = Object.getOwnPropertyDescriptor(process, name);
  if (get === undefined) return;
  let stream;
  const first = () => {
    stream = get.call(process);
    stream._handle?.setBlocking?.(true);
    return stream;
  };
  // Made when it is first used: that takes some milliseconds.
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream ?? first() });
}

module.exports = { take };
