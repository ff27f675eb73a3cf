'use strict';

const { suggestion } = require('./spelling');

const ID = Symbol('id');
const VALUES = Symbol('values');
const SOURCE = Symbol('source');
const SETTLED = Symbol('settled');

/**
 * A tuple as a bolt gets it. Its values stand under the names of their fields and under their positions: t.word, t[0],
 * const { word, count } = t. A field wins over a property below of its name: where there is a field id, t.id is its
 * value.
 */
class Tuple {
  /** source: the message that brought it, with comp, stream and task; it may have brought others. */
  constructor(id, values, source) {
    this[ID] = id;
    this[VALUES] = values;
    this[SOURCE] = source;
    this[SETTLED] = false;
  }

  /** The names of the values. */
  get fields() {
    return [];
  }

  get values() {
    return this[VALUES];
  }

  /** The host's id, a string. */
  get id() {
    return String(this[ID]);
  }

  /** The component that it comes from. */
  get component() {
    return this[SOURCE].comp;
  }

  get stream() {
    return streamOf(this);
  }

  /** The task that it comes from. */
  get task() {
    return this[SOURCE].task;
  }

  /** The value of a field, which has to be there. */
  get(field) {
    const fields = fieldsOf(this);
    const at = fields.indexOf(field);
    if (at >= 0) return this[VALUES][at];
    const { comp } = this[SOURCE];
    throw new RangeError(
      `the tuple has no field ${field}${suggestion(field, fields)} (from ${comp}, stream ${streamOf(this)}: ${fields.join(', ')})`,
    );
  }

  /** {word: 'a', count: 1} */
  toJSON() {
    return toObject(this);
  }

  [Symbol.iterator]() {
    return this[VALUES][Symbol.iterator]();
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth, _options, inspect) {
    return `Tuple ${this[SOURCE].comp}/${streamOf(this)} ${inspect(fieldsOf(this).length > 0 ? toObject(this) : this[VALUES])}`;
  }
}

// These serve the library whatever the fields are called.

const FIELDS = Symbol('fields');
const fieldsOf = (tuple) => tuple[FIELDS] ?? [];
const streamOf = (tuple) => tuple[SOURCE].stream ?? 'default';
const toObject = (tuple) => Object.fromEntries(fieldsOf(tuple).map((field, i) => [field, tuple[VALUES][i]]));

/** A class of tuples with these fields: a Tuple with a getter for each position and each field. size: of its tuples. */
function classOf(fields, size) {
  // It gets its name so because V8 never compiles what makes objects of a class whose name was defined later.
  const { Tuple: made } = { Tuple: class extends Tuple {} };
  const define = (name, get) =>
    Object.defineProperty(made.prototype, name, { get, configurable: true, enumerable: true });
  Object.defineProperty(made.prototype, FIELDS, { value: fields });
  define('fields', () => fields);
  for (let i = 0; i < size; i++) {
    const get = function () {
      return this[VALUES][i];
    };
    define(String(i), get);
    if (fields[i] !== undefined) define(fields[i], get);
  }
  return made;
}

/** The host's id of a tuple as it came, a number in batches, whatever its fields are called. */
function idOf(tuple) {
  return tuple[ID];
}

/** Notes that a tuple is answered. Returns whether it wasn't before. */
function settle(tuple) {
  if (tuple[SETTLED]) return false;
  tuple[SETTLED] = true;
  return true;
}

/** Whether a message from the host is one of the ticks that topology.tick.tuple.freq.secs brings. */
function isTick(message) {
  return message.stream === '__tick' && message.comp === '__system';
}

module.exports = { Tuple, classOf, idOf, settle, isTick };
