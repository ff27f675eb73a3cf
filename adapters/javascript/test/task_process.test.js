'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const { Folder } = require('./support/folder');
const { FramesFrom } = require('./support/frames_from');
const { pipe } = require('./support/pipes');
const { Host, BOOT, boltSource, spoutSource, tuples, commands } = require('./support/host');

// A task as the host sees it: the handshake, prints, heartbeats, and all ways to end.

test('without an offer the handshake is the classic one', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t) => { null.x; })"), { offer: null });
  assert.deepEqual(host.messages, [{ pid: host.pid }]);
  assert.deepEqual(
    (await host.handle(['a'])).map((message) => Object.keys(message)),
    [
      ['command', 'msg'],
      ['command', 'id'],
    ],
  );
});

test('only what is offered and known is accepted', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t) => {})"), {
    offer: { v: 2, features: ['error_at', 'teleport'] },
  });
  assert.deepEqual(host.accepted, { v: 1, features: ['error_at'] });
});

test('the pid file is written', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t) => {})"));
  await host.handle(['a']);
  assert.ok(fs.existsSync(path.join(host.pidDir, String(host.pid))));
});

test('prints never reach the protocol', async (t) => {
  const head = `import { execSync, spawnSync } from 'node:child_process';
    import fs from 'node:fs';
    console.log('file'); process.stdout.write('write\\n'); fs.writeSync(1, 'fd 1\\n'); execSync('echo captured');
    spawnSync('echo', ['command'], { stdio: 'inherit' }); execSync('echo err >&2'); process.stderr.write('stderr\\n');`;
  const host = await Host.task(
    t,
    boltSource(
      `bolt({
    outputs: ['x'],
    prepare() { console.log('prepare'); },
    process(t, { emit }) {
      console.log(fs.readFileSync(0, 'utf8'), process.env.GSTORM_ROLE, process.env.GSTORM_STDOUT_FD);
      spawnSync('sh', ['-c', 'echo end; cat'], { stdio: 'inherit' });
      setImmediate(() => console.log('later'));
      emit([t.word]);
    },
    close() { console.log('close'); },
  })`,
      head,
    ),
  );
  assert.deepEqual(tuples(await host.handle(['a'])), [['a']]);
  assert.equal(await host.finish(), 0);
  assert.deepEqual(host.stdout().split('\n'), [
    'file',
    'write',
    'fd 1',
    'command',
    'prepare',
    ' task undefined',
    'end',
    'later',
    'close',
    '',
  ]);
  assert.equal(host.stderr(), 'err\nstderr\n');
});

test('no print is lost at the end of the process, whoever ends it', async (t) => {
  for (const end of ['', 'process.exit(0);']) {
    const folder = new Folder(t);
    const { from, to } = pipe(folder.path);
    const close = `close() { console.log('x'.repeat(1_000_000)); console.log('end'); console.warn('warned'); ${end} }`;
    folder.write('t.mjs', boltSource(`bolt({ outputs: [], process(t) {}, ${close} })`));
    const host = await Host.start(t, folder, 't.mjs', 'b', { prints: to });
    const prints = new FramesFrom(new net.Socket({ fd: from }), '\n');
    const ended = host.finish();
    assert.deepEqual([(await prints.next()).length, await prints.next()], [1_000_000, 'end']);
    assert.equal(await ended, 0);
    assert.equal(host.messages.at(-1).msg, 'warned');
  }
});

test('prints go to stderr where there is no pipe for them', async (t) => {
  const host = await Host.task(t, boltSource("bolt([], (t) => console.log('here'))"), {
    env: { GSTORM_STDOUT_FD: '' },
  });
  await host.handle(['a']);
  await host.finish();
  assert.equal(host.stderr(), 'here\n');
});

test('a host that speaks over sockets is served too, and prints are kept from it', async (t) => {
  const folder = new Folder(t);
  folder.write('t.mjs', boltSource("bolt([], (t) => console.log('here'))"));
  const task = spawn(process.execPath, [BOOT, 'task', 't.mjs', '--component', 'b'], { cwd: folder.path });
  t.after(() => task.kill('SIGKILL'));
  const [frames, lines] = [new FramesFrom(task.stdout, '\nend\n'), new FramesFrom(task.stderr, '\n')];
  task.stdin.write(
    '{"conf":{},"context":{"componentid":"b"},"pidDir":null}\nend\n{"id":"1","comp":"a","stream":"default","task":1,"tuple":[1]}\nend\n',
  );
  assert.equal(await frames.next(), `{"pid":${task.pid}}`);
  assert.equal(await frames.next(), '{"command":"ack","id":"1"}');
  assert.equal(await lines.next(), 'here');
  task.stdin.end();
  assert.equal(await frames.next(), undefined);
});

