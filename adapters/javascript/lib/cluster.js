'use strict';

/** What a topology was submitted to, for the code that follows. Each method resolves when gstorm has done it. */
class Cluster {
  #control;

  constructor(control) {
    this.#control = control;
  }

  /** Ends the run. */
  shutdown() {
    return this.#control.call('shutdown');
  }

  /** Ends a topology. waitSecs: how long what is under way may take. */
  kill(name, waitSecs) {
    return this.#control.call('kill', { name, wait: waitSecs });
  }

  activate(name) {
    return this.#control.call('activate', { name });
  }

  deactivate(name) {
    return this.#control.call('deactivate', { name });
  }
}

module.exports = { Cluster };
