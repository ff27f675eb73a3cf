'use strict';

const { DefinitionError } = require('./errors');

/**
 * A component of another file, in any language that gstorm runs: t.bolt('report', external('report.py:Report')). The
 * file is looked for beside the topology's, then in the working directory. The name is that of a class, function or
 * export in it, or the id of a component of its topology. Its streams are what the other file says.
 */
function external(reference) {
  const [, file, component] = /^(.+):([^:]+)$/.exec(String(reference)) ?? [];
  if (file === undefined)
    throw new DefinitionError(`external('${reference}'): expected FILE:COMPONENT, as in report.py:Report`);
  return { implementation: { type: 'file', file, component }, outputs: {}, config: {} };
}

module.exports = { external };
