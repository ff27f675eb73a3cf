'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { Describing } = require('./support/describing');
const { Folder } = require('./support/folder');
const { Host, tuples } = require('./support/host');

// Code that a file runs once its topology is submitted.

const T = "const T = topology('t', (t) => { t.bolt('b', bolt(['x'], (t, { emit }) => emit([t.word]))); });\n";
const ESM = `import { bolt, run, submit, topology } from 'gstorm';\n${T}`;
const CJS = `const { bolt, run, submit, topology } = require('gstorm');\n${T}`;

test('run with seconds shuts the run down after them, and then goes on', async (t) => {
  const sources = {
    't.mjs': `${ESM}await run(T, { seconds: 0.05 });\nconsole.log('after');`,
    't.cjs': `${CJS}(async () => { await null; await run(T, { seconds: 0.05 }); console.log('after'); })();`,
  };
  for (const [file, source] of Object.entries(sources)) {
    const driver = await Describing.of(t, source, { file });
    assert.deepEqual([driver.topology.name, driver.topology.driver], ['t', true]);
    driver.submitted();
    const call = await driver.read();
    assert.equal(call.call, 'shutdown');
    driver.write({ reply: call.id, error: null });
    assert.deepEqual(await driver.read(), { event: 'done' });
    assert.equal(await driver.status(), 0);
    assert.equal(driver.stderr(), 'after\n');
  }
});

test('what follows is left to the process that has called gstorm, if there is one', async (t) => {
  const source = `${ESM}await run(T, { seconds: 0.01 });\nconsole.log('after');`;
  const driver = await Describing.of(t, source, { env: { GSTORM_CALLED_BY_NODE: '1' } });
  driver.submitted();
  driver.write({ reply: (await driver.read()).id, error: null });
  assert.deepEqual(await driver.read(), { event: 'done' });
  assert.equal(await driver.status(), 0);
  assert.equal(driver.stderr(), '');
});

test('run without seconds leaves the run to itself', async (t) => {
  const driver = await Describing.of(t, `${ESM}await run(T);`);
  driver.submitted();
  assert.deepEqual(await driver.read(), { event: 'done' });
  assert.equal(await driver.status(), 0);
});

test('submit gives the cluster', async (t) => {
  const driver = await Describing.of(
    t,
    `${ESM}const cluster = await submit(T);
    await cluster.deactivate('t'); await cluster.activate('t'); await cluster.kill('t', 3);
    try { await cluster.kill('other'); } catch (error) { console.log(error.message); }`,
  );
  driver.submitted();
  for (const [call, parameters, error] of [
    ['deactivate', { name: 't' }, null],
    ['activate', { name: 't' }, null],
    ['kill', { name: 't', wait: 3 }, null],
    ['kill', { name: 'other' }, 'there is no other'],
  ]) {
    const { id, ...made } = await driver.read();
    assert.deepEqual(made, { call, ...parameters });
    driver.write({ reply: id, error });
  }
  assert.deepEqual(await driver.read(), { event: 'done' });
  await driver.status();
  assert.equal(driver.stderr(), 'there is no other\n');
});

test('an error after the submission is a problem, with exit code 1', async (t) => {
  const driver = await Describing.of(t, `${ESM}await submit(T);\nthrow new Error('too bad');`);
  driver.submitted();
  await driver.read();
  assert.deepEqual(driver.problems, [
    { severity: 'error', message: 'Error: too bad', at: { file: 'topology.mjs', line: 4 } },
  ]);
  assert.equal(await driver.status(), 1);
});

test('a second submission is an error', async (t) => {
  const driver = await Describing.of(t, `${ESM}await submit(T);\nawait submit(T);`);
  driver.submitted();
  await driver.read();
  assert.equal(driver.problems[0].message, 't is a second topology to be run; gstorm runs one');
});

test('the code ends when gstorm has gone, before the submission and after it', async (t) => {
  for (const submitted of [false, true]) {
    const driver = await Describing.of(t, `${ESM}await submit(T);\nsetInterval(() => {}, 1000);`);
    if (submitted) driver.submitted();
    driver.hangUp();
    assert.equal(await driver.status(), 0);
  }
});

test('a task takes its component from what the file runs, and nothing after it is done there', async (t) => {
  for (const [file, source] of [
    ['t.mjs', `${ESM}await run(T);\nconsole.log('after');`],
    ['t.cjs', `${CJS}setTimeout(async () => { await run(T); console.log('after'); });`],
  ]) {
    const host = await Host.task(t, source, { file });
    assert.deepEqual(tuples(await host.handle(['a'])), [['a']]);
    assert.equal(await host.finish(), 0);
    assert.equal(host.stdout(), '');
  }
});

test('by hand the description is all', async (t) => {
  const driver = await Describing.of(t, `${ESM}await run(T);`, { plain: true });
  assert.equal(await driver.status(), 0);
  assert.equal(JSON.parse(driver.stdout()).driver, true);
});

test('node itself starts the gstorm on the PATH', (t) => {
  const folder = new Folder(t);
  folder.write('node_modules/.keep', '');
  fs.symlinkSync(path.resolve(__dirname, '..'), path.join(folder.path, 'node_modules/gstorm'));
  folder.write(
    'bin/gstorm',
    '#!/bin/sh\nshift\ncd "$(dirname "$1")"; echo "ran $(basename "$1") $2 $3"; [ "$3" != fail ]\n',
  );
  fs.chmodSync(path.join(folder.path, 'bin/gstorm'), 0o755);
  folder.write('t.mjs', `${ESM}await run(T);\nconsole.log('after');`);
  const node = (args, env) =>
    spawnSync(process.execPath, ['t.mjs', ...args], {
      cwd: folder.path,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  const withGstorm = { PATH: `${folder.path}/bin:${process.env.PATH}` };
  assert.equal(node(['arg'], withGstorm).stdout, 'ran t.mjs -- arg\nafter\n');
  assert.match(node(['fail'], withGstorm).stderr, /gstorm ended with exit code 1/);
  assert.match(node([], { PATH: '/nowhere' }).stderr, /there is no program gstorm on the PATH/);
});
