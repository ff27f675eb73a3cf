'use strict';

const bigIntegers = require('./big_integers');
const { EmitError } = require('./errors');

// How JavaScript values are written as JSON and come back.
//
//   BigInt         -> integer; integers that a Number can't hold come back as BigInts
//   Date           -> ISO 8601 string           Map -> object         Set, typed arrays -> array
//   Buffer, Uint8Array -> {"__b64": "..."}, a Buffer again in JavaScript
//   an object with a toJSON of its own -> what that says; any other -> its own properties, without undefined ones
//
// undefined, NaN, Infinity, functions, symbols, promises, errors and regular expressions are refused with an EmitError.

const MAX_DEPTH = 100;
const BYTES_KEY = '__b64';

// A string in ASCII with nothing to escape in it.
const CLEAN = /^[ !#-[\]-~]*$/;

/** The values of a tuple as JSON text. name(i): what to call them in an error. */
function dump(values, name) {
  let list = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!isPlain(value)) return dumpEach(values, name);
    list += i === 0 ? plain(value) : `,${plain(value)}`;
  }
  return `[${list}]`;
}

function dumpEach(values, name) {
  return values.every(isPlain)
    ? JSON.stringify(values) // one with holes, which are null
    : `[${values.map((value, i) => text(value, name(i), 0)).join(',')}]`;
}

/** Any value as JSON text. path: what to call it in an error. */
function dumpOne(value, path) {
  return text(value, path, 0);
}

/** A JSON text from the host as a value. */
function load(text) {
  const value = bigIntegers.possible(text) ? bigIntegers.parse(text) : JSON.parse(text);
  return text.includes(BYTES_KEY) ? restore(value) : value;
}

/** Whether JSON.stringify writes the value as it is. */
function isPlain(value) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    default:
      return value === null;
  }
}

/** JSON.stringify of a plain value. For most strings a call of it costs more. */
function plain(value) {
  return typeof value === 'string' && CLEAN.test(value) ? `"${value}"` : JSON.stringify(value);
}

function text(value, path, depth) {
  if (isPlain(value)) return plain(value);
  if (depth > MAX_DEPTH) throw new EmitError(`${path} is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object') return textOfObject(value, path, depth);
  throw new EmitError(`${path} is ${nameOf(value)}`);
}

function textOfObject(value, path, depth) {
  if (value instanceof Uint8Array)
    return `{"${BYTES_KEY}":"${Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')}"}`;
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new EmitError(`${path} is an invalid Date`);
  if (typeof value.toJSON === 'function') return text(value.toJSON(), path, depth + 1);
  if (Array.isArray(value) || value instanceof Set || (ArrayBuffer.isView(value) && value[Symbol.iterator])) {
    return `[${Array.from(value, (v, i) => text(v, `${path}[${i}]`, depth + 1)).join(',')}]`;
  }
  if (isRefused(value)) throw new EmitError(`${path} is ${nameOf(value)}`);
  const pairs = value instanceof Map ? [...value] : Object.entries(value).filter(([, v]) => v !== undefined);
  return `{${pairs.map(([k, v]) => `${JSON.stringify(String(k))}:${text(v, `${path}.${String(k)}`, depth + 1)}`).join(',')}}`;
}

function isRefused(value) {
  return (
    typeof value.then === 'function' ||
    value instanceof Error ||
    value instanceof RegExp ||
    value instanceof ArrayBuffer ||
    value instanceof WeakMap ||
    value instanceof WeakSet
  );
}

function nameOf(value) {
  if (typeof value === 'number') return `${value}, which JSON has no number for`;
  if (value === undefined) return 'undefined';
  if (typeof value.then === 'function') return 'a Promise: await it first';
  return `a ${typeof value === 'object' ? value.constructor.name : typeof value}, which can't be sent: give it toJSON, or emit its parts`;
}

function restore(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value[BYTES_KEY] === 'string' && Object.keys(value).length === 1)
    return Buffer.from(value[BYTES_KEY], 'base64');
  for (const key of Object.keys(value)) value[key] = restore(value[key]);
  return value;
}

module.exports = { CLEAN, dump, dumpOne, load };
