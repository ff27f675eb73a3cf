'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Describing } = require('./support/describing');
const { Folder } = require('./support/folder');

// What a file's topology is described as.

const TOPOLOGY = `import { bolt, external, shell, spout, topology } from 'gstorm';
const numbers = spout({ outputs: { default: ['n'], late: { fields: ['n'], direct: true } }, config: { debug: true }, next() {} });
class Double { process(t) {} }
export default topology('my-topology', (t) => {
  t.spout('numbers', numbers, { parallelism: 2 });
  t.bolt('double', bolt(['n', 'twice'], Double, { tick: [5, () => {}] }), { tasks: 4, config: { 'my.key': [1] } })
    .shuffle('numbers')
    .fields('numbers', 'n', 'late');
  t.bolt('report', external('report.py:Report')).from('double', { fields: ['n'] });
  t.bolt('split', shell(['python3', 'split.py'], { outputs: ['word'], dir: 'scripts' })).all('double');
  t.configure({ maxSpoutPending: 1000, 'topology.workers': 2, mine: t.env });
});
`;

test('components that come with gstorm are described by name and options', async (t) => {
  const described = await Describing.of(
    t,
    `import { builtin, topology } from 'gstorm';
export default topology('t', (t) => {
  t.spout('logs', builtin('lines', { path: ['a.log'], follow: true, poll: 0.5 }));
  t.bolt('some', builtin('filter', { when: 'line != ""' }), { outputs: ['text'] }).shuffle('logs');
  t.bolt('log', builtin('log')).shuffle('some');
});
`,
  );
  const [logs, some, log] = described.topology.components;
  assert.deepEqual(logs.run, {
    type: 'builtin',
    name: 'lines',
    options: { path: ['a.log'], follow: true, poll: 0.5 },
  });
  assert.deepEqual(some.run.options, { when: 'line != ""' });
  assert.deepEqual(some.outputs, { default: { fields: ['text'] } });
  assert.deepEqual(log.run, { type: 'builtin', name: 'log' });
});

test('a topology is described with all that was said of it, and where', async (t) => {
  const described = await Describing.of(t, TOPOLOGY);
  const at = (line) => ({ file: 'topology.mjs', line });
  assert.deepEqual(described.topology, {
    gstorm: 1,
    name: 'my-topology',
    language: 'javascript',
    file: 'topology.mjs',
    class: 'my-topology',
    classes: ['my-topology'],
    status: 'active',
    driver: false,
    config: { 'topology.max.spout.pending': 1000, 'topology.workers': 2, mine: 'local' },
    components: [
      {
        id: 'numbers',
        kind: 'spout',
        run: { type: 'file' },
        parallelism: 2,
        tasks: 2,
        config: { 'topology.debug': true },
        outputs: { default: { fields: ['n'] }, late: { fields: ['n'], direct: true } },
        inputs: [],
        at: at(5),
      },
      {
        id: 'double',
        kind: 'bolt',
        class: 'Double',
        run: { type: 'file' },
        parallelism: 1,
        tasks: 4,
        config: { 'topology.tick.tuple.freq.secs': 5, 'my.key': [1] },
        outputs: { default: { fields: ['n', 'twice'] } },
        inputs: [
          { from: 'numbers', stream: 'default', grouping: 'shuffle', at: at(7) },
          { from: 'numbers', stream: 'late', grouping: 'fields', fields: ['n'], at: at(8) },
        ],
        at: at(6),
      },
      {
        id: 'report',
        kind: 'bolt',
        run: { type: 'file', file: 'report.py', component: 'Report' },
        parallelism: 1,
        tasks: 1,
        config: {},
        outputs: {},
        inputs: [{ from: 'double', stream: 'default', grouping: 'fields', fields: ['n'], at: at(9) }],
        at: at(9),
      },
      {
        id: 'split',
        kind: 'bolt',
        run: { type: 'shell', command: ['python3', 'split.py'], dir: 'scripts' },
        parallelism: 1,
        tasks: 1,
        config: {},
        outputs: { default: { fields: ['word'] } },
        inputs: [{ from: 'double', stream: 'default', grouping: 'all', at: at(10) }],
        at: at(10),
      },
    ],
    problems: [],
  });
  assert.equal(await described.status(), 0);
});

