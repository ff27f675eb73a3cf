'use strict';

const { NodeStormComponent } = require('./component');

/** next(sync) is called with the collector as this, and has to call sync once. */
function spout(next) {
  const made = new NodeStormComponent('spout');
  return made.on('next', () => next.call(made.collector, () => made.collector.sync()));
}

/** process(data) is called with the collector as this. It acks, fails and anchors by itself. */
function bolt(process) {
  const made = new NodeStormComponent('bolt');
  return made.on('tuple', (data) => process.call(made.collector, data));
}

/** process(data) is anchored and acked; what it throws is logged and fails the tuple. */
function basicbolt(process) {
  return bolt(function (data) {
    try {
      process.call(anchoredTo(this, data), data);
      this.ack(data);
    } catch (error) {
      this.log(error?.stack ?? String(error));
      this.fail(data);
    }
  });
}

/** process(data, callback) is anchored, and acked when it calls callback(error, { ack: true }); an error fails it. */
function asyncbolt(process) {
  return bolt(function (data) {
    const callback = (error, { ack = true } = {}) => {
      if (!error) return this.ack(data, !ack);
      this.log(error.stack ?? String(error));
      return this.fail(data);
    };
    try {
      process.call(anchoredTo(this, data), data, callback);
    } catch (error) {
      callback(error);
    }
  });
}

/** The collector, with an emit that anchors to the tuple. */
function anchoredTo(collector, data) {
  return Object.assign(Object.create(collector), {
    emit: (tuple, options) => collector.emit(tuple, { ...options, anchors: [data.id] }),
  });
}

// oncebolt asks ZooKeeper whether a tuple id was there before; gstorm hands out an id once only.
module.exports = { spout, bolt, basicbolt, asyncbolt, oncebolt: asyncbolt };
