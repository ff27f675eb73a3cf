// Counts the words of the files given after --, or of three lines of its own:
//
//   gstorm run my_topology.js
//   gstorm run my_topology.js -- some.txt other.txt
import { bolt, reliableSpout, topology } from 'gstorm';

const LINES = ['what was sent out', 'has to come home', 'or to say that it will not come home'];

// A line that fails on its way is sent again. The run ends when the generator has and every line has been handled.
const lines = reliableSpout(['line'], function* (ctx) {
  const files = process.argv.slice(2);
  for (const line of files.length > 0 ? ctx.readLines(...files) : LINES) yield [line];
});

const split = bolt(['word'], ({ line }, { emit }) => {
  for (const word of line.toLowerCase().match(/\S+/g) ?? []) emit([word]);
});

// Could be several tasks: the same word always goes to the same one.
const count = bolt(['word', 'count'], () => {
  const counts = new Map();
  return {
    process({ word }, { emit }) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      emit([word, counts.get(word)]);
    },
    close() {
      for (const word of [...counts.keys()].sort()) console.log(`${counts.get(word)} ${word}`);
    },
  };
});

export default topology('my_topology', (t) => {
  t.spout('lines', lines);
  t.bolt('split', split, { parallelism: 2 }).shuffle('lines');
  t.bolt('count', count).fields('split', 'word');
  t.configure({ maxSpoutPending: 1000 });
});
