'use strict';

const configKeys = require('./config_keys');
const { Definition } = require('./definition');
const { DefinitionError } = require('./errors');
const launch = require('./launch');
const position = require('./position');
const { suggestion } = require('./spelling');

const OPTIONS = ['initialStatus'];
const declared = [];

/** What the function that is given to topology() gets, as t. */
class Builder {
  #topology;

  constructor(topology) {
    this.#topology = topology;
  }

  /** What gstorm's --env says: 'local', 'cluster', or a name of one's own. */
  get env() {
    return launch.env();
  }

  /** Declares a spout. options: parallelism, tasks, config, outputs. */
  spout(id, spout, options) {
    return this.#declare('spout', id, spout, options);
  }

  /**
   * Declares a bolt, whose inputs are said by methods of what is returned: t.bolt('count', count).fields('split',
   * 'word').
   */
  bolt(id, bolt, options) {
    return this.#declare('bolt', id, bolt, options);
  }

  /** Settings of the topology: { maxSpoutPending: 1000, 'topology.debug': true, 'my.key': 1 }. */
  configure(settings) {
    Object.assign(this.#topology.config, configKeys.expand(settings));
    return this;
  }

  #declare(kind, id, component, options) {
    if (typeof component?.newRunner !== 'function' && component?.implementation === undefined) {
      throw new DefinitionError(
        `t.${kind}('${id}', ...) takes what ${kind}() returns, external(), builtin() or shell(), not ${typeof component}`,
      );
    }
    if (component.kind !== undefined && component.kind !== kind) {
      throw new DefinitionError(`${id} is a ${component.kind}, it is declared with t.${kind}`);
    }
    const definition = new Definition(kind, id, component, options, position.ofCaller());
    this.#topology.components.push(definition);
    return definition;
  }
}

/** A topology that is declared: its components and how they hang together. */
class Topology {
  constructor(name, options, at) {
    this.name = name;
    this.components = [];
    this.config = {};
    this.at = at;
    this.initialStatus = options.initialStatus ?? 'active';
  }

  /** The status to start in. On the machine where it is tried out it is always active. */
  get status() {
    return launch.env() === 'local' ? 'active' : this.initialStatus;
  }
}

/**
 * Declares a topology. build(t) says what it consists of; see Builder. options: initialStatus ('inactive': in a cluster
 * its spouts wait to be activated). Throws a DefinitionError.
 */
function topology(name, build, options = {}) {
  if (typeof name !== 'string' || typeof build !== 'function') {
    throw new DefinitionError("topology takes a name and a function: topology('word-count', t => { ... })");
  }
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined)
    throw new DefinitionError(`unknown option ${unknown} of ${name}${suggestion(unknown, OPTIONS)}`);
  const made = new Topology(name, options, position.ofCaller());
  const later = build(new Builder(made));
  if (typeof later?.then === 'function')
    throw new DefinitionError(`the function of topology ${name} is async; await before it instead`);
  declared.push(made);
  return made;
}

module.exports = { Topology, topology, declared };
