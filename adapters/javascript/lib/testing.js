'use strict';

// For tests of topologies, in any test framework:
//
//   import { complete } from 'gstorm/testing';
//   import wordCount from '../word_count.js';
//
//   const done = await complete(wordCount, { mock: { lines: [['to be'], ['or not to be']] } });
//   done.emitted('split');      // [['to'], ['be'], ['or'], ...]
//   done.acked;                 // 2

const { spawn } = require('node:child_process');
const path = require('node:path');
const { DefinitionError, GstormError } = require('./errors');
const { Topology } = require('./topology');

/** gstorm could not run the topology; the message is what it said. */
class Failed extends GstormError {}

/**
 * Runs a topology in which each spout that is mocked emits the given tuples instead of its own, each once; what fails
 * is not replayed. It runs as it would with gstorm run, in processes of its own; the program gstorm has to be on the
 * PATH, or named by the environment variable GSTORM.
 *
 * topology: what topology() returned, or the path of its file. mock: {spout id: tuples} or {spout id: {stream:
 * tuples}}. args: what the file finds in process.argv. timeout: seconds after which spouts that are not mocked are
 * stopped. Resolves to a Completion, or rejects with Failed.
 */
async function complete(topology, { mock = {}, args = [], timeout } = {}) {
  const command = [
    'complete',
    ...chosen(topology),
    '--mock',
    '-',
    ...(timeout === undefined ? [] : ['--for', `${timeout}s`]),
    '--',
    ...args.map(String),
  ];
  const { out, log, status } = await gstorm(command, JSON.stringify(mock));
  if (out === '') throw new Failed(log.trim());
  return new Completion(JSON.parse(out), log, status === 0);
}

function chosen(topology) {
  if (!(topology instanceof Topology)) return [String(topology)];
  if (topology.at === undefined)
    throw new DefinitionError(`where topology ${topology.name} was declared is not known; name its file`);
  return [path.resolve(topology.at.file), '--class', topology.name];
}

function gstorm(command, input) {
  const program = process.env.GSTORM ?? 'gstorm';
  return new Promise((resolve, reject) => {
    const child = spawn(program, command);
    const said = { out: '', log: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.log += text;
    });
    child.on('error', () =>
      reject(new Failed(`there is no program ${program}: install gstorm, or set GSTORM to its path`)),
    );
    child.on('close', (status) => resolve({ ...said, status }));
    child.stdin.on('error', () => {}).end(input);
  });
}

/** What came of a topology. */
class Completion {
  #result;

  constructor(result, log, success) {
    this.#result = result;
    /** All that gstorm wrote to stderr: what the components printed, log lines, errors. */
    this.log = log;
    /** Whether the topology ran to its end. */
    this.success = success;
  }

  /**
   * The tuples that a component emitted on a stream, each an array of its values, in the order of the emits. Where a
   * component has several tasks, their order is left to chance.
   */
  emitted(component, stream = 'default') {
    return this.#result.emitted[component]?.[stream] ?? [];
  }

  /** How many of the spouts' tuples were handled. */
  get acked() {
    return this.#result.trees.acked;
  }

  /** How many failed or timed out. */
  get failed() {
    return this.#result.trees.failed + this.#result.trees.timed_out;
  }

  /** The messages of the errors that components reported. */
  get errors() {
    return this.#result.errors.map(({ message }) => message);
  }
}

module.exports = { complete, Completion, Failed };
