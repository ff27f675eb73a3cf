'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Host, boltSource, spoutSource } = require('./support/host');
const { BatchHost } = require('./support/batch_host');

// Tasks under a host that takes batches.

const OFFER = { v: 1, features: ['finished', 'busy', 'error_at', 'batch'] };
const STREAMS = { offer: OFFER, outputs: { default: ['x'], late: ['y'] } };

const start = async (t, source, options) => new BatchHost(await Host.task(t, source, { ...STREAMS, ...options }));
const bolt = (t, source, head) => start(t, boltSource(source, head));
const spout = (t, source, head) => start(t, spoutSource(source, head), { inputs: {} });

const ECHO = "bolt(['x'], (t, { emit }) => emit([t.word]))";
const COUNT = "spout(['x'], () => { let n = 0; return ({ emit }) => emit([++n]); })";

test('the feature is taken', async (t) => {
  assert.deepEqual((await bolt(t, ECHO)).host.accepted, OFFER);
});

test('the tuples of a frame are handled one by one, and answered with few frames', async (t) => {
  const host = await bolt(t, "bolt(['x'], (t, { emit }) => [...t.word].forEach((c) => emit([c])))");
  host.batch(17, 'ab', 'c');
  const events = await host.answered(2);
  assert.deepEqual(events.filter(isEmit), [[17, ['a']], [17, ['b']], [18, ['c']]]);
  assert.deepEqual(answers(events), ['ack 17', 'ack 18']);
  host.batch(100, ...Array(100).fill('w'));
  await host.answered(100);
  assert.ok(host.host.messages.length < 20);
});

test('many frames in one write, with a heartbeat and a tick among them', async (t) => {
  const host = await bolt(t, "bolt(['x'], (t, { emit }) => emit([t.word]), { tick: [1, ({ emit }) => emit(['tick'])] })");
  host.batch(1, 'a');
  host.host.heartbeat();
  host.host.tick();
  host.batch(4, 'b', 'c');
  const events = await host.until((all) => all.includes('ack 5') && all.some((event) => event.command === 'sync'));
  assert.deepEqual(values(events), ['a', 'tick', 'b', 'c']);
  assert.deepEqual(answers(events), ['ack 1', 'ack 4', 'ack 5']);
  assert.ok(events.some((event) => event.command === 'ack'));
});

test('streams, tasks and anchors', async (t) => {
  const host = await bolt(
    t,
    `bolt({ default: ['x'], late: ['y'] }, (t, { emit }) => {
    first ??= t; emit.to('late')([1]); emit.to('late')([2]); emit([3], { anchors: false });
    emit([4], { anchors: [first, t], task: 7 }); emit([5], { anchors: first }); emit([t.id], { anchors: [] });
  })`,
    'let first;',
  );
  host.batch(8, 'a', 'b');
  assert.deepEqual((await host.answered(2)).filter(isEmit).slice(6), [
    [9, [1], 'late'],
    [9, [2], 'late'],
    [null, [3]],
    [[8, 9], [4], 7],
    [8, [5]],
    [null, ['9']],
  ]);
});

test('what is emitted with the same anchors, stream and task is written under them once', async (t) => {
  const host = await bolt(
    t,
    `bolt({ default: ['x'], late: ['y'] }, (t, { emit }) => {
    emit([1]); emit(['two']); emit([{ three: 3 }]); emit.to('late')([4]); emit.to('late')([5]); emit([6], { task: 7 });
    emit([7], { task: 7 }); emit([8], { anchors: [t] }); emit([9], { anchors: [] }); emit([10], { anchors: false });
  })`,
  );
  host.batch(8, 'a');
  assert.deepEqual((await host.host.read()).emits, [
    { tuples: [[8, [1], ['two'], [{ three: 3 }]]] },
    { stream: 'late', tuples: [[8, [4], [5]]] },
    { task: 7, tuples: [[8, [6], [7]]] },
    { tuples: [[[8], [8]], [null, [9], [10]]] },
  ]);
});

test('of several emits one that can not be sent is lost alone, and the others keep their order', async (t) => {
  const host = await start(
    t,
    boltSource(`bolt({ default: ['x'], late: ['y', 'z'] }, (t, { emit, log }) => {
    const caught = (values, options) => { try { emit(values, options); } catch (error) { errors.push(error.message); } };
    const errors = [];
    caught([undefined]); emit([1]); caught([NaN]); emit([2]); caught(['a', NaN], { stream: 'late' }); caught('text'); caught([1, 2]);
    emit([3]); caught([[1, () => {}]]); caught([4], { task: 'x' }); caught([4], { stream: 'later' });
    emit([{ toJSON() { emit(['within']); log.info('logged'); return 4; } }]); emit([5]);
    emit([errors.map((message) => message.replace('component b', ''))]);
  })`),
    { outputs: { default: ['x'], late: ['y', 'z'] } },
  );
  host.batch(1, 'a');
  const events = await host.answered(1);
  const last = events.filter(isEmit).pop();
  assert.deepEqual(
    events.map((event) => event.msg ?? (isEmit(event) && event !== last ? event[1][0] : event)),
    [1, 2, 3, 'within', 'logged', 4, 5, last, 'ack 1'],
  );
  assert.deepEqual(last[1][0], [
    ', stream default: field x is undefined',
    ', stream default: field x is NaN, which JSON has no number for',
    ', stream late: field z is NaN, which JSON has no number for',
    ", stream default: emit takes an array of values, it got 'text'",
    ', stream default: a tuple has 2 values, the stream has 1 fields (x)',
    ", stream default: field x[1] is a function, which can't be sent: give it toJSON, or emit its parts",
    ": x is no task's id",
    ' has no stream later, did you mean late? (declared: default, late)',
  ]);
});

