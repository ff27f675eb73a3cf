'use strict';

// For what runs without gstorm, such as tests: node --require .../lib/register.js --test. After it require('gstorm')
// and import from 'gstorm' find this copy of the library.

const path = require('node:path');
const modules = require('./boot/modules');

const root = path.resolve(__dirname, '..');
modules.installRequire(root);
modules.installImport(root);
