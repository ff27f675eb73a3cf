'use strict';

// Stands in for Apache Storm's storm.js, with its classes, for components of topologies that are described in code:
//
//   const { BasicBolt } = require('./storm');
//   class Split extends BasicBolt { process(tuple, done) { this.emit({ tuple: [...], anchorTupleId: tuple.id }, (tasks) => done()); } }
//   t.bolt('split', bolt(['word'], Split));
//
// gstorm takes the place of storm.js's own loop over stdin: see storm_runner.js, which serves Apache's own file as
// well.

/** What a bolt gets. */
class Tuple {
  constructor(id, component, stream, task, values) {
    Object.assign(this, { id, component, stream, task, values });
  }

  isTickTuple() {
    return this.task === -1 && this.stream === '__tick';
  }

  isHeartbeatTuple() {
    return this.task === -1 && this.stream === '__heartbeat';
  }
}

// These are functions and no classes since old code calls them: BasicBolt.call(this).

function Storm() {
  this.taskIdsCallbacks = [];
}

/** gstorm puts its own in this place. */
Storm.prototype.sendMsgToParent = function () {
  throw new Error('this component runs under gstorm only; with Apache Storm it needs the storm.js of Storm');
};

Storm.prototype.initialize = function (conf, context, done) {
  done();
};

/** onTaskIds gets the ids of the tasks that the tuple went to. */
Storm.prototype.emit = function (details, onTaskIds) {
  if (details.task) throw new Error('a tuple for one task is emitted with emitDirect');
  if (!onTaskIds) throw new Error('emit needs a function for the task ids');
  this.taskIdsCallbacks.push(onTaskIds);
  this.__emit(details);
};

Storm.prototype.emitDirect = function (details) {
  if (!details.task) throw new Error('emitDirect needs a task');
  this.__emit(details);
};

Storm.prototype.handleNewTaskId = function (taskIds) {
  this.taskIdsCallbacks.shift()(taskIds);
};

Storm.prototype.sync = function () {
  this.sendMsgToParent({ command: 'sync' });
};

['Trace', 'Debug', 'Info', 'Warn', 'Error'].forEach((name, level) => {
  Storm.prototype[`log${name}`] = function (...parts) {
    const msg = parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
    this.sendMsgToParent({ command: 'log', msg, level });
  };
});
Storm.prototype.log = Storm.prototype.logInfo;

/** A file that is a component of its own starts it so; under gstorm it is the topology that does. */
Storm.prototype.run = function () {};

function derived(init) {
  init.prototype = Object.create(Storm.prototype, { constructor: { value: init, writable: true, configurable: true } });
  return init;
}

const BasicBolt = derived(function BasicBolt() {
  Storm.call(this);
});

BasicBolt.prototype.process = function (tuple, done) {
  done();
};

BasicBolt.prototype.__emit = function ({ tuple, anchorTupleId, stream, task }) {
  this.sendMsgToParent({ command: 'emit', tuple, stream, task, anchors: [anchorTupleId ?? []].flat() });
};

BasicBolt.prototype.handleNewCommand = function ({ id, comp, stream, task, tuple }) {
  const tup = new Tuple(id, comp, stream, task, tuple);
  this.process(tup, (error) => (error ? this.fail(tup, error) : this.ack(tup)));
};

BasicBolt.prototype.ack = function (tuple) {
  this.sendMsgToParent({ command: 'ack', id: tuple.id });
};

BasicBolt.prototype.fail = function (tuple, error) {
  if (error) this.logError(error instanceof Error ? error.stack : error);
  this.sendMsgToParent({ command: 'fail', id: tuple.id });
};

const Spout = derived(function Spout() {
  Storm.call(this);
});

for (const name of ['activate', 'deactivate', 'nextTuple']) {
  Spout.prototype[name] = function (done) {
    done();
  };
}
for (const name of ['ack', 'fail']) {
  Spout.prototype[name] = function (id, done) {
    done();
  };
}

Spout.prototype.__emit = function ({ tuple, id, stream, task }) {
  this.sendMsgToParent({ command: 'emit', tuple, id, stream, task });
};

Spout.prototype.handleNewCommand = function ({ command, id }) {
  const done = () => this.sync();
  switch (command) {
    case 'next':
      return this.nextTuple(done);
    case 'ack':
      return this.ack(id, done);
    case 'fail':
      return this.fail(id, done);
    case 'activate':
      return this.activate(done);
    case 'deactivate':
      return this.deactivate(done);
    default:
      return done();
  }
};

module.exports = { BasicBolt, Spout, Tuple };
