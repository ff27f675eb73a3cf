'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { Inbox } = require('./inbox');
const { LEVELS, setLevel } = require('./log');
const { Outbox } = require('./outbox');

const EXTENSION = 'gstorm';
const FEATURES = ['finished', 'busy', 'error_at', 'batch', 'level'];
const PULSE_MS = 1000;

/**
 * A task's side of the multilang protocol: the handshake, messages in, messages out.
 *
 * Under a host that offers gstorm's extension the session says finished, busy and error_at and gathers what it has to
 * say in batches; under any other (Storm) it speaks the classic protocol.
 *
 * receiver: message(object, isLast) gets the host's messages one by one, end() is called when there will be none,
 * hangup() when the host takes none any more.
 */
class Session {
  #inbox;
  #outbox;
  #receiver;
  #open = false;
  #early = [];
  #features = [];
  #batches = false;
  #questions = []; // who waits for task ids, in the order of the emits
  #handlers = new Map(); // promises that run: a number of each, and since when
  #begun = 0; // of them
  #pulse;

  /** The component's configuration and context as the host has sent them, once hands are shaken. */
  config = {};
  context = {};

  constructor(input, output) {
    this.#inbox = new Inbox(input);
    this.#outbox = new Outbox(output, () => setImmediate(() => this.#receiver?.hangup()));
  }

  /** Reads the host's first message and answers it. Resolves to false if there is none. */
  shakeHands() {
    return new Promise((resolve) => {
      this.#receiver = {
        message: (message) => resolve(this.#accept(message)),
        end: () => resolve(false),
        hangup: () => resolve(false),
      };
      this.#inbox.start({
        messages: (messages) => this.#handOut(messages),
        heartbeat: () => this.#answerHeartbeat(),
        level: setLevel,
        taskIds: (ids) => this.#questions.shift()?.(ids),
        unreadable: (error) => this.log(LEVELS.error, `the host sent what is no JSON: ${error.message.slice(0, 200)}`),
        end: () => this.#receiver.end(),
      });
    });
  }

  /** From now on messages go to the receiver, and those first that have come since the handshake. */
  receive(receiver) {
    const { calls } = this.#receiver;
    this.#receiver = receiver;
    calls.forEach(([name, ...args]) => receiver[name](...args));
  }

  /** Sends a message, given as JSON text. */
  sendText(text) {
    this.#outbox.send(text);
  }

  /** Sends a message, given as an object. */
  send(message) {
    this.#outbox.send(JSON.stringify(message));
  }

  /** Whether the host takes batches. */
  get batches() {
    return this.#batches;
  }

  /** For hosts that take batches: an emit that no task ids are wanted of. See BatchFrame, also for what it returns. */
  emit(stream, task, head, values) {
    return this.#outbox.emit(stream, task, head, values);
  }

  /** id: as it came, which is a number for a tuple of a batch. */
  ack(id) {
    if (this.#batches && typeof id === 'number') this.#outbox.ack(id);
    else this.#outbox.send(`{"command":"ack","id":${JSON.stringify(id)}}`);
  }

  fail(id) {
    if (this.#batches && typeof id === 'number') this.#outbox.fail(id);
    else this.#outbox.send(`{"command":"fail","id":${JSON.stringify(id)}}`);
  }

  /** Sends an emit whose task ids are wanted. Resolves to them. */
  askIds(text) {
    return new Promise((resolve) => {
      this.#questions.push(resolve);
      this.#outbox.send(text);
    });
  }

  /** The answer to a spout's command. */
  answer() {
    if (this.#batches) this.#outbox.sync();
    else this.#sync();
  }

  /** There is nothing more to emit; hosts that don't know the message don't get it. */
  finished() {
    if (this.#features.includes('finished')) this.#outbox.send('{"command":"finished"}');
  }

  /** type: 'count' or 'gauge'. Storm knows by the name which it is; gstorm is told. */
  metric(name, value, type) {
    const message = { command: 'metrics', name: String(name), params: value };
    this.send(this.#features.length > 0 ? { ...message, type } : message);
  }

  /** A line for the log. Before the handshake it waits for it. */
  log(level, message) {
    this.#sendOrKeep({ command: 'log', msg: message, level });
  }

  /**
   * An error of the component, with its place, for the host to show. tupleId: of the tuple that it was about, if any.
   */
  error(error, tupleId) {
    const report = require('./error_report'); // most tasks never need it
    this.#sendOrKeep(report.message(error, tupleId, this.#features.includes('error_at')));
  }

  /** To be called when a handler has begun that will go on later. Returns what handlerEnds takes. */
  handlerBegins() {
    this.#handlers.set(++this.#begun, performance.now());
    return this.#begun;
  }

  handlerEnds(handler) {
    this.#handlers.delete(handler);
  }

  /** No input is read until resume. The host hears of the component all the same. */
  pause() {
    if (this.#pulse) return;
    this.#inbox.pause();
    this.#pulse = setInterval(() => this.#answerHeartbeat(), PULSE_MS);
  }

  resume() {
    if (!this.#pulse) return;
    clearInterval(this.#pulse);
    this.#pulse = undefined;
    this.#inbox.resume();
  }

  /** To be called between two handlers. last: nothing is known to come after the one that follows. */
  betweenHandlers(last) {
    if (last) this.#outbox.flush();
    else this.#outbox.flushIfDue();
  }

  flush() {
    this.#outbox.flush();
  }

  #handOut(messages) {
    this.#outbox.hold();
    for (let i = 0; i < messages.length; i++) this.#receiver.message(messages[i], i === messages.length - 1);
    this.#outbox.release();
  }

  #accept(message) {
    this.#receiver = keeper();
    this.config = message.conf ?? {};
    this.context = message.context ?? {};
    this.send(this.#answer(message[EXTENSION]));
    this.#notePid(message.pidDir);
    this.#open = true;
    this.#early.forEach((early) => this.send(early));
    return true;
  }

  #answer(offer) {
    if (!(offer?.v >= 1)) return { pid: process.pid };
    this.#features = FEATURES.filter((feature) => offer.features?.includes(feature));
    this.#batches = this.#features.includes('batch');
    return { pid: process.pid, [EXTENSION]: { v: 1, features: this.#features } };
  }

  /** Storm's supervisor finds left-over processes by these files. */
  #notePid(dir) {
    if (!dir) return;
    try {
      fs.writeFileSync(path.join(dir, String(process.pid)), '');
    } catch (error) {
      this.log(LEVELS.warn, `can't write the pid file: ${error.message}`);
    }
  }

  #sendOrKeep(message) {
    if (this.#open) this.send(message);
    else this.#early.push(message);
  }

  #sync() {
    this.#outbox.send('{"command":"sync"}');
  }

  /** With the time of the promise that has run for the longest: a handler that never ends is to be seen. */
  #answerHeartbeat() {
    const [oldest] = this.#handlers.values();
    if (oldest === undefined || !this.#features.includes('busy')) this.#sync();
    else this.send({ command: 'sync', busy: Math.round(performance.now() - oldest) / 1000 });
  }
}

/** A receiver that keeps what it gets. */
function keeper() {
  const calls = [];
  const keep =
    (name) =>
    (...args) =>
      calls.push([name, ...args]);
  return { calls, message: keep('message'), end: keep('end'), hangup: keep('hangup') };
}

module.exports = { Session };
