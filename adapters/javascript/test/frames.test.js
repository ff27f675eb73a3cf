'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Frames } = require('../lib/frames');

const TEXTS = [
  '{"a":1}',
  '[1,2]',
  '{"s":"é😀"}',
  '',
  '{\n"x":"end"\n}',
  `{"big":"${'é'.repeat(5000)}"}`,
  'end',
  '{"a":"\\nend\\n"}',
];

/** Random numbers that are the same each time. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % below;
  };
}

test('frames are what they were, however they are cut', () => {
  const bytes = Buffer.from(TEXTS.map((text) => `${text}\nend\n`).join(''));
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const frames = new Frames();
    const got = [];
    for (let at = 0, size; at < bytes.length; at += size) {
      size = 1 + next(next(2) === 0 ? 4 : 4000);
      got.push(...frames.push(bytes.subarray(at, at + size)));
    }
    assert.deepEqual(got, TEXTS, `seed ${seed}`);
  }
});

test('a frame that has begun waits for its end', () => {
  const frames = new Frames();
  assert.deepEqual(frames.push(Buffer.from('{}\nend\n{"a"')), ['{}']);
  assert.deepEqual(frames.push(Buffer.from(':1}\r\nen')), []);
  assert.deepEqual(frames.push(Buffer.from('d\r\n{')), ['{"a":1}']);
});
