'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { Describing } = require('./support/describing');
const { Folder } = require('./support/folder');
const { Host, tuples, commands } = require('./support/host');
const { library } = require('./support/libraries');

// What was written for node-storm and for Apache's storm.js.

const NODE_STORM = `var storm = require('node-storm')
var lines = storm.spout(function (sync) {
  var self = this
  setTimeout(function () { self.emit(['a b'], { id: 7 }).then(function (tasks) { self.log('tasks ' + tasks) }); sync() }, 5)
}).declareOutputFields(['line']).on('ack', function (data) { this.collector.log('acked ' + data.id) })
var split = storm.basicbolt(function (data) {
  if (!data.tuple[0]) throw new Error('empty')
  data.tuple[0].split(' ').forEach(function (word) { this.emit([word]) }, this)
}).declareOutputFields(['word']).declareStream('late', true, ['word'])
var later = storm.asyncbolt(function (data, callback) {
  var self = this
  setTimeout(function () { self.emit([data.tuple[0]]); callback(data.tuple[0] === 'bad' ? 'no good' : null) }, 5)
}).declareOutputFields(['word'])
var manual = storm.bolt(function (data) { this.emit(['x'], { anchors: [data.id], task: 9 }); this.log(this.context().config('a')); this.ack(data) })
  .declareOutputFields(['x']).on('prepare', function (context) { this.collector.log('prepare ' + context.componentId()) })
var builder = storm.topologybuilder()
builder.setSpout('lines', lines)
builder.setBolt('split', split, 8).shuffleGrouping('lines')
builder.setBolt('later', later).fieldsGrouping('split', ['word']).globalGrouping('split', 'late')
builder.setBolt('manual', manual).directGrouping('split', 'late')
`;
const LOCAL = `${NODE_STORM}
var cluster = storm.localcluster()
cluster.submit(builder.createTopology(), { config: { 'topology.debug': true } }).delay(20).finally(function () { return cluster.shutdown() }).fail(console.error)
`;

const nodeStorm = (t, component, outputs = { default: ['word'] }) =>
  Host.task(t, LOCAL, { file: 'wordcount.cjs', component, outputs, conf: { a: 'setting' } });

test('a topology of node-storm is described, and its code goes on after the submission', async (t) => {
  const described = await Describing.of(t, LOCAL, { file: 'wordcount.cjs' });
  const { name, driver, config, components } = described.topology;
  assert.deepEqual([name, driver, config], ['wordcount', true, { 'topology.debug': true }]);
  assert.deepEqual(
    components.map(({ id, kind, parallelism, at }) => [id, kind, parallelism, at.line]),
    [
      ['lines', 'spout', 1, 17],
      ['split', 'bolt', 8, 18],
      ['later', 'bolt', 1, 19],
      ['manual', 'bolt', 1, 20],
    ],
  );
  assert.deepEqual(components[1].outputs, { default: { fields: ['word'] }, late: { fields: ['word'], direct: true } });
  assert.deepEqual(
    components[2].inputs.map(({ from, stream, grouping, fields }) => [from, stream, grouping, fields]),
    [
      ['split', 'default', 'fields', ['word']],
      ['split', 'late', 'global', undefined],
    ],
  );
  described.submitted();
  const { id, call } = await described.read();
  assert.equal(call, 'shutdown');
  described.write({ reply: id, error: null });
  assert.deepEqual(await described.read(), { event: 'done' });
});

test('storm.submit is as good', async (t) => {
  const described = await Describing.of(
    t,
    `${NODE_STORM}storm.submit(builder.createTopology(), { name: 'mine' }, function (err, name) { console.log(err, name) })`,
    { file: 'w.cjs' },
  );
  assert.equal(described.topology.name, 'mine');
  described.submitted();
  assert.deepEqual(await described.read(), { event: 'done' });
  await described.status();
  assert.equal(described.stderr(), 'null mine\n');
});

test("node-storm's spout emits, is told of acks, and gets the ids of tasks", async (t) => {
  const host = await nodeStorm(t, 'lines', { default: ['line'] });
  await host.command('activate');
  const [emit] = await host.command('next');
  assert.deepEqual([emit.tuple, emit.id, emit.need_task_ids], [['a b'], 7, true]);
  host.write([4, 5]);
  assert.equal((await host.read()).msg, 'tasks 4,5');
  assert.equal((await host.command('ack', 7))[0].msg, 'acked 7');
  assert.deepEqual(await host.command('fail', 7), []);
});

