'use strict';

const { DefinitionError } = require('./errors');

const DEFAULT = 'default';

/**
 * The output streams of a component, as they are written: ['a', 'b'] for the default stream, or
 * {default: ['a'], late: ['b'], urgent: {fields: ['a'], direct: true}}. Returns what the topology description has:
 * {stream: {fields, direct?}}. what: who has them, for the message of the DefinitionError.
 */
function parse(outputs, what) {
  if (outputs === undefined || outputs === null || outputs.length === 0) return {};
  if (typeof outputs === 'string' || Array.isArray(outputs)) return { [DEFAULT]: stream(outputs, what) };
  if (typeof outputs !== 'object') throw wrong(what, outputs);
  return Object.fromEntries(Object.entries(outputs).map(([id, fields]) => [id, stream(fields, what)]));
}

function stream(fields, what) {
  const direct = fields?.direct === true;
  const names = direct || Array.isArray(fields?.fields) ? fields.fields : [fields].flat();
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) throw wrong(what, fields);
  return direct ? { fields: names, direct: true } : { fields: names };
}

function wrong(what, outputs) {
  return new DefinitionError(
    `the outputs of ${what} have to be names of fields, as in ['word'] or {default: ['word'], late: ['word']}, not ` +
      require('node:util').inspect(outputs),
  );
}

module.exports = { DEFAULT, parse };
