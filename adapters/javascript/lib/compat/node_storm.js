'use strict';

// Stands in for the package node-storm where that isn't installed: topologies that are written for it are described and
// run by gstorm. The same file is the one that submits the topology and the one that its tasks load.

const { NotAvailableError } = require('../errors');
const bolts = require('./node_storm/bolts');
const { cluster, submit } = require('./node_storm/cluster');
const { topologyBuilder } = require('./node_storm/topology_builder');

const notAvailable = (what) => () => {
  throw new NotAvailableError(`node-storm's ${what} is not available in gstorm`);
};

module.exports = {
  ...bolts,
  topologybuilder: topologyBuilder,
  localcluster: cluster,
  submit,
  coordinatedbolt: notAvailable('coordinatedbolt'),
  drpc: { client: notAvailable('drpc') },
  config: {
    DEBUG_WORKER_STREAMS: 'node.debug.worker.streams',
    TRANSACTIONAL_USE_STORM_ZOOKEEPER: 'node.transactional.storm.zookeeper',
    TRANSACTIONAL_ZOOKEEPER_SERVERS: 'node.transactional.zookeeper.servers',
    TRANSACTIONAL_ZOOKEEPER_PORT: 'node.transactional.zookeeper.port',
    TRANSACTIONAL_ZOOKEEPER_ROOT_PATH: 'node.transactional.zookeeper.root',
  },
};
