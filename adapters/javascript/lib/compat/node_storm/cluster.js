'use strict';

const path = require('node:path');
const { NotAvailableError } = require('../../errors');
const { submit: submitTopology } = require('../../run');
const { topology: declare } = require('../../topology');
const { QPromise } = require('./promise');

/** storm.submit(topology, options, callback). Resolves to the topology's name once it runs. */
function submit(topology, options, callback) {
  return send(topology, options, callback, () => {});
}

/** storm.localcluster(): the run that gstorm has started. */
function cluster() {
  let running;
  return {
    submit: (topology, options, callback) =>
      send(topology, options, callback, (cluster) => {
        running = cluster;
      }),
    shutdown: (callback) => QPromise.resolve(running?.shutdown()).nodeify(callback),
    execute() {
      throw new NotAvailableError('DRPC is not available in gstorm');
    },
  };
}

function send(topology, options, callback, onSubmitted) {
  if (typeof options === 'function') return send(topology, {}, options, onSubmitted);
  const name = options?.name ?? path.parse(process.argv[1]).name;
  const made = declare(name, (t) => t.configure(options?.config));
  made.components.push(...topology.definitions);
  const submitted = submitTopology(made).then((running) => {
    onSubmitted(running);
    return name;
  });
  return QPromise.resolve(submitted).nodeify(callback);
}

module.exports = { submit, cluster };
