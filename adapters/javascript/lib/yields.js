'use strict';

const { EmitError } = require('./errors');

/**
 * Emits what a generator yields, which a handler may be: arrays of values, or {values, id, stream, anchors, task}.
 * Returns a promise if it is an async one or the handler returned a promise; anything else that a handler returns is of
 * no interest.
 */
function emitAll(result, emit) {
  if (typeof result !== 'object' || result === null) return undefined;
  if (typeof result.then === 'function') return result;
  if (typeof result.next !== 'function') return undefined;
  if (Symbol.asyncIterator in result) return emitLater(result, emit);
  for (const item of result) emitOne(item, emit);
  return undefined;
}

async function emitLater(items, emit) {
  for await (const item of items) emitOne(item, emit);
}

function emitOne(item, emit) {
  if (Array.isArray(item)) return emit(item);
  if (typeof item === 'object' && item !== null && 'values' in item) {
    const { values, ...options } = item;
    return emit(values, options);
  }
  throw new EmitError(
    `yield takes an array of values, or {values, ...}; it got ${require('node:util').inspect(item).slice(0, 60)}`,
  );
}

module.exports = { emitAll, emitOne };
