'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Host, spoutSource, tuples, commands } = require('./support/host');

// What a spout's hooks may be, and how it finishes.

const spout = (t, source, head) => Host.task(t, spoutSource(source, head), { inputs: {} });

test('a spout emits what its generator yields, one for each next, and has finished with it', async (t) => {
  for (const star of ['*', 'async *']) {
    const host = await spout(
      t,
      `spout({ outputs: ['x'], ${star}stream(ctx) { yield [1]; yield { values: [2], id: 'b' }; ctx.emit([3]); } })`,
    );
    assert.deepEqual(tuples(await host.command('next')), [[1]]);
    const [second] = await host.command('next');
    assert.ok(second.tuple[0] === 2 && typeof second.id === 'string');
    assert.deepEqual(commands(await host.command('next')), ['emit', 'finished']);
    assert.deepEqual(commands(await host.command('next')), ['finished']);
    assert.equal(await host.finish(), 0);
  }
});

test('an id may be any value, and the very one comes back', async (t) => {
  const host = await spout(
    t,
    `spout({ outputs: ['x'], next({ emit }) { emit([1], { id: key }); },
    ack(id, { log }) { log.info('ack', id === key); }, async fail(id, { log }) { log.info('fail', id === key); } })`,
    "const key = { any: 'thing' };",
  );
  const [[first], [second]] = [await host.command('next'), await host.command('next')];
  assert.equal((await host.command('ack', first.id))[0].msg, 'ack true');
  assert.equal((await host.command('fail', second.id))[0].msg, 'fail true');
  assert.deepEqual(await host.command('ack', first.id), []);
  assert.deepEqual(await host.command('ack', 'of another process'), []);
});

test('every command has one answer, whatever the hooks do', async (t) => {
  const host = await spout(
    t,
    `spout({ outputs: ['x'], async next() { throw new Error('async'); }, ack() { throw new Error('ack'); },
    activate() { throw new Error('activate'); }, async deactivate() {} })`,
  );
  for (const [command, messages] of [
    ['activate', ['error']],
    ['next', ['error']],
    ['deactivate', []],
    ['ack', []],
    ['something', []],
  ]) {
    assert.deepEqual(commands(await host.command(command)), messages, command);
  }
  host.heartbeat();
  assert.deepEqual(await host.read(), { command: 'sync' });
});

test('a spout that takes its time to open answers its first command once', async (t) => {
  const open = 'async open() { await new Promise((r) => setTimeout(r, 1500)); }';
  const host = await spout(t, `spout({ outputs: ['x'], ${open}, next({ emit }) { emit([1]); } })`);
  assert.deepEqual(await host.command('activate'), []);
  assert.deepEqual(tuples(await host.command('next')), [[1]]);
});

test('a source that keeps it waiting does not keep acks waiting, and its tuple goes out when it comes', async (t) => {
  const host = await spout(
    t,
    `spout({ outputs: ['x'], async *stream() { yield { values: [1], id: 1 }; yield await new Promise((r) => { go = r; }); yield [3]; },
    ack(id, { log }) { log.info('acked'); go([2]); } })`,
    'let go;',
  );
  const [first] = await host.command('next');
  assert.deepEqual(await host.command('next'), []);
  assert.deepEqual(await host.command('next'), []);
  host.write({ command: 'ack', id: first.id });
  const acked = [await host.read(), await host.read(), await host.read()];
  assert.deepEqual(commands(acked).sort(), ['emit', 'log', 'sync']);
  assert.deepEqual(tuples(acked), [[2]]);
  assert.deepEqual(tuples(await host.command('next')), [[3]]);
});

test('a generator that throws is not taken for one that has finished', async (t) => {
  const host = await spout(
    t,
    "spout({ outputs: ['x'], *stream() { yield [1]; if (n++ === 0) throw new Error('torn'); } })",
    'let n = 0;',
  );
  assert.deepEqual(tuples(await host.command('next')), [[1]]);
  assert.match((await host.command('next'))[0].msg, /torn/);
  assert.deepEqual(tuples(await host.command('next')), [[1]]);
  assert.deepEqual(commands(await host.command('next')), ['finished']);
});

test('a host that knows nothing of finished is not told', async (t) => {
  const host = await Host.task(t, spoutSource("spout(['x'], function* () {})"), { inputs: {}, offer: null });
  assert.deepEqual(await host.command('next'), []);
});

test('every form of a spout', async (t) => {
  const forms = {
    generator: "spout(['x'], function* () { yield ['a']; })",
    factory: "spout(['x'], () => ({ emit }) => emit(['a']))",
    class: "spout(['x'], class { next({ emit }) { emit(['a']); } })",
    object: "spout({ outputs: ['x'], async open() { this.n = 'a'; }, next({ emit }) { emit([this.n]); } })",
    'reliable generator': "reliableSpout(['x'], function* () { yield ['a']; })",
    'reliable object': "reliableSpout({ outputs: ['x'], next({ emit }) { emit(['a']); } })",
  };
  await Promise.all(
    Object.entries(forms).map(async ([name, form]) => {
      const host = await spout(t, form);
      assert.deepEqual(tuples(await host.command('next')), [['a']], name);
    }),
  );
});

test('a reliable spout replays what fails, gives up after maxFails, and finishes when nothing is left', async (t) => {
  const host = await spout(
    t,
    `reliableSpout({ outputs: ['x'], maxFails: 1, *stream() { yield ['a']; yield ['b']; },
    giveUp(values, { log }) { log.info('gave up', values); } })`,
  );
  const [[a], [b]] = [await host.command('next'), await host.command('next')];
  assert.deepEqual(commands(await host.command('next')), ['finished']);
  await host.command('ack', b.id);
  await host.command('fail', a.id);
  const [again, ...rest] = await host.command('next');
  assert.deepEqual([again.tuple, rest], [['a'], []]);
  assert.deepEqual(commands(await host.command('next')), ['finished']);
  assert.match((await host.command('fail', again.id))[0].msg, /gave up \[ 'a' \]/);
  assert.deepEqual(commands(await host.command('next')), ['finished']);
});

test('readLines reads files line by line, in for loops of both kinds', async (t) => {
  const { Folder } = require('./support/folder');
  const folder = new Folder(t);
  folder.write('a.txt', `one\r\n\n${'é'.repeat(100_000)}\nlast`);
  folder.write('b.txt', 'b\n');
  const source =
    "spout({ outputs: ['x'], async *stream({ readLines }) { for await (const l of readLines('a.txt', 'b.txt')) yield [l]; } })";
  const host = await Host.task(t, spoutSource(source), { inputs: {}, folder });
  const lines = [];
  for (let messages; (messages = await host.command('next'))[0]?.command === 'emit'; ) lines.push(messages[0].tuple[0]);
  assert.deepEqual(lines, ['one', '', 'é'.repeat(100_000), 'last', 'b']);
});