test("the console's levels are those of the log", async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      `bolt([], (t, ctx) => {
    console.debug('d'); console.info('i %d', 1); console.warn('w', { a: 1 }); console.error(new Error('e')); ctx.log.trace('t');
  })`,
      "console.warn('loading')",
    ),
  );
  assert.deepEqual(await host.read(), { command: 'log', msg: 'loading', level: 3 });
  const logs = (await host.handle(['a'])).filter(({ command }) => command === 'log');
  assert.deepEqual(
    logs.map(({ level }) => level),
    [1, 2, 3, 4, 0],
  );
  assert.deepEqual(
    logs.map(({ msg }) => msg.split('\n')[0]),
    ['d', 'i 1', 'w { a: 1 }', 'Error: e', 't'],
  );
});

test('heartbeats are answered while a promise is waited for, and say how long', async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      "bolt([], async (t) => { log.info('in'); await new Promise((r) => { globalThis.go = r; process.once('SIGUSR2', r); }); })",
    ),
  );
  host.heartbeat();
  assert.deepEqual(await host.read(), { command: 'sync' });
  host.tuple(['a']);
  await host.takeUntil('log');
  host.heartbeat();
  const { busy } = await host.read();
  assert.equal(typeof busy, 'number');
  host.child.kill('SIGUSR2');
  assert.equal((await host.read()).command, 'ack');
  host.heartbeat();
  assert.deepEqual(await host.read(), { command: 'sync' });
});

test('a burst is answered in order, and nothing is lost', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t, { emit }) => emit([t.word]))"));
  for (let i = 0; i < 3000; i++) host.tuple([`w${i}`], { id: String(i) });
  for (let i = 0; i < 3000; i++) {
    assert.deepEqual([(await host.read()).tuple, (await host.read()).id], [[`w${i}`], String(i)]);
  }
});

test('large and strange values pass', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t, { emit }) => emit([t.word]))"));
  for (const value of ['x'.repeat(5_000_000), 'line\nend\nline', '\u2028\r\n\0é😀', { a: [1.5, null] }]) {
    assert.deepEqual(tuples(await host.handle([value])), [[value]]);
  }
});

test('integers beyond 2^53 pass untouched', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t, { emit }) => emit([t.word]))"));
  for (const text of [
    '12345678901234567890',
    '{"id":-9007199254740993,"s":"1234567890123456789"}',
    '[9007199254740992,1]',
  ]) {
    host.writeText(`{"id":"1","comp":"source","stream":"default","task":1,"tuple":[${text}]}\nend\n`);
    assert.equal(
      await host.frames.next(),
      `{"command":"emit","anchors":["1"],"tuple":[${text}],"need_task_ids":false}`,
    );
    await host.frames.next();
  }
});

