'use strict';

// The program that gstorm starts for a JavaScript topology:
//
//   node .../lib/boot.js describe FILE [--class C] [--env E] [--name N] [--component NAME]... [-- ARGS]
//   node .../lib/boot.js task     FILE [--class C] [--env E] [--name N] --component NAME [-- ARGS]
//
// With components named, describe describes these and no topology.

// This file is read by any Node there is, so it keeps to what the oldest ones understand.
if (parseInt(process.versions.node, 10) < 18) {
  console.error('gstorm needs Node 18 or later, this is Node ' + process.versions.node);
  process.exit(2);
}

const streams = require('./boot/streams').take(process.argv[2]); // before anything else may print
require('./boot/main').run(process.argv.slice(2), streams);
