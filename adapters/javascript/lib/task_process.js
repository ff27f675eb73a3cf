'use strict';

const { ProblemsError } = require('./errors');
const { find } = require('./file_components');
const { load } = require('./loading');
const log = require('./log');
const { Session } = require('./session');

/**
 * The process of one task: loads the same file, finds the component by its name and runs it. What goes wrong on the way
 * is told to the host like any error of the component.
 */
class TaskProcess {
  #session;
  #options;
  #file;
  #mismatch;
  #hands; // a promise of the handshake

  /** mismatch: an error to report instead of loading the file, if any. */
  constructor(streams, options, file, mismatch) {
    this.#session = new Session(streams.input, streams.output);
    this.#options = options;
    this.#file = file;
    this.#mismatch = mismatch;
  }

  async run() {
    const session = this.#session;
    log.setSink((level, message) => session.log(level, message));
    log.takeConsole(console);
    process.on('SIGINT', () => {}); // Ctrl-C is for gstorm, which ends its tasks in order
    process.on('exit', () => session.flush()); // what has been sent before is not to be lost, whoever ends the process
    const fail = (error) => this.#fail(error);
    process.once('uncaughtException', fail);
    let definition;
    try {
      definition = await this.#definition();
    } catch (error) {
      return fail(error);
    }
    if (!(await this.#shakeHands())) process.exit(0);
    process.off('uncaughtException', fail);
    return this.#task(definition).run();
  }

  #shakeHands() {
    this.#hands ??= this.#session.shakeHands();
    return this.#hands;
  }

  #task({ kind, component }) {
    const Task = kind === 'spout' ? require('./spout_task').SpoutTask : require('./bolt_task').BoltTask;
    return new Task(this.#session, component);
  }

  async #definition() {
    if (this.#mismatch) throw this.#mismatch;
    const [name] = this.#options.components;
    return new Promise((resolve, reject) => {
      const found = (topology) => resolve(find(name, this.#file, topology));
      load(this.#file, this.#options.env, (topology) => {
        found(topology);
        return new Promise(() => {}); // what the file does after that is for the describing process
      })
        .then((chosen) => found(chosen?.topology))
        .catch(reject);
    });
  }

  /**
   * What came out of the user's file is told as it came, not as the problem that the describing process would make of
   * it.
   */
  async #fail(error) {
    await this.#shakeHands();
    this.#session.error((error instanceof ProblemsError && error.cause) || error);
    process.exit(1);
  }
}

module.exports = { TaskProcess };
