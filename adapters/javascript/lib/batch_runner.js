'use strict';

const { BoltRunner } = require('./bolt_runner');
const { DefinitionError } = require('./errors');
const { idOf } = require('./tuple');

/** A BatchBolt at work. */
class BatchRunner extends BoltRunner {
  #groups = new Map(); // by the key's text: {key, tuples}

  checkHooks() {
    if (typeof this.hooks.batch !== 'function')
      throw new DefinitionError('the bolt has no function batch(key, tuples, ctx)');
  }

  handle(tuple) {
    let key;
    try {
      key = this.bolt.key.call(this.hooks, tuple);
    } catch (error) {
      return this.failed(error, tuple);
    }
    const text = JSON.stringify(key);
    const group = this.#groups.get(text);
    if (group) group.tuples.push(tuple);
    else this.#groups.set(text, { key, tuples: [tuple] });
    return undefined;
  }

  tick(tuple) {
    this.collector.ack(tuple);
    return this.#handleGroups();
  }

  async close() {
    await this.#handleGroups();
    await super.close();
  }

  #handleGroups() {
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    const later = groups.map((group) => this.#handleGroup(group)).filter(Boolean);
    return later.length > 0 ? Promise.all(later) : undefined;
  }

  #handleGroup({ key, tuples }) {
    return this.attempt(
      tuples,
      (call) => this.hooks.batch(key, tuples, call),
      (error) => this.#failedAll(error, tuples),
      () => tuples.forEach((tuple) => this.handled(tuple)),
    );
  }

  #failedAll(error, tuples) {
    this.session.error(error, tuples.length === 1 ? String(idOf(tuples[0])) : undefined);
    tuples.forEach((tuple) => this.collector.fail(tuple));
  }
}

module.exports = { BatchRunner };
