import assert from 'node:assert/strict';
import test from 'node:test';
import { complete } from 'gstorm/testing';
import topology from './my_topology.js';

test('counts words', async () => {
  const done = await complete(topology, { mock: { lines: [['to be'], ['or not to be']] } });

  assert.deepEqual(done.emitted('count').sort(), [['be', 1], ['be', 2], ['not', 1], ['or', 1], ['to', 1], ['to', 2]]);
  assert.equal(done.acked, 2);
  assert.deepEqual(done.errors, []);
});
