'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { readPackage } = require('./boot/module_kind');
const position = require('./position');

// By the file that each leaves: what installs all that a package.json lists, and what adds to it.
const MANAGERS = [
  ['pnpm-lock.yaml', 'pnpm install', 'pnpm add'],
  ['yarn.lock', 'yarn install', 'yarn add'],
  ['bun.lock', 'bun install', 'bun add'],
];
const NPM = ['', 'npm install', 'npm install'];

/** The command that installs a package where a file needs it. */
function howToInstall(name, file) {
  const project = projectOf(path.dirname(file ?? process.cwd()));
  if (project === undefined) return `npm install ${name}`;
  const { dir, description } = project;
  const [, all, one] = MANAGERS.find(([lock]) => fs.existsSync(path.join(dir, lock))) ?? NPM;
  const listed = ['dependencies', 'devDependencies', 'optionalDependencies'].some((list) =>
    Object.hasOwn(description[list] ?? {}, name),
  );
  return (dir === process.cwd() ? '' : `cd ${position.relative(dir)} && `) + (listed ? all : `${one} ${name}`);
}

/** The nearest folder with a package.json. */
function projectOf(from) {
  for (let dir = from; ; dir = path.dirname(dir)) {
    const description = readPackage(dir);
    if (description) return { dir, description };
    if (dir === path.dirname(dir)) return undefined;
  }
}

module.exports = { howToInstall };