test('what is printed while a file is loaded goes to stderr, and nothing keeps the process', async (t) => {
  const described = await Describing.of(
    t,
    `console.log('loading', process.argv.slice(2), process.env.GSTORM_ROLE); setInterval(() => {}, 1000);\n${TOPOLOGY}`,
    { args: ['--a', 'b c'] },
  );
  assert.equal(await described.status(), 0);
  assert.deepEqual([described.stdout(), described.stderr()], ['', "loading [ '--a', 'b c' ] describe\n"]);
});

test('by hand the description goes to stdout, and problems to stderr', async (t) => {
  const described = await Describing.of(t, `console.log('loading');\n${TOPOLOGY}`, { plain: true });
  assert.equal(await described.status(), 0);
  assert.equal(JSON.parse(described.stdout()).name, 'my-topology');
  const broken = await Describing.of(t, 'x.y();', { plain: true });
  assert.equal(await broken.status(), 2);
  assert.equal(broken.stderr(), 'topology.mjs:1: error: ReferenceError: x is not defined\n');
});

test('of several topologies the default one is taken, else the last, or the one that is picked', async (t) => {
  const one = (name) => `topology('${name}', (t) => { t.spout('s', spout({ next() {} })); })`;
  const several = `import { spout, topology } from 'gstorm';\nexport const First = ${one('a')};\nexport const Second = ${one('b')};\n`;
  const ask = async (source, flags) => {
    const { topology } = await Describing.of(t, source, { flags });
    return [topology.class, topology.name, topology.classes];
  };
  assert.deepEqual(await ask(several), ['Second', 'b', ['First', 'Second']]);
  assert.deepEqual(await ask(`${several}export default First;\n`), ['First', 'a', ['First', 'Second']]);
  assert.deepEqual(await ask(several, ['--class', 'First', '--name', 'mine']), ['First', 'mine', ['First', 'Second']]);
  assert.deepEqual(await ask(several, ['--class', 'a']), ['First', 'a', ['First', 'Second']]);
  assert.equal(
    await Describing.problem(t, several, { flags: ['--class', 'Third'] }),
    'topology.mjs:1: error: there is no topology Third in topology.mjs: there is First, Second',
  );
});

test('an initial status is for clusters', async (t) => {
  const source =
    "import { topology } from 'gstorm';\nexport default topology('t', (t) => { t.configure({ env: t.env }); }, { initialStatus: 'inactive' });";
  const [local, cluster] = [
    await Describing.of(t, source),
    await Describing.of(t, source, { flags: ['--env', 'cluster'] }),
  ];
  assert.deepEqual(
    [local.topology.status, cluster.topology.status, cluster.topology.config],
    ['active', 'inactive', { env: 'cluster' }],
  );
});

test('components are described by name: of the topology by their ids, others as they are exported', async (t) => {
  const source = `${TOPOLOGY}export const shout = bolt(['loud'], (t) => {});\n`;
  const { topology } = await Describing.of(t, source, { flags: ['--component', 'shout', '--component', 'double'] });
  assert.deepEqual(
    [
      topology.name,
      topology.components.map(({ id, kind, inputs, outputs }) => [id, kind, inputs, outputs.default.fields]),
    ],
    [
      '',
      [
        ['shout', 'bolt', [], ['loud']],
        ['double', 'bolt', [], ['n', 'twice']],
      ],
    ],
  );
  const alone = await Describing.of(
    t,
    "import { spout } from 'gstorm';\nexport const s = spout(['a'], function* () {});",
    { flags: ['--component', 's'] },
  );
  assert.equal(alone.topology.components[0].kind, 'spout');
  assert.equal(
    await Describing.problem(t, source, { flags: ['--component', 'numbers2'] }),
    'topology.mjs:1: error: topology.mjs has no component numbers2: a component is one of numbers, double, report, split, or an exported spout() or bolt()',
  );
});

