'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { KEYS } = require('../lib/config_keys');
const { Context } = require('../lib/context');

const LIB = path.resolve(__dirname, '../lib');
const read = (name) => fs.readFileSync(path.join(LIB, name), 'utf8');
const named = (types, kind) =>
  [...new Set([...types.matchAll(new RegExp(`^export (?:${kind}) (\\w+)`, 'gm'))].map(([, name]) => name))].sort();

/** The names of an interface's members. */
function members(types, name) {
  const [, body] = new RegExp(`^export interface ${name}[^{]*{\\n(.*?)^}`, 'ms').exec(types);
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(:<]/gm)].map(([, member]) => member).sort();
}

test('the types name what the packages export', () => {
  assert.deepEqual(named(read('index.d.ts'), 'function|const'), Object.keys(require('../lib/index.js')).sort());
  assert.deepEqual(named(read('testing.d.ts'), 'function|class'), Object.keys(require('../lib/testing.js')).sort());
});

test('the types name the settings', () => {
  assert.deepEqual(
    members(read('index.d.ts'), 'Settings').filter((name) => name !== 'key'),
    Object.keys(KEYS).sort(),
  );
});

test('the types name what a context has', () => {
  const context = new Context({ config: {}, context: {} });
  assert.deepEqual(members(read('index.d.ts'), 'Context'), [...Object.keys(context), 'readLines'].sort());
});

test('import finds every name', async () => {
  const imported = Object.keys(await import('../lib/index.js')).filter(
    (name) => !['default', 'module.exports'].includes(name),
  );
  assert.deepEqual(imported.sort(), Object.keys(require('../lib/index.js')).sort());
});