test('a failing tuple in the middle fails alone, and so does one with a value that can not be sent', async (t) => {
  const host = await bolt(
    t,
    "bolt(['x'], (t, { emit }) => { if (t.word === 'bad') throw new TypeError('bad'); emit([t.word === 'nan' ? NaN : t.word]); })",
  );
  host.batch(1, 'a', 'bad', 'nan', 'd');
  const events = await host.answered(4);
  assert.deepEqual(values(events), ['a', 'd']);
  assert.deepEqual(answers(events).sort(), ['ack 1', 'ack 4', 'fail 2', 'fail 3']);
  const [bad, nan] = events.filter((event) => event.command === 'error');
  assert.deepEqual([bad.class, bad.id], ['TypeError', '2']);
  assert.match(nan.msg, /component b, stream default: field x is NaN/);
});

test('messages of other kinds keep their places', async (t) => {
  const host = await bolt(
    t,
    `bolt(['x'], async (t, { emit, log }) => {
    emit([1]); log.info('between'); emit([2]); emit([await emit([3], { taskIds: true })]);
  })`,
  );
  host.batch(5, 'a');
  const events = await host.until((all) => all.at(-1)?.need_task_ids);
  assert.deepEqual(
    events.map((event) => event.msg ?? event.tuple ?? event),
    [[5, [1]], 'between', [5, [2]], [3]],
  );
  host.host.write([2]);
  assert.deepEqual(await host.answered(1), [[5, [[2]]], 'ack 5']);
});

test('promises are handled as many at a time as is said, and each answers for its tuple', async (t) => {
  for (const concurrency of [1, 3]) {
    const host = await bolt(
      t,
      `bolt(['x'], async (t, { emit }) => {
      most = Math.max(most, ++now); await new Promise((r) => setTimeout(r, 5)); now--;
      if (t.word === 'bad') throw new Error('bad'); emit([most]);
    }, { concurrency: ${concurrency} })`,
      'let now = 0, most = 0;',
    );
    host.batch(1, 'a', 'b', 'bad', 'c', 'd', 'e');
    const events = await host.answered(6);
    assert.equal(values(events).at(-1), concurrency);
    assert.deepEqual(answers(events).sort(), ['ack 1', 'ack 2', 'ack 4', 'ack 5', 'ack 6', 'fail 3']);
  }
});

test('manual bolts, generators and batch bolts answer for tuples of batches', async (t) => {
  const manual = await bolt(t, 'bolt([], (t, { ack, fail }) => (t.word === "a" ? ack() : fail()), { manual: true })');
  manual.batch(1, 'a', 'b', 'a', 'a');
  assert.deepEqual((await manual.answered(4)).sort(), ['ack 1', 'ack 3', 'ack 4', 'fail 2']);
  const generator = await bolt(t, "bolt(['x'], function* (t) { yield [t.word]; yield { values: [1], stream: 'late' }; })");
  generator.batch(1, 'a');
  assert.deepEqual(await generator.answered(1), [[1, ['a']], [1, [1], 'late'], 'ack 1']);
  const groups = await bolt(
    t,
    "batchBolt({ outputs: ['x'], every: 2, key: 'word' }, (key, tuples, { emit }) => emit([key + tuples.length]))",
  );
  groups.batch(1, 'a', 'b', 'a');
  groups.host.tick();
  const events = await groups.answered(3);
  assert.deepEqual(events.filter(isEmit), [[[1, 3], ['a2']], [[2], ['b1']]]);
});

test('large and strange values pass', async (t) => {
  const host = await bolt(t, ECHO);
  const all = ['x'.repeat(5_000_000), 'line\nend\nline', '\u2028\r\n\0é😀"\\', '\ud800', { a: [1.5, null] }, -0.5, true];
  host.batch(1, ...all);
  assert.deepEqual(values(await host.answered(all.length)), all);
  const text = '12345678901234567890';
  host.host.writeText(`{"first":9,"comp":"source","stream":"default","task":1,"batch":[[${text}]]}\nend\n`);
  assert.match(await host.host.frames.next(), new RegExp(`\\[9,\\[${text}\\]\\]`));
});

