'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Describing } = require('./support/describing');
const { Folder } = require('./support/folder');

// What is wrong with a file is one message that says where and what to do.

const IMPORT = "import { bolt, builtin, spout, shell, external, topology } from 'gstorm';\n";
const within = (statement) => `${IMPORT}export default topology('t', (t) => {\n  ${statement}\n});\n`;

const CASES = [
  ['a syntax error', 'const a = 1;\n\nconst x = = 1;\n', "topology.mjs:3: error: syntax error: Unexpected token '='"],
  ['an exception', '\n\nthrow new TypeError("not today");\n', 'topology.mjs:3: error: TypeError: not today'],
  [
    'an exception in a function',
    '\nfunction f() {\n  null.x;\n}\nf();\n',
    /^topology.mjs:3: error: TypeError: Cannot read properties of null/,
  ],
  ['no Error', 'throw "text";', "topology.mjs:1: error: 'text' was thrown, which is no Error"],
  [
    'a rejected promise',
    '\nPromise.reject(new Error("later"));\nawait new Promise(() => {});',
    'topology.mjs:2: error: Error: later',
  ],
  ['an error of JSON', '\nJSON.parse("{");\n', /^topology.mjs:2: error: SyntaxError: /],
  ['an exit', 'process.exit(3);', 'topology.mjs: error: the file ended the process with exit(3)'],
  [
    'an endless wait',
    'await new Promise(() => {});',
    'topology.mjs:1: error: the file waits, with await at its top level, for something that never comes',
  ],
  [
    'a missing package',
    '\nimport _ from "no-such-package/fp";\n',
    "topology.mjs:2: error: the package no-such-package is missing ('no-such-package/fp'): npm install no-such-package",
  ],
  [
    'a missing scoped package',
    'import "@no/such";',
    "topology.mjs:1: error: the package @no/such is missing ('@no/such'): npm install @no/such",
  ],
  ['a missing file', '\nimport "./nowhere.js";\n', "topology.mjs:2: error: can't load the file ./nowhere.js"],
  ['a missing export', "\nimport { tpology } from 'gstorm';\n", /^topology.mjs:2: error: .*tpology/],
  [
    'no topology',
    'export const a = 1;\n',
    "topology.mjs:1: error: there is no topology in topology.mjs: export default topology('name', t => { t.spout(...); t.bolt(...) })",
  ],
  ['an empty file', '', /there is no topology in topology.mjs/],
  [
    'a topology that is not exported',
    `${IMPORT}\ntopology('t', (t) => {});\n`,
    'topology.mjs:3: error: the topology t is declared, but not exported: export default topology(...), or module.exports = topology(...)',
  ],
  [
    'a misspelt setting',
    within('t.configure({ maxSpoutPendng: 1 });'),
    'topology.mjs:3: error: unknown setting maxSpoutPendng, did you mean maxSpoutPending?',
  ],
  [
    'an unknown option',
    within("t.bolt('b', bolt([], (t) => {}), { paralelism: 2 });"),
    'topology.mjs:3: error: unknown option paralelism of b, did you mean parallelism? (known: parallelism, tasks, config, outputs)',
  ],
  [
    'a wrong number',
    within("t.bolt('b', bolt([], (t) => {}), { parallelism: 'two' });"),
    "topology.mjs:3: error: parallelism of b has to be a whole number, it is 'two'",
  ],
  [
    'no component',
    within("t.bolt('b', (t) => {});"),
    "topology.mjs:3: error: t.bolt('b', ...) takes what bolt() returns, external(), builtin() or shell(), not function",
  ],
  [
    'the wrong kind',
    within("t.bolt('b', spout(['a'], function* () {}));"),
    'topology.mjs:3: error: b is a spout, it is declared with t.bolt',
  ],
  [
    'outputs that are none',
    within("t.bolt('b', bolt([1], (t) => {}));"),
    /^topology.mjs:3: error: the outputs of a bolt have to be names of fields/,
  ],
  [
    'no concurrency',
    within("t.bolt('b', bolt([], (t) => {}, { concurrency: 0 }));"),
    'topology.mjs:3: error: the concurrency of a bolt has to be a whole number from 1 on, it is 0',
  ],
  [
    'no name',
    within("t.bolt('b', builtin({ path: 'a' }));"),
    "topology.mjs:3: error: builtin takes a name and options, as in builtin('lines', { path: 'posts.txt' })",
  ],
  [
    'no reference',
    within("t.bolt('b', external('report.py'));"),
    "topology.mjs:3: error: external('report.py'): expected FILE:COMPONENT, as in report.py:Report",
  ],
  [
    'an async topology',
    `${IMPORT}export default topology('t', async (t) => {});`,
    'topology.mjs:2: error: the function of topology t is async; await before it instead',
  ],
  [
    'no name',
    `${IMPORT}export default topology((t) => {});`,
    /^topology.mjs:2: error: topology takes a name and a function/,
  ],
  [
    'a config that can not be sent',
    within("t.configure({ 'my.key': NaN });"),
    /the config.my.key is NaN, which JSON has no number for/,
  ],
];