test('frames come in any pieces, with CR LF and blank lines', async (t) => {
  const host = await Host.task(t, boltSource("bolt(['x'], (t, { emit }) => emit([t.word]))"));
  const frame = '\r\n\r\n{"id":"1","comp":"source","stream":"default",\r\n"task":1,"tuple":["é"]}\r\nend\r\n';
  for (const byte of Buffer.from(frame)) {
    host.to.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  assert.deepEqual(tuples(await host.takeUntil('ack')), [['é']]);
  host.writeText('no JSON\nend\n');
  assert.match((await host.read()).msg, /^the host sent what is no JSON/);
  assert.equal((await host.handle(['b'])).length, 2);
});

test('the end of the input lets promises end, and closes', async (t) => {
  const host = await Host.task(
    t,
    boltSource(`bolt({
    outputs: ['x'],
    async process(t, { emit }) { await new Promise((r) => setTimeout(r, 50)); emit([t.word]); },
    async close({ emit }) { await null; emit(['closed']); },
  })`),
  );
  host.tuple(['a']);
  host.tuple(['b']);
  assert.equal(await host.finish(), 0);
  assert.deepEqual(tuples(host.messages), [['a'], ['b'], ['closed']]);
  assert.deepEqual(commands(host.messages).slice(1), ['emit', 'ack', 'emit', 'ack', 'emit']);
});

test('what the user has left running does not keep the process', async (t) => {
  const host = await Host.task(t, boltSource('bolt([], (t) => {})', 'setInterval(() => {}, 1000);'));
  await host.handle(['a']);
  assert.equal(await host.finish(), 0);
});

test('a host that reads no more is left quietly, after close', async (t) => {
  const host = await Host.task(
    t,
    boltSource(
      "bolt({ outputs: ['x'], process(t, { emit }) { emit([t.word]); }, close() { console.log('closed'); } })",
    ),
  );
  host.from.destroy();
  await new Promise((resolve) => host.from.once('close', resolve));
  host.tuple(['a']);
  assert.equal(await host.exited, 0);
  assert.deepEqual([host.stdout(), host.stderr()], ['closed\n', '']);
});

test('exit in user code is the status and loses nothing', async (t) => {
  for (const [code, status] of [
    ['process.exit(3)', 3],
    ['process.exit()', 0],
    ['setTimeout(() => process.exit(4), 1)', 4],
  ]) {
    const host = await Host.task(t, boltSource(`bolt(['x'], (t, { emit }) => { emit([t.word]); ${code}; })`));
    host.tuple(['a']);
    assert.deepEqual((await host.read()).tuple, ['a']);
    assert.equal(await host.status(), status, code);
  }
});

test('an error that nobody catches is reported and ends the process', async (t) => {
  for (const code of [
    "setTimeout(() => { throw new Error('poller'); })",
    "Promise.reject(new Error('poller'))",
    "queueMicrotask(() => { throw new Error('poller'); })",
  ]) {
    const host = await Host.task(t, boltSource(`bolt([], (t) => { ${code}; })`));
    host.tuple(['a']);
    const { msg, file, line } = (await host.takeUntil('error')).at(-1);
    assert.match(msg, /^topology.mjs:3: poller \(Error\)\n {4}at /);
    assert.deepEqual([file, line], ['topology.mjs', 3]);
    assert.equal(await host.status(), 1, code);
  }
});

test('SIGTERM closes, SIGINT is the business of gstorm', async (t) => {
  const host = await Host.task(
    t,
    boltSource("bolt({ process(t) { return new Promise(() => {}); }, close() { console.log('closed'); } })"),
  );
  host.child.kill('SIGINT');
  host.tuple(['a']);
  host.heartbeat();
  await host.takeUntil('sync');
  host.child.kill('SIGTERM');
  assert.equal(await host.status(), 143);
  assert.equal(host.stdout(), 'closed\n');
});

test('a file that does not load is an error of the task', async (t) => {
  const host = await Host.task(t, "import 'gstorm';\nthrow new TypeError('too bad');\n");
  const { command, class: name, file, line } = await host.read();
  assert.deepEqual([command, name, file, line], ['error', 'TypeError', 'topology.mjs', 2]);
  assert.equal(await host.status(), 1);
  const other = await Host.task(t, boltSource('bolt([], (t) => {})'), { component: 'other' });
  assert.match((await other.read()).msg, /topology.mjs has no component other/);
  assert.equal(await other.status(), 1);
});

test('a component that can not be opened is an error of the task', async (t) => {
  for (const [source, message] of [
    [boltSource('bolt([], () => 3)'), /a function without parameters is taken for a factory/],
    [boltSource('bolt({ outputs: [] })'), /the bolt has no function process\(tuple, ctx\)/],
    [
      spoutSource('spout({ outputs: [] })'),
      /the spout has neither a function next\(ctx\) nor a generator stream\(ctx\)/,
    ],
    [
      boltSource("bolt({ process() {}, async prepare() { throw new Error('no connection'); } })"),
      /topology.mjs:3: no connection \(Error\)/,
    ],
  ]) {
    const host = await Host.task(t, source);
    assert.match((await host.read()).msg, message);
    assert.equal(await host.status(), 1);
  }
});

test('a promise does not outlive a killed host', async (t) => {
  const folder = new Folder(t);
  folder.write(
    'topology.mjs',
    boltSource("bolt(['x'], async (t, { emit }) => { emit([process.pid]); await new Promise(() => {}); })"),
  );
  const middle = folder.write(
    'middle.js',
    `
    const { Host } = require(${JSON.stringify(path.join(__dirname, 'support/host.js'))});
    Host.start({ after() {} }, { path: process.cwd() }, 'topology.mjs', 'b', { outputs: { default: ['x'] } }).then(async (host) => {
      host.tuple(['a']);
      require('node:fs').writeSync(1, String((await host.read()).tuple[0]) + '\\n');
      process.kill(process.pid, 'SIGKILL');
    });`,
  );
  const child = spawn(process.execPath, [middle], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new FramesFrom(child.stdout, '\n').next());
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
});

function isThere(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] !== 'Z';
  } catch {
    return false;
  }
}
