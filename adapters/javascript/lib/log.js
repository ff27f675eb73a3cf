'use strict';

const util = require('node:util');

const LEVELS = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 };

let least = 0;

let sink = (level, message) => console.error(`${Object.keys(LEVELS)[level].toUpperCase()} ${message}`);

/** Where lines of the log go: sink(level, text). Until a task says otherwise it is stderr. */
function setSink(to) {
  sink = to;
}

/** From which level on lines are made, by name; '': all of them, as it is until gstorm says something else. */
function setLevel(name) {
  least = LEVELS[name] ?? 0;
}

/**
 * The log of a component: lines that gstorm shows with the component's name, each made of its arguments as those of
 * console.log are.
 */
const log = Object.freeze(
  Object.fromEntries(
    Object.entries(LEVELS).map(([name, level]) => [
      name,
      (...parts) => {
        if (level >= least) sink(level, util.format(...parts));
      },
    ]),
  ),
);

/** In a task the console's levels are those of the log; console.log prints, like process.stdout.write. */
function takeConsole(console) {
  for (const level of ['debug', 'info', 'warn', 'error']) console[level] = log[level];
}

module.exports = { LEVELS, log, setLevel, setSink, takeConsole };
