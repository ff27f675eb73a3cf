'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { Folder } = require('./support/folder');

// The helper for users' tests. What gstorm itself does is a test of its command; here a program stands in for it.

const REGISTER = path.resolve(__dirname, '../lib/register.js');
const RESULT = {
  emitted: { split: { default: [['a'], ['b']], odd: [[1]] } },
  trees: { acked: 2, failed: 1, timed_out: 1 },
  errors: [{ message: 'boom' }],
};

/** Runs a module with a gstorm that notes its arguments and input, prints text and ends with the status. */
function runWithGstorm(folder, source, text, status) {
  folder.write('output', text);
  folder.write(
    'gstorm',
    `#!/bin/sh\nprintf '%s\\n' "$@" >arguments\ncat >input\ncat output\necho said >&2\nexit ${status}\n`,
  );
  fs.chmodSync(path.join(folder.path, 'gstorm'), 0o755);
  folder.write('topology.mjs', "import { topology } from 'gstorm';\nexport const T = topology('words', () => {});\n");
  folder.write(
    'some_test.mjs',
    `import { complete } from 'gstorm/testing';\nimport { T } from './topology.mjs';\n${source}`,
  );
  return spawnSync(process.execPath, ['--require', REGISTER, 'some_test.mjs'], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { ...process.env, GSTORM: path.join(folder.path, 'gstorm') },
  });
}

test('what came of a topology', (t) => {
  const folder = new Folder(t);
  const { stdout, stderr } = runWithGstorm(
    folder,
    `const done = await complete(T, { mock: { lines: [['a b']] }, args: [1, 'x y'], timeout: 3 });
    console.log(JSON.stringify([done.emitted('split'), done.emitted('split', 'odd'), done.emitted('none'), done.acked, done.failed, done.errors, done.log, done.success]));`,
    JSON.stringify(RESULT),
    1,
  );
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), [[['a'], ['b']], [[1]], [], 2, 2, ['boom'], 'said\n', false]);
  assert.deepEqual(folder.read('arguments').split('\n'), [
    'complete',
    path.join(folder.path, 'topology.mjs'),
    '--class',
    'words',
    '--mock',
    '-',
    '--for',
    '3s',
    '--',
    '1',
    'x y',
    '',
  ]);
  assert.equal(folder.read('input'), '{"lines":[["a b"]]}');
});

test('a topology that gstorm can not run is an error with its words', (t) => {
  const { stdout } = runWithGstorm(
    new Folder(t),
    "await complete('none.mjs').catch((error) => console.log(error.name, error.message));",
    '',
    2,
  );
  assert.equal(stdout, 'Failed said\n');
});
