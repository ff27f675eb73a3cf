'use strict';

// The package gstorm: for require('gstorm') and for import { ... } from 'gstorm'.

const { batchBolt } = require('./batch_bolt');
const { bolt } = require('./bolt');
const { builtin } = require('./builtin');
const { external } = require('./external');
const { log } = require('./log');
const { reliableSpout } = require('./reliable_spout');
const { run, submit } = require('./run');
const { shell } = require('./shell');
const { spout } = require('./spout');
const { topology } = require('./topology');

// Import finds the names of a list like this one, not of one that is computed.
module.exports = { batchBolt, bolt, builtin, external, log, reliableSpout, run, shell, spout, submit, topology };