test("node-storm's bolts anchor, ack and fail as they did", async (t) => {
  const split = await nodeStorm(t, 'split');
  assert.deepEqual(
    (await split.handle(['a b'])).map(({ command, tuple, anchors }) => [command, tuple, anchors]),
    [
      ['emit', ['a'], ['1']],
      ['emit', ['b'], ['1']],
      ['ack', undefined, undefined],
    ],
  );
  assert.deepEqual(commands(await split.handle([''])), ['log', 'fail']);
  const later = await nodeStorm(t, 'later');
  assert.deepEqual(commands(await later.handle(['a'])), ['emit', 'ack']);
  assert.deepEqual(commands(await later.handle(['bad'])), ['emit', 'log', 'fail']);
  const manual = await nodeStorm(t, 'manual', { default: ['x'] });
  assert.equal((await manual.read()).msg, 'prepare manual');
  assert.deepEqual(
    (await manual.handle(['a'])).map(({ command, msg, task }) => msg ?? task ?? command),
    [9, 'setting', 'ack'],
  );
});

test('a node-storm that is installed is the one that is used, and what that means is told', async (t) => {
  const folder = new Folder(t);
  folder.write('node_modules/node-storm/index.js', "exports.spout = () => { throw new Error('the real one'); };");
  const hint = 'node-storm is installed and submits to a Storm cluster';
  const file = 'wordcount.cjs';
  const problem = await Describing.problem(t, LOCAL, { folder, file });
  assert.ok(problem.startsWith(`wordcount.cjs:2: error: Error: the real one: ${hint}`), problem);
  const silent = await Describing.problem(t, "require('node-storm');", { folder, file });
  assert.ok(silent.startsWith(`wordcount.cjs:1: error: there is no topology in wordcount.cjs: ${hint}`), silent);
});

const STORM_JS = `const { bolt, spout, topology } = require('gstorm');
const storm = require('./storm');
function Split() { storm.BasicBolt.call(this); }
Split.prototype = Object.create(storm.BasicBolt.prototype);
Split.prototype.initialize = function (conf, context, done) { this.suffix = conf.suffix; setTimeout(done, 5); };
Split.prototype.process = function (tup, done) {
  if (!tup.values[0]) return done(new Error('empty'));
  this.emit({ tuple: [tup.values[0] + this.suffix], anchorTupleId: tup.id }, (tasks) => { this.logInfo('tasks', tasks); done(); });
};
class Count extends storm.Spout {
  nextTuple(done) { this.n = (this.n ?? 0) + 1; this.emit({ tuple: [this.n], id: this.n }, () => {}); done(); }
  ack(id, done) { this.log('acked ' + id); done(); }
}
module.exports = topology('t', (t) => { t.spout('count', spout(['n'], Count)); t.bolt('b', bolt(['x'], Split)).shuffle('count'); });
`;

async function checkStormJs(t, folder) {
  const bolt = await Host.task(t, STORM_JS, { file: 't.cjs', folder, conf: { suffix: '!' } });
  const id = bolt.tuple(['a']);
  const emit = await bolt.read();
  assert.deepEqual([emit.tuple, emit.anchors, emit.need_task_ids], [['a!'], [id], true]);
  bolt.write([4]);
  assert.deepEqual(
    (await bolt.takeUntil('ack')).map(({ msg, id }) => msg ?? id),
    ['tasks [4]', id],
  );
  assert.equal((await bolt.handle([''])).at(-1).command, 'fail');
  assert.equal(await bolt.finish(), 0);
  const spout = await Host.task(t, STORM_JS, {
    file: 't.cjs',
    folder,
    component: 'count',
    outputs: { default: ['n'] },
  });
  assert.deepEqual(tuples(await spout.command('next')), [[1]]);
  spout.write([4]);
  assert.equal((await spout.command('ack', 1))[0].msg, 'acked 1');
}

test("components of storm.js's style run where there is no storm.js", async (t) => {
  await checkStormJs(t, new Folder(t));
});

const apache = library('javascript/storm.js');

test(
  "and where Apache's own lies beside the file",
  { skip: !apache && 'scripts/setup libraries fetches it' },
  async (t) => {
    const folder = new Folder(t);
    folder.write('storm.js', fs.readFileSync(apache, 'utf8'));
    await checkStormJs(t, folder);
  },
);

test('modules import the old names too', async (t) => {
  const described = await Describing.of(
    t,
    `import storm from 'node-storm';\nimport { BasicBolt } from './storm.js';
import { topology } from 'gstorm';\nexport default topology(storm.bolt.name + BasicBolt.name, () => {});`,
  );
  assert.equal(described.topology.name, 'boltBasicBolt');
});
