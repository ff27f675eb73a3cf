'use strict';

const configKeys = require('./config_keys');
const { DefinitionError } = require('./errors');
const outputs = require('./outputs');
const position = require('./position');
const { suggestion } = require('./spelling');
const wire = require('./wire_values');

const OPTIONS = ['parallelism', 'tasks', 'config', 'outputs'];

/**
 * One component of a topology as it was declared: what t.spout and t.bolt return. Its methods that are named like
 * groupings say where a bolt's tuples come from; what is wrong with that is found by gstorm, for all languages alike.
 */
class Definition {
  /** component: a Component, or what external(), builtin() and shell() return. at: where it was declared. */
  constructor(kind, id, component, options, at) {
    this.kind = kind;
    this.id = String(id);
    this.component = component;
    this.inputs = [];
    this.at = at;
    this.#take(options);
  }

  /** The same key, the same task. fields: a name, or several. */
  fields(from, fields, stream) {
    return this.#input(from, 'fields', stream, fields);
  }

  /** One of two tasks per key, the one that was used less. */
  partialKey(from, fields, stream) {
    return this.#input(from, 'partial_key', stream, fields);
  }

  /** One task, evenly. */
  shuffle(from, stream) {
    return this.#input(from, 'shuffle', stream);
  }

  /** Every task. */
  all(from, stream) {
    return this.#input(from, 'all', stream);
  }

  /** The task with the lowest id. */
  global(from, stream) {
    return this.#input(from, 'global', stream);
  }

  /** Any task. */
  none(from, stream) {
    return this.#input(from, 'none', stream);
  }

  /** The task that the emitter names. */
  direct(from, stream) {
    return this.#input(from, 'direct', stream);
  }

  /** shuffle among the tasks in the emitter's own process, if there are any. */
  localOrShuffle(from, stream) {
    return this.#input(from, 'local_or_shuffle', stream);
  }

  /**
   * from('a'), from('a', 'late'), from('a', { stream: 'late', grouping: 'global' }), from('a', { fields: ['word'] }).
   */
  from(from, how) {
    const { stream, grouping, fields } = typeof how === 'object' && how !== null ? how : { stream: how };
    return this.#input(from, grouping ?? (fields === undefined ? 'shuffle' : 'fields'), stream, fields);
  }

  /** The component as the topology description has it. */
  toJSON() {
    const { className, implementation } = this.component;
    return {
      id: this.id,
      kind: this.kind,
      ...(className && { class: className }),
      run: implementation,
      parallelism: this.parallelism,
      tasks: this.tasks ?? this.parallelism,
      config: JSON.parse(wire.dumpOne({ ...this.component.config, ...this.config }, `the config of ${this.id}`)),
      outputs: { ...this.component.outputs, ...this.outputs },
      inputs: this.inputs,
      ...(this.at && { at: this.at }),
    };
  }

  #take(options = {}) {
    const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (unknown !== undefined) {
      throw new DefinitionError(
        `unknown option ${unknown} of ${this.id}${suggestion(unknown, OPTIONS)} (known: ${OPTIONS.join(', ')})`,
      );
    }
    this.parallelism = this.#count('parallelism', options.parallelism ?? 1);
    this.tasks = options.tasks === undefined ? undefined : this.#count('tasks', options.tasks);
    this.config = configKeys.expand(options.config);
    this.outputs = outputs.parse(options.outputs, this.id);
  }

  /** Whether the number makes sense is gstorm's to say. */
  #count(what, value) {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value;
    throw new DefinitionError(
      `${what} of ${this.id} has to be a whole number, it is ${require('node:util').inspect(value)}`,
    );
  }

  #input(from, grouping, stream, fields) {
    this.inputs.push({
      from: from instanceof Definition ? from.id : String(from),
      stream: String(stream ?? outputs.DEFAULT),
      grouping: String(grouping),
      ...(fields !== undefined && { fields: [fields].flat().map(String) }),
      at: position.ofCaller(),
    });
    return this;
  }
}

module.exports = { Definition };