for (const [name, source, expected] of CASES) {
  test(name, async (t) => {
    const problem = await Describing.problem(t, source);
    if (typeof expected === 'string') assert.equal(problem, expected);
    else assert.match(problem, expected);
  });
}

test('problems of CommonJS files', async (t) => {
  const file = 'topology.cjs';
  for (const [source, expected] of [
    ['const a = 1;\n\nconst x = = 1;\n', "topology.cjs:3: error: syntax error: Unexpected token '='"],
    [
      "\nrequire('no-such-package');\n",
      "topology.cjs:2: error: the package no-such-package is missing ('no-such-package'): npm install no-such-package",
    ],
    ["\nrequire('./nowhere');\n", "topology.cjs:2: error: can't load the file ./nowhere"],
    ["throw new Error('not today');", 'topology.cjs:1: error: Error: not today'],
  ]) {
    assert.equal(await Describing.problem(t, source, { file }), expected);
  }
});

test('what is wrong in a file that the topology imports is told of that file', async (t) => {
  const folder = new Folder(t);
  folder.write('lib/syntax.mjs', "import fs from 'node:fs';\nconst x = ;\n");
  folder.write('lib/missing.mjs', '\n\nimport "no-such-package";\n');
  assert.equal(
    await Describing.problem(t, "import './lib/syntax.mjs';", { folder }),
    "lib/syntax.mjs:2: error: syntax error: Unexpected token ';'",
  );
  assert.equal(
    await Describing.problem(t, "import './lib/missing.mjs';", { folder }),
    "lib/missing.mjs:3: error: the package no-such-package is missing ('no-such-package'): npm install no-such-package",
  );
});

test("a missing package's command is that of the project", async (t) => {
  const ask = async (files) => {
    const folder = new Folder(t);
    for (const [name, content] of Object.entries(files)) folder.write(name, content);
    return (await Describing.problem(t, "import 'lodash';", { folder, file: 'app/topology.mjs' })).split(': ').at(-1);
  };
  assert.equal(await ask({ 'package.json': { dependencies: { lodash: '1' } } }), 'npm install');
  assert.equal(await ask({ 'package.json': {} }), 'npm install lodash');
  assert.equal(await ask({ 'app/package.json': { devDependencies: { lodash: '1' } } }), 'cd app && npm install');
  assert.equal(await ask({ 'package.json': {}, 'yarn.lock': '' }), 'yarn add lodash');
  assert.equal(await ask({ 'package.json': { dependencies: { lodash: '1' } }, 'pnpm-lock.yaml': '' }), 'pnpm install');
});

test(
  'TypeScript where Node can not run it is a problem that says which can',
  { skip: process.features.typescript },
  async (t) => {
    const problem = await Describing.problem(
      t,
      "import { topology } from 'gstorm';\nexport default topology('t', () => {});",
      { file: 'topology.ts' },
    );
    assert.match(
      problem,
      /^topology.ts:1: error: this is Node .*, which can't run TypeScript; Node 22.18 and later can/,
    );
  },
);

test('there is no such file', async (t) => {
  const folder = new Folder(t);
  const described = await Describing.start(t, folder, 'none.mjs');
  assert.equal(described.problems[0].message, 'there is no file none.mjs');
  assert.equal(await described.status(), 2);
});