test('files of every kind find the library', async (t) => {
  const body = "topology('t', (t) => {\n  t.spout('s', spout({ next() {} }));\n})";
  const esm = `import { spout, topology } from 'gstorm';\nexport default ${body};\n`;
  const cjs = `const { spout, topology } = require('gstorm');\nmodule.exports = ${body};\n`;
  const kinds = [
    ['t.mjs', esm],
    ['t.cjs', cjs],
    ['t.js', esm],
    ['t.js', cjs],
    ['t.js', esm, { type: 'module' }],
    ['t.js', cjs, { type: 'commonjs' }],
    ['t.js', cjs, { name: 'no type' }],
    ['t.js', `#!/usr/bin/env node\n${esm}`],
    ['deep/er/t.mjs', esm],
    ['t.js', `${cjs}exports = import('gstorm');`],
    ['t.mjs', "import helper from './helper.js';\nimport './helper.cjs';\nexport default helper;"],
  ];
  await Promise.all(
    kinds.map(async ([file, source, manifest]) => {
      const folder = new Folder(t);
      folder.write('helper.js', esm);
      folder.write('helper.cjs', cjs);
      if (manifest) folder.write('package.json', manifest);
      const described = await Describing.of(t, source, { folder, file });
      assert.equal(described.topology?.name, 't', JSON.stringify([file, source, described.problems]));
      assert.equal(await described.status(), 0);
      assert.equal(described.stderr(), '');
    }),
  );
});

const typescript = `import { bolt, spout, topology, type TopologyBuilder } from 'gstorm';
interface Named { name: string }
const named: Named = { name: 'typed' };
export default topology(named.name, (t: TopologyBuilder) => {
  t.spout('s', spout(['n'], function* () { yield [1 as number]; }));
});
`;

test('TypeScript is run where Node can run it', { skip: !process.features.typescript }, async (t) => {
  for (const file of ['t.ts', 't.mts']) {
    const described = await Describing.of(t, typescript, { file });
    assert.deepEqual([described.topology?.name, described.component('s')?.at], ['typed', { file, line: 5 }]);
    assert.equal(await described.status(), 0);
    assert.equal(described.stderr(), '');
  }
});

test('the line of a declaration is right in CommonJS too, and in a file that another one requires', async (t) => {
  const folder = new Folder(t);
  folder.write(
    'lib/wire.js',
    "const { spout } = require('gstorm');\nmodule.exports = (t) =>\n  t.spout('s', spout({ next() {} }));\n",
  );
  const described = await Describing.of(
    t,
    "const { topology } = require('gstorm');\nmodule.exports = topology('t', require('./lib/wire'));\n",
    { folder, file: 'topology.cjs' },
  );
  assert.deepEqual(described.component('s').at, { file: 'lib/wire.js', line: 3 });
});

test('an installed package of the same version is used, of another version is an error, and another package is let be', async (t) => {
  const { version } = require('../package.json');
  const source = "import { topology } from 'gstorm';\nexport default topology('t', () => {});";
  const installed = (installedVersion, marker) => {
    const folder = new Folder(t);
    folder.write('node_modules/gstorm/package.json', {
      name: 'gstorm',
      version: installedVersion,
      main: 'lib/index.js',
    });
    folder.write(
      'node_modules/gstorm/lib/index.js',
      "exports.topology = () => { throw new Error('the installed one'); };",
    );
    if (marker) folder.write('node_modules/gstorm/lib/boot.js', '');
    return folder;
  };
  assert.equal((await Describing.of(t, source, { folder: installed('9.9.9', false) })).topology?.name, 't');
  assert.equal(
    await Describing.problem(t, source, { folder: installed('9.9.9', true) }),
    `error: the installed package gstorm 9.9.9 (node_modules/gstorm) doesn't fit gstorm ${version}: npm install gstorm@${version}, or npm uninstall gstorm`,
  );
  const same = new Folder(t);
  same.write('node_modules/x', '');
  require('node:fs').cpSync(require('node:path').resolve(__dirname, '..'), `${same.path}/node_modules/gstorm`, {
    recursive: true,
  });
  const used = await Describing.of(
    t,
    `${source}\nconsole.log((await import('node:module')).createRequire(import.meta.url).resolve('gstorm'));`,
    { folder: same },
  );
  await used.status();
  assert.match(used.stderr(), /node_modules\/gstorm\/lib\/index.js/);
});
