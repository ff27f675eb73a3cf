'use strict';

const { Cluster } = require('./cluster');
const { Control } = require('./control');
const { DefinitionError, ProblemsError } = require('./errors');
const description = require('./description');
const { find } = require('./file_components');
const loadProblem = require('./load_problem');
const { load } = require('./loading');
const { PlainOutput } = require('./plain_output');
const problem = require('./problem');

/**
 * The describing process: loads the file, sends the description of its topology and, where the file has submitted it
 * and goes on, stays and runs that code. Its exit status: 0, 1 for an error after the submission, 2 for one before it.
 */
class Driver {
  #control;
  #options;
  #file;
  #mismatch;
  #submitted = false;
  #over = false; // what was to be said has been said

  /** mismatch: an error to report instead of loading the file, if any. */
  constructor(streams, options, file, mismatch) {
    this.#control = streams.plain ? new PlainOutput(streams.output) : new Control(streams.input, streams.output);
    this.#options = options;
    this.#file = file;
    this.#mismatch = mismatch;
  }

  async run() {
    process.on('uncaughtException', (error) => this.#fail(error));
    process.on('exit', (code) => this.#exited(code));
    try {
      if (this.#mismatch) throw this.#mismatch;
      this.#describe(await load(this.#file, this.#options.env, (topology) => this.#submit(topology)));
    } catch (error) {
      this.#fail(error);
    }
  }

  #describe(chosen) {
    const { components } = this.#options;
    if (components.length > 0) {
      const definitions = components.map((name) => find(name, this.#file, chosen?.topology));
      this.#sendDescription(description.ofComponents(definitions, components, this.#options));
    } else {
      if (chosen === undefined) throw this.#file.missing();
      const classes = this.#file.topologies().map(([name]) => name);
      this.#sendTopology(chosen.topology, { className: chosen.name, classes, driver: false });
    }
    this.#exit(0);
  }

  /** Sends the description of what the file runs, and resolves to its cluster when it has been submitted. */
  async #submit(topology) {
    if (this.#submitted) throw new DefinitionError(`${topology.name} is a second topology to be run; gstorm runs one`);
    if (this.#options.components.length > 0) return this.#describe({ name: topology.name, topology });
    this.#submitted = true;
    this.#sendTopology(topology, { className: topology.name, classes: [topology.name], driver: true });
    if (!this.#control.isLasting) return this.#exit(0);
    await this.#control.submitted();
    process.once('beforeExit', () => {
      this.#control.send({ event: 'done' });
      this.#exit(0);
    });
    return new Cluster(this.#control);
  }

  #sendTopology(topology, facts) {
    this.#sendDescription(description.ofTopology(topology, this.#options, facts));
  }

  /** With the interpreter: what started this process may have been a version manager's script. */
  #sendDescription(topology) {
    this.#control.send({ topology, interpreter: process.execPath });
  }

  #fail(error) {
    const problems = error instanceof ProblemsError ? error.problems : [loadProblem.of(error, this.#file.path)];
    this.#control.send({ problems });
    this.#exit(this.#submitted ? 1 : 2);
  }

  #exit(code) {
    this.#over = true;
    process.exit(code);
  }

  /** By the file's own code; after a submission that is as good as any other end. */
  #exited(code) {
    if (this.#over || this.#submitted) return;
    this.#control.send({
      problems: [problem.error(`the file ended the process with exit(${code})`, { at: { file: this.#options.file } })],
    });
    process.exitCode = 2;
  }
}

module.exports = { Driver };
