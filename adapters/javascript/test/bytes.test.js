'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Bytes } = require('../lib/bytes');

// How plain values are written in batches.

const written = (value) => {
  const bytes = new Bytes();
  assert.equal(bytes.plain(value), true);
  return bytes.all.toString();
};

test('plain values are written as JSON.stringify writes them', () => {
  const bytes = new Bytes();
  for (let code = 0; code <= 0xffff; code++) {
    for (const value of [`a${String.fromCharCode(code)}`, `${String.fromCharCode(code)}${'x'.repeat(40)}`]) {
      bytes.clear();
      bytes.plain(value);
      assert.equal(bytes.all.toString(), JSON.stringify(value));
    }
  }
  const numbers = [0, -0, 7, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, -1, -(2 ** 31), 2 ** 53, 1e21, 1e-7, -1.5, 0.1];
  const strings = ['', 'x'.repeat(24), 'x'.repeat(25), 'é'.repeat(24), '"'.repeat(30), '😀', '\udc00\ud800', '1'.repeat(1e6)];
  for (const value of [...numbers, ...strings, true, false, null]) assert.equal(written(value), JSON.stringify(value));
});

test('what is not plain is not written', () => {
  const bytes = new Bytes();
  bytes.plain('before');
  for (const value of [NaN, Infinity, -Infinity, undefined, 1n, {}, [], new String('x'), () => {}, Symbol('s')]) {
    assert.equal(bytes.plain(value), false);
  }
  assert.equal(bytes.all.toString(), '"before"');
});

test('there is room for anything, and what is taken back is gone', () => {
  const bytes = new Bytes();
  const parts = ['é'.repeat(50_000), 'x'.repeat(200_000), 'y'];
  for (const part of parts) bytes.text(part);
  assert.equal(bytes.all.toString(), parts.join(''));
  const { length } = bytes;
  bytes.plain('z'.repeat(100));
  bytes.truncate(length);
  assert.equal(bytes.all.toString(), parts.join(''));
  bytes.clear();
  for (let i = 0; i < 100_000; i++) bytes.plain(i);
  assert.equal(bytes.all.toString(), Array.from({ length: 100_000 }, (_, i) => i).join(''));
});
