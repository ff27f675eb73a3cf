'use strict';

const { BoltCollector } = require('../../bolt_collector');
const { Context } = require('../../context');
const { SpoutCollector } = require('../../spout_collector');
const { QPromise } = require('./promise');

const DEFAULT_LEVEL = 2;

/** A component of node-storm's style at work: what BoltTask and SpoutTask call. */
class NodeStormRunner {
  #session;
  #component;
  #writer;
  #synced; // resolves the command that runs

  constructor(session, component) {
    this.#session = session;
    this.#component = component;
    const Collector = component.kind === 'spout' ? SpoutCollector : BoltCollector;
    this.#writer = new Collector(session, new Context(session));
    component.collector = this.#collector();
  }

  /** node-storm hands on all that comes. */
  get concurrency() {
    return Infinity;
  }

  open() {
    this.#component.emit('prepare', this.#component.collector.context());
  }

  execute(id, values, { comp, stream, task }) {
    const message = { id: String(id), comp, stream, task, tuple: values }; // a number in batches
    try {
      this.#component.emit('tuple', message);
    } catch (error) {
      this.#session.error(error, message.id);
      this.#session.send({ command: 'fail', id: message.id });
    }
  }

  next() {
    return new Promise((resolve, reject) => {
      this.#synced = resolve;
      try {
        this.#component.emit('next', { command: 'next' });
      } catch (error) {
        reject(error);
      }
    });
  }

  // Of these node-storm answers none by itself; a sync of the handler's is not needed.

  ack(id) {
    this.#component.emit('ack', { command: 'ack', id });
  }

  fail(id) {
    this.#component.emit('fail', { command: 'fail', id });
  }

  activate() {
    this.#component.emit('activate', { command: 'activate' });
  }

  deactivate() {
    this.#component.emit('deactivate', { command: 'deactivate' });
  }

  get emitted() {
    return this.#writer.emitted;
  }

  /** node-storm knows no end. */
  takeFinished() {
    return false;
  }

  close() {}

  /** What is `this` in the user's functions. */
  #collector() {
    const session = this.#session;
    const context = topologyContext(session);
    return {
      context: () => context,
      ack: (data, skip) => skip || session.send({ command: 'ack', id: data.id }),
      fail: (data) => session.send({ command: 'fail', id: data.id }),
      log: (msg) => session.log(DEFAULT_LEVEL, String(msg)),
      debug: (msg) => context.config('topology.debug') && session.log(DEFAULT_LEVEL, String(msg)),
      sync: () => this.#synced?.(),
      emit: (tuple, options) => QPromise.resolve(emit(this.#writer, tuple, options ?? {})),
    };
  }
}

/** Resolves to the ids of the tasks. A tuple that can't be sent is thrown at who emits it. */
function emit(writer, tuple, { id, anchors, stream, task }) {
  const head = anchors?.length > 0 ? anchors : (id ?? undefined);
  return writer.write(tuple, JSON.stringify(head), { stream, task: task ?? undefined, taskIds: true });
}

/** node-storm's view of the handshake. */
function topologyContext({ config, context }) {
  const tasks = Object.entries(context['task->component'] ?? {});
  const componentTasks = (components) => tasks.filter(([, component]) => components.includes(component)).map(([task]) => task);
  const sources = context['source->stream->grouping'] ?? {};
  return {
    config: (key) => (key ? config[key] : config),
    componentId: () => context['task->component']?.[context.taskid],
    taskId: () => context.taskid,
    downstreamTasks: (stream = 'default') => componentTasks(Object.keys(context['stream->target->grouping']?.[stream] ?? {})),
    upstreamTasks: (stream = 'default') =>
      componentTasks(Object.keys(sources).filter((source) => Object.hasOwn(sources[source], stream))),
  };
}

module.exports = { NodeStormRunner };
