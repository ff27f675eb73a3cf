'use strict';

/** A promise with those methods of q's that users of node-storm call on what it returns. */
class QPromise extends Promise {
  fail(onRejected) {
    return this.catch(onRejected);
  }

  fin(callback) {
    return this.finally(callback);
  }

  done(...handlers) {
    this.then(...handlers);
  }

  spread(onFulfilled, onRejected) {
    return this.then((values) => onFulfilled(...values), onRejected);
  }

  delay(ms) {
    return this.then((value) => new QPromise((resolve) => setTimeout(resolve, ms, value)));
  }

  /** Calls a callback of Node's kind, if there is one. */
  nodeify(callback) {
    if (typeof callback === 'function') this.then((value) => callback(null, value), callback);
    return this;
  }
}

module.exports = { QPromise };