test('what a process has said before its end is not lost', async (t) => {
  for (const [end, status] of [
    ['process.exit(3)', 3],
    ["process.emit('uncaughtException', new Error('poller'))", 1],
  ]) {
    const host = await bolt(t, `bolt(['x'], (t, { emit }) => { if (t.word === 'end') ${end}; emit([t.word]); })`);
    host.batch(1, 'a', 'b', 'end', 'c');
    assert.equal(await host.host.status(), status);
    const events = host.all();
    assert.deepEqual(events.filter(isEmit), [[1, ['a']], [2, ['b']]]);
    assert.deepEqual(answers(events), ['ack 1', 'ack 2']);
    assert.deepEqual(events.length, status === 1 ? 5 : 4);
  }
});

test('at the end of the input all is said', async (t) => {
  const host = await bolt(t, "bolt({ outputs: ['x'], process(t, { emit }) { emit([t.word]); }, close({ emit }) { emit(['last']); } })");
  host.batch(1, 'a', 'b');
  host.batch(3, 'c');
  assert.equal(await host.host.finish(), 0);
  assert.deepEqual(values(host.all()), ['a', 'b', 'c', 'last']);
  assert.deepEqual(answers(host.all()), ['ack 1', 'ack 2', 'ack 3']);
});

test('credit bounds what a spout emits', async (t) => {
  const host = await spout(t, COUNT);
  assert.deepEqual(values(await host.credit(1)), [1]);
  assert.deepEqual(await host.credit(0), []);
  const got = values(await host.credit(100));
  assert.deepEqual(got, got.map((_, i) => i + 2));
  assert.ok(got.length <= 100);
  let most = 0;
  for (let i = 0; i < 10; i++) most = Math.max(most, (await host.credit(100)).length);
  assert.ok(most > 1 && most <= 100);
});

test('a call that brings several may exceed the credit; one that brings nothing or fails ends the turn', async (t) => {
  const several = await spout(t, "spout({ outputs: ['x'], next({ emit }) { emit([1]); emit([2]); } })");
  assert.deepEqual(values(await several.credit(1)), [1, 2]);
  const nothing = await spout(t, "spout({ outputs: ['x'], next({ log }) { log.info('called'); } })");
  assert.deepEqual((await nothing.credit(9)).map(({ msg }) => msg), ['called']);
  const failing = await spout(t, "spout({ outputs: ['x'], next({ emit }) { emit([1]); throw new Error('torn'); } })");
  const [emitted, error, ...rest] = await failing.credit(9);
  assert.deepEqual([emitted, error.command, rest], [[null, [1]], 'error', []]);
});

test('generators of both kinds finish within a batch', async (t) => {
  for (const star of ['*', 'async *']) {
    const host = await spout(t, `spout({ outputs: ['x'], ${star}stream() { yield [1]; yield [2]; } })`);
    assert.deepEqual(await host.creditToTheEnd(), [[null, [1]], [null, [2]], { command: 'finished' }]);
  }
});

test('acks and fails come with a next, and what failed is emitted again', async (t) => {
  const host = await spout(
    t,
    `reliableSpout({ outputs: ['x'], *stream() { yield* [['a'], ['b'], ['c']]; },
    ack(id, { log }) { log.info('ack', id); }, async fail(id, { log }) { await null; log.info('fail', id); } })`,
  );
  const ids = (await host.creditToTheEnd()).slice(0, 3).map(([id]) => id);
  const told = await host.credit(0, { acks: [ids[0], ids[2]] });
  assert.deepEqual(told.map(({ msg }) => msg), ['ack 1', 'ack 3']);
  const again = await host.creditToTheEnd({ fails: [ids[1]] });
  assert.deepEqual([again[0].msg, values(again), again.at(-1).command], ['fail 2', ['b'], 'finished']);
});

test('an error in ack costs nothing else', async (t) => {
  const host = await spout(
    t,
    "spout({ outputs: ['x'], next({ emit }) { emit([1], { id: 7 }); }, ack() { throw new Error('oh'); } })",
  );
  const [[id]] = await host.credit(1);
  const events = await host.credit(1, { acks: [id] });
  assert.deepEqual([events[0].command, values(events)], ['error', [1]]);
});

test("components of storm.js's style see tuples and commands as ever", async (t) => {
  const host = await bolt(
    t,
    `bolt(['x'], class extends storm.BasicBolt {
    process(t, done) { this.emit({ tuple: [typeof t.id], anchorTupleId: t.id }, () => done()); } })`,
    "import { createRequire } from 'node:module';\nconst storm = createRequire(import.meta.url)('./storm');",
  );
  host.batch(1, 'a');
  const [emit] = await host.until((all) => all.length === 1);
  assert.deepEqual([emit.tuple, emit.anchors], [['string'], ['1']]);
  host.host.write([4]);
  assert.deepEqual(await host.until((all) => all.length === 1), [{ command: 'ack', id: '1' }]);
});

const isEmit = (event) => Array.isArray(event);
const values = (events) => events.filter(isEmit).map(([, tuple]) => tuple[0]);
const answers = (events) => events.filter((event) => typeof event === 'string');
