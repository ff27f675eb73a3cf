'use strict';

const { DefinitionError } = require('./errors');
const wire = require('./wire_values');

/**
 * A component that comes with gstorm, by its name and with its options: t.spout('lines', builtin('lines', { path:
 * 'posts.txt' })). Which there are, gstorm builtins says. Its streams it knows itself.
 */
function builtin(name, options = {}) {
  if (typeof name !== 'string' || typeof options !== 'object' || options === null || Array.isArray(options))
    throw new DefinitionError("builtin takes a name and options, as in builtin('lines', { path: 'posts.txt' })");
  const written = JSON.parse(wire.dumpOne(options, `the options of ${name}`));
  const given = Object.keys(written).length > 0 && { options: written };
  return { implementation: { type: 'builtin', name, ...given }, outputs: {}, config: {} };
}

module.exports = { builtin };
