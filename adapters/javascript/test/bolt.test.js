'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Host, boltSource, tuples, commands } = require('./support/host');

// What a bolt's handler may be, and when its tuples are acked and failed.

/** A handler's promise that is settled by a tuple: t[0] is 'hold', 'go' or 'break'. */
const GATE = 'const held = [];';
const HOLD = `async (t, { emit }) => {
  if (t.word === 'go') held.shift().resolve();
  else if (t.word === 'break') held.shift().reject(new Error('broken'));
  else { await new Promise((resolve, reject) => held.push({ resolve, reject })); emit([t.word]); }
}`;

test('a tuple is acked when the promise of its handler is resolved, and failed when it is rejected', async (t) => {
  const host = await Host.task(t, boltSource(`bolt(['x'], ${HOLD}, { concurrency: 3 })`, GATE));
  const [a, b] = [host.tuple(['a']), host.tuple(['b'])];
  await host.handle(['break']);
  await host.handle(['go']);
  await host.finish();
  const about = (id) => host.messages.filter((message) => message.id === id || message.anchors?.includes(id));
  assert.deepEqual(commands(about(a)), ['error', 'fail']);
  assert.match(about(a)[0].msg, /^topology.mjs:5: broken \(Error\)/);
  assert.deepEqual(commands(about(b)), ['emit', 'ack']);
});

test('what a handler emits later is anchored to its own tuple', async (t) => {
  const host = await Host.task(t, boltSource(`bolt(['x'], ${HOLD}, { concurrency: 9 })`, GATE));
  const ids = ['a', 'b'].map((word) => host.tuple([word]));
  await host.handle(['go']);
  await host.handle(['go']);
  await host.finish();
  const emits = host.messages.filter(({ command }) => command === 'emit');
  assert.deepEqual(
    emits.map(({ tuple, anchors }) => [tuple[0], anchors]),
    [
      ['a', [ids[0]]],
      ['b', [ids[1]]],
    ],
  );
});

test('tuples are handled one at a time where nothing is said, in order', async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      `bolt(['x'], async (t, { emit }) => {
    most = Math.max(most, ++now); await null; await new Promise(setImmediate); now--; emit([most + t.word]);
  })`,
      'let now = 0, most = 0;',
    ),
  );
  const words = [...'abcdefgh'];
  words.forEach((word) => host.tuple([word]));
  await host.finish();
  assert.deepEqual(
    tuples(host.messages),
    words.map((word) => [`1${word}`]),
  );
});

test('concurrency is how many promises run at a time', async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      `bolt(['x'], async (t, { emit }) => {
    most = Math.max(most, ++now); await new Promise((r) => setTimeout(r, 5)); now--; emit([most]);
  }, { concurrency: 4 })`,
      'let now = 0, most = 0;',
    ),
  );
  for (let i = 0; i < 20; i++) host.tuple(['a']);
  await host.finish();
  assert.equal(Math.max(...tuples(host.messages).flat()), 4);
});

test('while its promises are at work no more input is read than has come, and the host hears of it', async (t) => {
  const host = await Host.task(t, boltSource('bolt([], (t) => new Promise(() => {}))'));
  const block = `{"id":"1","comp":"source","stream":"default","task":1,"tuple":["${'x'.repeat(9900)}"]}\nend\n`.repeat(
    100,
  );
  for (let i = 0; i < 30; i++) host.writeText(block);
  for (let i = 0; i < 2; i++) assert.ok((await host.takeUntil('sync')).at(-1).busy >= 0);
  assert.ok(host.to.writableLength > 25_000_000, `only ${host.to.writableLength} are left to write`);
});

test('yield emits, also with a stream', async (t) => {
  const streams = { outputs: { default: ['x'], late: ['y'] } };
  for (const star of ['function*', 'async function*']) {
    const host = await Host.task(
      t,
      boltSource(
        `bolt({ default: ['x'], late: ['y'] }, ${star} (t) { yield [t.word]; yield { values: [1], stream: 'late' }; })`,
      ),
      streams,
    );
    const messages = await host.handle(['a']);
    assert.deepEqual(
      messages.map(({ command, tuple, stream, anchors }) => [command, tuple, stream, anchors]),
      [
        ['emit', ['a'], undefined, ['1']],
        ['emit', [1], 'late', ['1']],
        ['ack', undefined, undefined, undefined],
      ],
    );
  }
});

test('what yield can not emit is an error that fails the tuple', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], function* (t) { yield t.word; })"));
  const [error, fail] = await host.handle(['a']);
  assert.match(error.msg, /yield takes an array of values, or \{values, \.\.\.\}; it got 'a'/);
  assert.equal(fail.command, 'fail');
});

test('emit goes to other streams, to tasks, and with other anchors', async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      `bolt({ default: ['x'], late: ['y'] }, (t, { emit }) => {
    if (!first) { first = t; return; }
    emit.to('late')([1]); emit.direct(7)([2]); emit.to('late').direct(8)([3]); emit([4], { stream: 'late', task: 9, anchors: [first, t] });
    emit([5], { anchors: false }); emit([6], { anchors: first });
  })`,
      'let first;',
    ),
    { outputs: { default: ['x'], late: ['y'] } },
  );
  await host.handle(['a']);
  const emits = (await host.handle(['b'])).filter(({ command }) => command === 'emit');
  assert.deepEqual(
    emits.map(({ tuple, stream, task, anchors }) => [tuple[0], stream, task, anchors]),
    [
      [1, 'late', undefined, ['2']],
      [2, undefined, 7, ['2']],
      [3, 'late', 8, ['2']],
      [4, 'late', 9, ['1', '2']],
      [5, undefined, undefined, undefined],
      [6, undefined, undefined, ['1']],
    ],
  );
});

