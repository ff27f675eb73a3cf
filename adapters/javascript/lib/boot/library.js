'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { readPackage } = require('./module_kind');

const EMBEDDED = path.resolve(__dirname, '../..');

/**
 * Which copy of this library is used: the one that gstorm brings, or an installed package of the same version, which
 * wins. Returns {root, mismatch}; mismatch says so if another version is installed.
 */
function select(file) {
  const installed = find(path.dirname(path.resolve(file)));
  if (installed === undefined) return { root: EMBEDDED };
  const [theirs, ours] = [readPackage(installed)?.version, readPackage(EMBEDDED).version];
  if (theirs === ours) return { root: installed };
  return { root: EMBEDDED, mismatch: { theirs, ours, dir: installed } };
}

/** The package gstorm that is installed beside a folder or above it. Another package of that name is none of ours. */
function find(from) {
  for (let dir = from; ; dir = path.dirname(dir)) {
    const candidate = path.join(dir, 'node_modules', 'gstorm');
    if (fs.existsSync(path.join(candidate, 'lib', 'boot.js'))) return fs.realpathSync(candidate);
    if (dir === path.dirname(dir)) return undefined;
  }
}

module.exports = { select };
