'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const util = require('node:util');
const { TupleMaker } = require('../lib/tuple_maker');

const maker = new TupleMaker({ 'source->stream->fields': { a: { default: ['word', 'n'], odd: ODD() } } });
const make = (tuple, stream = 'default', comp = 'a') => maker.make('7', tuple, { comp, stream, task: 3 });

/** Names of fields that tuples and objects have other uses for. */
function ODD() {
  return ['id', 'stream', 'values', 'fields', 'get', 'constructor', 'toJSON', '__proto__', '0'];
}

test('values stand under the names of their fields and under their positions', () => {
  const tuple = make(['a', 1]);
  const { word, n, 0: first } = tuple;
  assert.deepEqual([word, n, first, tuple[1], tuple.get('n'), ...tuple], ['a', 1, 'a', 1, 1, 'a', 1]);
  assert.deepEqual(
    [tuple.fields, tuple.values, tuple.id, tuple.component, tuple.stream, tuple.task],
    [['word', 'n'], ['a', 1], '7', 'a', 'default', 3],
  );
  assert.equal(JSON.stringify(tuple), '{"word":"a","n":1}');
  assert.equal(util.inspect(tuple), "Tuple a/default { word: 'a', n: 1 }");
});

test('a field that is not there is an error for who insists on it', () => {
  assert.equal(make(['a', 1]).wrod, undefined);
  assert.throws(() => make(['a', 1]).get('wrod'), {
    name: 'RangeError',
    message: 'the tuple has no field wrod, did you mean word? (from a, stream default: word, n)',
  });
});

test('fields may have any name', () => {
  const tuple = make(
    ODD().map((_, i) => i),
    'odd',
  );
  assert.deepEqual(
    ODD()
      .slice(0, -1)
      .map((field) => tuple[field]),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  assert.equal(util.inspect(tuple).startsWith('Tuple a/odd {'), true);
});

test('of an unknown source there are positions only', () => {
  const tuple = make([1, 2], 'default', 'stranger');
  assert.deepEqual([[...tuple], tuple[1], tuple.values, tuple.fields], [[1, 2], 2, [1, 2], []]);
  assert.equal(util.inspect(tuple), 'Tuple stranger/default [ 1, 2 ]');
});
