'use strict';

const { EmitError } = require('./errors');
const { DEFAULT } = require('./outputs');
const { suggestion } = require('./spelling');
const wire = require('./wire_values');

/**
 * What a component emits through: checks a tuple against the declared streams and writes it. SpoutCollector and
 * BoltCollector derive from it; own(head) makes what write gets as head their part of a message.
 */
class Collector {
  #session;
  #context;
  #streams = new Map();
  #default;
  #batches;
  #emitted = 0;

  /** context: a Context. */
  constructor(session, context) {
    this.#session = session;
    this.#context = context;
    this.#default = this.#stream(DEFAULT);
    this.#batches = session.batches;
  }

  get session() {
    return this.#session;
  }

  /** How many tuples have been emitted. */
  get emitted() {
    return this.#emitted;
  }

  /**
   * Writes an emit. head: the anchors or the message id, as JSON text or a number; undefined for none. options: stream,
   * task, taskIds. Returns undefined, with taskIds a promise of the tasks that got it. Throws an EmitError.
   */
  write(values, head, options) {
    const stream = options?.stream === undefined ? this.#default : this.#stream(String(options.stream));
    if (!stream.declared) throw new EmitError(this.#unknown(stream.id));
    const task = options?.task === undefined ? undefined : this.#task(options.task);
    if (options?.taskIds && task === undefined) return this.#ask(stream, head, values);
    if (this.#batches) this.#gather(stream, task, head, values);
    else this.#session.sendText(this.#message(stream, task, head, values, false));
    this.#emitted += 1;
    return options?.taskIds ? Promise.resolve([task]) : undefined;
  }

  #gather(stream, task, head, values) {
    const id = stream === this.#default ? undefined : stream.json;
    if (fits(stream, values) && this.#session.emit(id, task, head, values)) return;
    this.#session.emit(id, task, head, this.#dump(stream, values));
  }

  #ask(stream, head, values) {
    const text = this.#message(stream, undefined, head, values, true);
    this.#emitted += 1;
    return this.#session.askIds(text);
  }

  /** An emit as a message of its own. */
  #message(stream, task, head, values, asks) {
    let text = `{"command":"emit"${head === undefined ? '' : this.own(head)},"tuple":${this.#dump(stream, values)}`;
    if (stream !== this.#default) text += `,"stream":${stream.json}`;
    if (task !== undefined) text += `,"task":${task}`;
    return `${text},"need_task_ids":${asks}}`;
  }

  #task(task) {
    if (Number.isSafeInteger(Number(task))) return Number(task);
    throw new EmitError(`component ${this.#context.componentId}: ${task} is no task's id`);
  }

  #dump(stream, values) {
    try {
      this.#check(stream, values);
      return wire.dump(values, stream.name);
    } catch (error) {
      if (!(error instanceof EmitError)) throw error;
      if (!stream.consumed && Array.isArray(values)) return JSON.stringify(values.map(() => null)); // nobody looks at them
      error.message = `component ${this.#context.componentId}, stream ${stream.id}: ${error.message}`;
      throw error;
    }
  }

  #check(stream, values) {
    if (fits(stream, values)) return;
    if (!Array.isArray(values)) {
      throw new EmitError(`emit takes an array of values, it got ${require('node:util').inspect(values).slice(0, 60)}`);
    }
    throw new EmitError(
      `a tuple has ${values.length} values, the stream has ${stream.fields.length} fields (${stream.fields.join(', ')})`,
    );
  }

  #stream(id) {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = describe(id, this.#context.raw);
      this.#streams.set(id, stream);
    }
    return stream;
  }

  #unknown(id) {
    const declared = Object.keys(this.#context.raw['stream->outputfields'] ?? {});
    const who = `component ${this.#context.componentId}`;
    if (declared.length === 0) return `${who} emits, but declares no outputs`;
    return `${who} has no stream ${id}${suggestion(id, declared)} (declared: ${declared.join(', ')})`;
  }
}

/** Whether values are as many as the stream has fields. */
function fits(stream, values) {
  if (!Array.isArray(values)) return false;
  return stream.fields === undefined || stream.fields.length === values.length || !stream.consumed;
}

/** What the host says of an own output stream. A host that doesn't say anything of streams allows all. */
function describe(id, raw) {
  const outputs = raw['stream->outputfields'];
  const targets = raw['stream->target->grouping'];
  const fields = outputs?.[id];
  return {
    id,
    json: JSON.stringify(id),
    fields,
    declared: fields !== undefined || outputs === undefined,
    consumed: targets === undefined || Object.keys(targets[id] ?? {}).length > 0,
    name: (i) => (fields?.[i] === undefined ? `value ${i + 1}` : `field ${fields[i]}`),
  };
}

module.exports = { Collector };
