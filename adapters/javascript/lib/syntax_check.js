'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const position = require('./position');

const IMPORTS = /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"](\.[^'"]+)['"]|\bimport\s*['"](\.[^'"]+)['"]/g;
const MOST_FILES = 50;

/**
 * The place of a syntax error in a module or in one that it imports. The error itself doesn't tell (of modules Node
 * says it only when it dies of one), so Node is asked again, file by file.
 */
function placeOf(file) {
  const files = [file];
  for (let i = 0; i < files.length && i < MOST_FILES; i++) {
    const source = fs.readFileSync(files[i], 'utf8');
    const line = lineOfError(source);
    if (line !== undefined) return position.at(files[i], line);
    for (const imported of importsOf(files[i], source)) if (!files.includes(imported)) files.push(imported);
  }
  return undefined;
}

function lineOfError(source) {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check', '-'], {
    input: source,
    encoding: 'utf8',
    env: {},
  });
  const line = /^\[stdin\]:(\d+)/m.exec(stderr)?.[1];
  return line === undefined ? undefined : Number(line);
}

function importsOf(file, source) {
  const named = [...source.matchAll(IMPORTS)].map((match) => path.resolve(path.dirname(file), match[1] ?? match[2]));
  return named.filter((candidate) => fs.existsSync(candidate));
}

module.exports = { placeOf };