test('emit tells the tasks that got a tuple to who asks for them', async (t) => {
  const host = await Host.task(
    t,
    boltSource("bolt(['x'], async (t, { emit }) => emit([await emit([1], { taskIds: true })], { anchors: [] }))"),
  );
  const id = host.tuple(['a']);
  const asked = await host.read();
  assert.equal(asked.need_task_ids, true);
  host.write([4, 5]);
  assert.deepEqual([(await host.read()).tuple, (await host.read()).id], [[[4, 5]], id]);
});

test('a manual bolt acks and fails itself', async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      `bolt([], (t, { ack, fail }) => {
    kept.push(t); if (t.word === 'all') { fail(kept.shift()); kept.forEach((t) => ack(t)); } if (t.word === 'this') ack();
  }, { manual: true })`,
      'const kept = [];',
    ),
  );
  ['a', 'b', 'all'].forEach((word) => host.tuple([word]));
  host.tuple(['this']);
  await host.finish();
  assert.deepEqual(
    host.messages.slice(1).map(({ command, id }) => [command, id]),
    [
      ['fail', '1'],
      ['ack', '2'],
      ['ack', '3'],
      ['ack', '4'],
    ],
  );
});

test('anything may be thrown', async (t) => {
  const host = await Host.task(t, boltSource('bolt([], (t) => { throw eval(t.word); })'));
  for (const [thrown, message, name] of [
    ["'text'", "'text' was thrown, which is no Error", 'string'],
    ['undefined', 'undefined was thrown, which is no Error', 'undefined'],
    ['({ a: 1 })', '{ a: 1 } was thrown, which is no Error', 'object'],
  ]) {
    const [error] = await host.handle([thrown]);
    assert.deepEqual([error.msg, error.class, error.id], [message, name, host.messages.at(-1).id]);
  }
  const [error] = await host.handle(["new Error('outer', { cause: new RangeError('inner') })"]);
  assert.match(error.msg, /outer \(Error\)\n[^]*caused by [^]*inner \(RangeError\)/);
});

test('ticks are handled between tuples; what they emit has no anchor', async (t) => {
  for (const bolt of [
    "bolt(['x'], (t) => {}, { tick: [3, ({ emit }) => emit(['tick'])] })",
    "bolt(['x'], () => ({ process(t) {}, async tick({ emit }) { emit(['tick']); } }), { tick: 3 })",
  ]) {
    const host = await Host.task(t, boltSource(bolt));
    host.tick();
    const messages = await host.handle(['a']);
    const emit = messages.find(({ command }) => command === 'emit');
    assert.deepEqual([emit.tuple, emit.anchors], [['tick'], undefined]);
    assert.deepEqual(commands(messages).filter((command) => command === 'ack').length, 2);
  }
});

test('a failing tick is an error and nothing more', async (t) => {
  const host = await Host.task(t, boltSource("bolt([], (t) => {}, { tick: [1, () => { throw new Error('tock'); }] })"));
  host.tick();
  assert.match((await host.takeUntil('error')).at(-1).msg, /tock/);
  assert.deepEqual(commands(await host.handle(['a'])), ['ack']);
});

test('every form of a bolt is made anew for its task', async (t) => {
  const forms = {
    handler: "bolt(['x'], (t, { emit }) => emit([t.word]))",
    factory: "bolt(['x'], () => { let n = 'a'; return (t, { emit }) => emit([n]); })",
    'async factory': "bolt(['x'], async () => (t, { emit }) => emit(['a']))",
    class: "bolt(['x'], class Echo { n = 'a'; process(t, { emit }) { emit([this.n]); } })",
    object: "bolt({ outputs: ['x'], prepare() { this.n = 'a'; }, process(t, { emit }) { emit([this.n]); } })",
    'object beside the outputs': "bolt(['x'], { open() { this.n = 'a'; }, process(t, { emit }) { emit([this.n]); } })",
  };
  await Promise.all(
    Object.entries(forms).map(async ([name, form]) => {
      const host = await Host.task(t, boltSource(form));
      assert.deepEqual(tuples(await host.handle(['a'])), [['a']], name);
    }),
  );
});

test('a batch is handled at the tick, group by group, and answered as one', async (t) => {
  const host = await Host.task(
    t,
    boltSource(`batchBolt({ outputs: ['x'], every: 2, key: 'word' }, async (key, tuples, { emit }) => {
    if (key === 'bad') throw new Error('bad group'); emit([key + tuples.length]);
  })`),
  );
  ['a', 'bad', 'a', 'b'].forEach((word) => host.tuple([word]));
  host.tick();
  host.tuple(['late']);
  await host.finish();
  const [about] = [
    (id) =>
      host.messages
        .filter((message) => message.id === id || message.anchors?.includes(id))
        .map(({ command }) => command),
  ];
  assert.deepEqual(tuples(host.messages), [['a2'], ['b1'], ['late1']]);
  assert.deepEqual(
    [about('1'), about('2'), about('3'), about('4')],
    [
      ['emit', 'ack'],
      ['error', 'fail'],
      ['emit', 'ack'],
      ['emit', 'ack'],
    ],
  );
});
