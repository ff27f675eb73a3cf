'use strict';

const { Component, isGenerator } = require('./component');

/**
 * What a spout is. Its hooks: next(ctx) or stream(ctx), open(ctx), ack(id, ctx), fail(id, ctx), activate(ctx),
 * deactivate(ctx), close(ctx). settings: outputs, config.
 */
class Spout extends Component {
  constructor(source, settings) {
    super('spout', source, settings);
  }

  get handlerName() {
    return 'next';
  }

  newHooks() {
    return typeof this.source === 'function' && isGenerator(this.source) ? { stream: this.source } : super.newHooks();
  }

  get Runner() {
    return require('./spout_runner').SpoutRunner;
  }
}

/**
 * spout({ outputs, next(ctx) {}, ... }), spout({ outputs, *stream(ctx) {}, ... }), spout(['line'], function* (ctx) {},
 * options), spout(['line'], () => next or an object with hooks), or spout(['line'], Class).
 */
function spout(outputs, source, options) {
  return source === undefined ? new Spout(outputs, outputs ?? {}) : new Spout(source, { ...options, outputs });
}

module.exports = { Spout, spout };
