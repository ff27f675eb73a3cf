'use strict';

const { EventEmitter } = require('node:events');
const { DefinitionError } = require('../../errors');

/**
 * What node-storm's spout() and bolt() return. Its events are the host's messages: 'prepare' with the topology's
 * context, 'tuple', 'next', 'ack', 'fail', 'activate', 'deactivate'. In a task it has a collector.
 */
class NodeStormComponent extends EventEmitter {
  constructor(kind) {
    super();
    this.kind = kind;
    this.outputs = {};
    this.config = {};
    this.implementation = { type: 'file' };
    this.parallelism = undefined;
  }

  declareOutputFields(fields) {
    return this.declareStream('default', false, fields);
  }

  /** declareStream(id, direct, fields), or declareStream(id, fields). */
  declareStream(id, direct, fields) {
    if (fields === undefined) return this.declareStream(id, false, direct);
    if (Object.hasOwn(this.outputs, id)) throw new DefinitionError(`Stream with id "${id}" is already defined`);
    this.outputs[id] = direct ? { fields, direct: true } : { fields };
    return this;
  }

  newRunner(session) {
    const { NodeStormRunner } = require('./runner');
    return new NodeStormRunner(session, this);
  }
}

module.exports = { NodeStormComponent };
