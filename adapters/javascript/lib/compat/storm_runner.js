'use strict';

const { BoltCollector } = require('../bolt_collector');
const { Context } = require('../context');
const { SpoutCollector } = require('../spout_collector');

/**
 * A component of storm.js's style at work: an instance whose handleNewCommand(message) does all and whose
 * sendMsgToParent, which is replaced here, gets what is for the host. It is what BoltTask and SpoutTask call.
 */
class StormRunner {
  #collector;
  #session;
  #component;
  #answered; // by a spout's sync

  constructor(session, component) {
    this.#session = session;
    this.#component = component;
    const Collector = component.kind === 'spout' ? SpoutCollector : BoltCollector;
    this.#collector = new Collector(session, new Context(session));
  }

  /** storm.js hands on all that comes. */
  get concurrency() {
    return Infinity;
  }

  async open() {
    this.instance = await this.#component.newHooks();
    this.instance.sendMsgToParent = (message) => this.#send(message);
    await new Promise((resolve) => this.instance.initialize(this.#session.config, this.#session.context, resolve));
  }

  /** A bolt's tuple. It answers when it wants. */
  execute(id, values, { comp, stream, task }) {
    const message = { id: String(id), comp, stream, task, tuple: values }; // a number in batches
    try {
      this.instance.handleNewCommand(message);
    } catch (error) {
      this.#session.error(error, message.id);
      this.#session.send({ command: 'fail', id: message.id });
    }
  }

  next() {
    return this.#command('next', '');
  }

  ack(id) {
    return this.#command('ack', id);
  }

  fail(id) {
    return this.#command('fail', id);
  }

  activate() {
    return this.#command('activate', '');
  }

  deactivate() {
    return this.#command('deactivate', '');
  }

  get emitted() {
    return this.#collector.emitted;
  }

  /** storm.js knows no end. */
  takeFinished() {
    return false;
  }

  close() {}

  /** In Apache's storm.js what isn't overridden does nothing, and doesn't say that it has done it. */
  #command(command, id) {
    if (this.instance[command] !== undefined && this.instance[command] === baseOf(this.instance)[command])
      return undefined;
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      try {
        this.instance.handleNewCommand({ command, id });
      } catch (error) {
        reject(error);
      }
    });
  }

  #send(message) {
    if (message.command === 'sync') this.#answered?.();
    else if (message.command === 'emit') this.#emit(message);
    else this.#session.send(message);
  }

  #emit({ tuple, stream, task, id, anchors }) {
    const head = anchors?.length > 0 ? anchors.flat() : (id ?? undefined);
    const options = { stream: stream ?? undefined, task: task || undefined, taskIds: true };
    const tasks = this.#collector.write(tuple, JSON.stringify(head), options);
    if (!options.task) tasks.then((ids) => this.instance.handleNewTaskId(ids));
  }
}

/** The prototype of storm.js's own class. */
function baseOf(instance) {
  let base = instance;
  while (!Object.hasOwn(base, 'handleNewCommand')) base = Object.getPrototypeOf(base);
  return base;
}

module.exports = { StormRunner };
