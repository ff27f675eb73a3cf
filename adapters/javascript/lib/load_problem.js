'use strict';

const fs = require('node:fs');
const path = require('node:path');
const nodeStorm = require('./compat/node_storm/installed');
const { className } = require('./error_report');
const { GstormError } = require('./errors');
const position = require('./position');
const problem = require('./problem');

const NOT_FOUND = /^Cannot find (?:package|module) '(.+?)'(?: imported from (.+))?/;

/** An error that came out of a user's file, as one problem with file and line. file: the one that was to be loaded. */
function of(error, file) {
  const at = position.ofError(error);
  if (error instanceof GstormError) return problem.error(error.message, { at: at ?? position.at(file, 1) });
  if (error?.code === 'ERR_MODULE_NOT_FOUND' || error?.code === 'MODULE_NOT_FOUND') return notFound(error, at);
  if (error instanceof SyntaxError && isOfLoading(error)) return syntaxError(error, at, file);
  if (!(error instanceof Error)) {
    return problem.error(`${require('node:util').inspect(error)} was thrown, which is no Error`, {
      at: position.at(file, 1),
    });
  }
  const message = error.message ? `${className(error)}: ${error.message}` : className(error);
  return problem.error(message, { at: at ?? position.at(file, 1), hint: nodeStorm.hint() });
}

/** Not one that JSON.parse or the like has thrown in the user's code. */
function isOfLoading(error) {
  const frame = String(error.stack)
    .split('\n')
    .map((line) => position.frame(line))
    .find(Boolean);
  return frame === undefined || /^node:internal\/(modules|vm)|^node:vm$/.test(frame[0]);
}

function syntaxError(error, at, file) {
  const [message] = error.message.split('\n');
  if (/requested module/.test(message)) return problem.error(message, { at: at ?? position.at(file, 1) });
  const place = at ?? require('./syntax_check').placeOf(file) ?? position.at(file, 1);
  return problem.error(`syntax error: ${message}`, { at: place });
}

function notFound(error, at) {
  const [, wanted, importer] = NOT_FOUND.exec(error.message) ?? [undefined, error.message];
  const from = importer ?? error.requireStack?.[0];
  const { specifier, place } = quoted(from, specifierIn(from, wanted));
  if (/^[./]/.test(wanted)) return problem.error(`can't load the file ${specifier}`, { at: place ?? at });
  const name = packageName(wanted);
  return problem.error(`the package ${name} is missing ('${specifier}')`, {
    at: place ?? at,
    hint: require('./package_hint').howToInstall(name, from),
  });
}

/** What stands in the importing file for a file that import names by its whole path. */
function specifierIn(from, wanted) {
  if (!path.isAbsolute(wanted) || from === undefined) return wanted;
  const relative = path.relative(path.dirname(from), wanted);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/** Where the importing file says so. Of a package's own file the error names the package only. */
function quoted(file, specifier) {
  if (file === undefined || !fs.existsSync(file)) return { specifier };
  const pattern = new RegExp(`['"\`](${specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:/[^'"\`]*)?)['"\`]`);
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((text) => pattern.test(text));
  return line < 0 ? { specifier } : { specifier: pattern.exec(lines[line])[1], place: position.at(file, line + 1) };
}

/** Of 'lodash/fp' it is lodash, of '@a/b/c' it is @a/b. */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

module.exports = { of };
