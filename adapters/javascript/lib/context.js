'use strict';

const { log } = require('./log');
const { Metrics } = require('./metrics');

/**
 * Who a component is and what it can use. The contexts that its hooks and handlers get are made from this one: they
 * have its properties too.
 */
class Context {
  constructor(session) {
    this.log = log;
    this.metrics = new Metrics(session);
    /** The component's configuration: the topology's with the component's over it. */
    this.conf = session.config;
    /** The context as the host has sent it. */
    this.raw = session.context;
    this.taskId = this.raw.taskid;
    this.componentId = this.raw.componentid ?? this.raw['task->component']?.[this.taskId];
    this.topologyName = this.conf['topology.name'];
    /** The ids of a component's tasks, in order. */
    this.componentTasks = (id) => componentTasks(this.raw, id);
    /** Which of its component's tasks this is, from 0. */
    this.taskIndex = this.componentTasks(this.componentId).indexOf(this.taskId);
  }

  /** The lines of files, one after the other, without their line breaks. For loops with and without await. */
  readLines(...files) {
    return require('./read_lines').readLines(files);
  }
}

function componentTasks(raw, id) {
  const tasks = Object.entries(raw['task->component'] ?? {});
  return tasks
    .filter(([, component]) => component === id)
    .map(([task]) => Number(task))
    .sort((a, b) => a - b);
}

module.exports = { Context };
