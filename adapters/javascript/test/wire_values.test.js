'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { EmitError } = require('../lib/errors');
const wire = require('../lib/wire_values');

// How values travel.

const dump = (...values) => wire.dump(values, (i) => `field ${'abc'[i]}`);

test('values are written as JSON', () => {
  class Point {
    x = 1;
    hidden = undefined;
  }
  for (const [value, text] of [
    ['é😀"\n', '"é😀\\"\\n"'],
    [1.5, '1.5'],
    [-0, '0'],
    [null, 'null'],
    [true, 'true'],
    [[1, [2]], '[1,[2]]'],
    [{ a: { b: [null] } }, '{"a":{"b":[null]}}'],
    [12345678901234567890n, '12345678901234567890'],
    [{ n: [-1n] }, '{"n":[-1]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [
      new Map([
        ['a', 1],
        [2, 'b'],
      ]),
      '{"a":1,"2":"b"}',
    ],
    [new Set([1, 2]), '[1,2]'],
    [Buffer.from('hé'), '{"__b64":"aMOp"}'],
    [new Uint8Array([1]), '{"__b64":"AQ=="}'],
    [new Float64Array([0.5]), '[0.5]'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [new Point(), '{"x":1}'],
    [{ toJSON: () => ({ n: 1n }) }, '{"n":1}'],
    [Object.create(null), '{}'],
  ]) {
    assert.equal(dump(value), `[${text}]`);
  }
});

test('what JSON can not carry is refused by name', () => {
  const cyclic = {};
  cyclic.self = cyclic;
  for (const [value, message] of [
    [NaN, 'field b is NaN, which JSON has no number for'],
    [-Infinity, 'field b is -Infinity, which JSON has no number for'],
    [undefined, 'field b is undefined'],
    [[1, undefined], 'field b[1] is undefined'],
    [{ a: { b: NaN } }, 'field b.a.b is NaN, which JSON has no number for'],
    [() => {}, "field b is a function, which can't be sent: give it toJSON, or emit its parts"],
    [Symbol('s'), "field b is a symbol, which can't be sent: give it toJSON, or emit its parts"],
    [Promise.resolve(1), 'field b is a Promise: await it first'],
    [new Error('e'), "field b is a Error, which can't be sent: give it toJSON, or emit its parts"],
    [/x/, "field b is a RegExp, which can't be sent: give it toJSON, or emit its parts"],
    [new Date('no'), 'field b is an invalid Date'],
  ]) {
    assert.throws(() => dump(1, value), { name: 'EmitError', message });
  }
  assert.throws(
    () => dump(cyclic),
    (error) => error instanceof EmitError && /is nested deeper than 100 levels$/.test(error.message),
  );
});

test('what comes back is what was sent', () => {
  for (const value of [
    1,
    'a',
    null,
    [1, { a: 'b' }],
    12345678901234567890n,
    -9007199254740993n,
    { n: [2n ** 80n] },
    Buffer.from([0, 255]),
    { __b64: 1 },
  ]) {
    assert.deepEqual(wire.load(dump(value)), [value]);
  }
});

test('only integers that a Number can not hold become BigInts', () => {
  const text =
    '[9007199254740991, 9007199254740992, 1.2345678901234567, 1e300, 12345678901234567e2, "12345678901234567890", {"12345678901234567890":-9007199254740993}]';
  assert.deepEqual(wire.load(text), [
    9007199254740991,
    9007199254740992n,
    1.2345678901234567,
    1e300,
    12345678901234567e2,
    '12345678901234567890',
    { '12345678901234567890': -9007199254740993n },
  ]);
  assert.deepEqual(wire.load('["integer:5","\\":12345678901234567890",12345678901234567890]'), [
    'integer:5',
    '":12345678901234567890',
    12345678901234567890n,
  ]);
});

test('plain values are written as JSON.stringify writes them', () => {
  for (let code = 0; code <= 0xffff; code++) {
    const values = [`a${String.fromCharCode(code)}`];
    assert.equal(wire.dump(values, String), JSON.stringify(values));
  }
  const others = [0, -0, 1e21, -1.5, true, null, '', 'x'.repeat(100), , 'after a hole'];
  assert.equal(wire.dump(others, String), JSON.stringify(others));
});
