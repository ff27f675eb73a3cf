'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { Describing } = require('./support/describing');
const { Folder } = require('./support/folder');
const { Host, tuples } = require('./support/host');

const README = fs.readFileSync(path.resolve(__dirname, '../README.md'), 'utf8');
const [example] = README.match(/(?<=```js\n)import[^]*?(?=```)/);

test("the README's topology works", async (t) => {
  const folder = new Folder(t);
  const described = await Describing.of(t, example, { folder });
  assert.deepEqual(
    described.topology.components.map(({ id }) => id),
    ['lines', 'split', 'count'],
  );
  const file = 'topology.mjs';
  folder.write('some.txt', 'to be\n');
  const lines = await Host.start(t, folder, file, 'lines', { outputs: { default: ['line'] }, args: ['some.txt'] });
  assert.deepEqual(tuples(await lines.command('next')), [['to be']]);
  const split = await Host.start(t, folder, file, 'split', {
    inputs: { lines: ['line'] },
    outputs: { default: ['word'] },
  });
  assert.deepEqual(tuples(await split.handle(['to be'], { from: 'lines' })), [['to'], ['be']]);
  const count = await Host.start(t, folder, file, 'count', {
    inputs: { split: ['word'] },
    outputs: { default: ['word', 'count'] },
  });
  assert.deepEqual(
    [...tuples(await count.handle(['a'], { from: 'split' })), ...tuples(await count.handle(['a'], { from: 'split' }))],
    [
      ['a', 1],
      ['a', 2],
    ],
  );
});
