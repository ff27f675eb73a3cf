'use strict';

const FLAGS = { '--class': 'className', '--env': 'env', '--name': 'name' };
const USAGE = 'usage: boot.js describe|task FILE [--class C] [--env E] [--name N] [--component NAME] [-- ARGS]';

/**
 * Reads the command line of boot.js. rest: what the topology's file finds in process.argv.
 * Throws an Error that says what is wrong with it.
 */
function parse(argv) {
  const [mode, file, ...words] = argv;
  const options = { mode, file, className: undefined, env: 'local', name: undefined, components: [], rest: [] };
  while (words.length > 0) {
    const word = words.shift();
    if (word === '--') {
      options.rest = words;
      break;
    }
    if (word === '--component') {
      options.components.push(words.shift());
    } else if (Object.hasOwn(FLAGS, word)) {
      options[FLAGS[word]] = words.shift();
    } else {
      throw new Error(`unknown option ${word}`);
    }
  }
  const complete = file !== undefined && (mode === 'describe' || (mode === 'task' && options.components.length > 0));
  if (!complete) throw new Error(USAGE);
  return options;
}

module.exports = { parse };
