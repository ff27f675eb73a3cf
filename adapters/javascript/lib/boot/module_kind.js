'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const BY_ENDING = {
  '.mjs': 'module',
  '.cjs': 'commonjs',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
};
const MODULE_SYNTAX = /\bimport\b|\bexport\b|\bawait\b/;
const ONLY_IN_MODULES = [
  'Cannot use import statement outside a module',
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
];
const TOP_LEVEL_AWAIT = 'await is only valid in async functions';

/**
 * What a file is: 'module' (ECMAScript), 'commonjs' or 'typescript'. Where neither its ending nor a package.json says
 * it, its syntax does, as in newer Nodes.
 */
function kindOf(file) {
  return (
    BY_ENDING[path.extname(file)] ??
    packageType(file) ??
    (hasModuleSyntax(fs.readFileSync(file, 'utf8')) ? 'module' : 'commonjs')
  );
}

/** The type that the nearest package.json gives to files that end in .js; undefined if it gives none. */
function packageType(file) {
  for (let dir = path.dirname(path.resolve(file)); ; dir = path.dirname(dir)) {
    const found = readPackage(dir);
    if (found) return found.type;
    if (dir === path.dirname(dir) || path.basename(dir) === 'node_modules') return undefined;
  }
}

/** The package.json of a folder, undefined if there is none that can be read. */
function readPackage(dir) {
  try {
    return JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether only a module can be written so. */
function hasModuleSyntax(source) {
  if (!MODULE_SYNTAX.test(source)) return false;
  try {
    vm.compileFunction(source.replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname']);
    return false;
  } catch ({ message }) {
    return ONLY_IN_MODULES.includes(message) || (message.startsWith(TOP_LEVEL_AWAIT) && !source.includes('require('));
  }
}

module.exports = { kindOf, readPackage };
