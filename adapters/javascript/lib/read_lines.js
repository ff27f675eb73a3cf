'use strict';

const fs = require('node:fs');
const { StringDecoder } = require('node:string_decoder');

const CHUNK = 64 * 1024;

/**
 * The lines of files, one after the other, without their line breaks. A file is opened when its first line is wanted.
 */
function* readLines(files) {
  for (const file of files) yield* linesOf(file);
}

function* linesOf(file) {
  const fd = fs.openSync(file);
  try {
    yield* split(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function* split(fd) {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(CHUNK);
  let rest = '';
  for (let read; (read = fs.readSync(fd, buffer, 0, CHUNK, null)) > 0; ) {
    const lines = (rest + decoder.write(buffer.subarray(0, read))).split('\n');
    rest = lines.pop();
    for (const line of lines) yield chomp(line);
  }
  rest += decoder.end();
  if (rest !== '') yield chomp(rest);
}

function chomp(line) {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

module.exports = { readLines };
