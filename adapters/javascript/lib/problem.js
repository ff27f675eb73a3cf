'use strict';

/**
 * One thing that is wrong with a topology's file: what, where, and what to do about it. Keys are in the order of the
 * topology description.
 */
function problem(severity, message, { hint, at } = {}) {
  return { severity, message, ...(hint && { hint }), ...(at && { at }) };
}

const error = (message, options) => problem('error', message, options);
const warning = (message, options) => problem('warning', message, options);

/** A problem in one line, for people. */
function text({ severity, message, hint, at }) {
  const place = at ? `${at.file}${at.line ? `:${at.line}` : ''}: ` : '';
  return `${place}${severity}: ${message}${hint ? ` (${hint})` : ''}`;
}

module.exports = { error, warning, text };
