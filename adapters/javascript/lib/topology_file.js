'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { kindOf } = require('./boot/module_kind');
const nodeStorm = require('./compat/node_storm/installed');
const { Component } = require('./component');
const { GstormError, ProblemsError } = require('./errors');
const position = require('./position');
const problem = require('./problem');
const { Topology, declared } = require('./topology');

/** A user's file: loads it and says which topologies and components it exports. */
class TopologyFile {
  #options;
  #installImport;
  #exports = []; // [name, value]

  /** options: file, className. installImport(url) has import statements find this library; url: of a known module. */
  constructor(options, installImport) {
    this.#options = options;
    this.#installImport = installImport;
  }

  get path() {
    return path.resolve(this.#options.file);
  }

  /** Loads the file. Rejects with a ProblemsError. */
  async load() {
    if (!fs.existsSync(this.path)) throw new ProblemsError([problem.error(`there is no file ${this.#options.file}`)]);
    try {
      this.#exports = entries(await this.#evaluate());
    } catch (error) {
      if (error instanceof ProblemsError) throw error;
      throw new ProblemsError([require('./load_problem').of(error, this.path)], error);
    }
  }

  /**
   * The exported topologies as [name, Topology], in the order of their declaration. What is the default has its own
   * name.
   */
  topologies() {
    const named = new Map();
    for (const [name, value] of this.#exports) {
      if (!(value instanceof Topology)) continue;
      if (name !== 'default' || !named.has(value)) named.set(value, name === 'default' ? value.name : name);
    }
    return declared.filter((topology) => named.has(topology)).map((topology) => [named.get(topology), topology]);
  }

  /** The topology that is meant, as [name, Topology]: the one that was picked, the default export, or the last one. */
  chosen() {
    const all = this.topologies();
    const { className } = this.#options;
    if (className !== undefined) {
      const picked = all.findLast(([name, topology]) => name === className || topology.name === className);
      if (picked === undefined) throw this.#unknown(className, all);
      return picked;
    }
    const standard = this.#exports.find(([name]) => name === 'default')?.[1];
    return all.find(([, topology]) => topology === standard) ?? all.at(-1);
  }

  /** The component that is exported under a name, or undefined. */
  component(name) {
    const value = this.#exports.find(([exported]) => exported === name)?.[1];
    return value instanceof Component ? value : undefined;
  }

  /** That there is no topology. */
  missing() {
    const last = declared.at(-1);
    if (last === undefined) {
      const hint = nodeStorm.hint() ?? "export default topology('name', t => { t.spout(...); t.bolt(...) })";
      return new ProblemsError([
        problem.error(`there is no topology in ${this.#options.file}`, { at: position.at(this.path, 1), hint }),
      ]);
    }
    const hint = 'export default topology(...), or module.exports = topology(...)';
    return new ProblemsError([
      problem.error(`the topology ${last.name} is declared, but not exported`, { at: last.at, hint }),
    ]);
  }

  /** That it can't be loaded to its end. */
  stuck() {
    const message = 'the file waits, with await at its top level, for something that never comes';
    return new ProblemsError([problem.error(message, { at: position.at(this.path, 1) })]);
  }

  #unknown(className, all) {
    const hint = all.length > 0 ? `there is ${all.map(([name]) => name).join(', ')}` : undefined;
    return new ProblemsError([
      problem.error(`there is no topology ${className} in ${this.#options.file}`, {
        at: position.at(this.path, 1),
        hint,
      }),
    ]);
  }

  async #evaluate() {
    const kind = kindOf(this.path);
    if (kind === 'typescript') checkTypeScript();
    const url = pathToFileURL(this.path).href;
    if (kind === 'commonjs') {
      if (fs.readFileSync(this.path, 'utf8').includes('import(')) this.#installImport();
      return createRequire(this.path)(this.path);
    }
    this.#installImport(kind === 'module' ? url : undefined);
    return import(url);
  }
}

/** What a file exports, as [name, value]. */
function entries(exported) {
  if (exported instanceof Topology || exported instanceof Component) return [['default', exported]];
  return typeof exported === 'object' && exported !== null ? Object.entries(exported) : [];
}

function checkTypeScript() {
  if (
    process.features.typescript ||
    process.execArgv.concat(process.env.NODE_OPTIONS ?? '').some((flag) => flag.includes('strip-types'))
  )
    return;
  throw new GstormError(
    `this is Node ${process.versions.node}, which can't run TypeScript; Node 22.18 and later can (22.6 with NODE_OPTIONS=--experimental-strip-types)`,
  );
}

module.exports = { TopologyFile };
