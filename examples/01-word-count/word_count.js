// Counts the words of the files given after --, or of harbour.txt:
//
//   gstorm run examples/01-word-count/word_count.js
//   gstorm run examples/01-word-count/word_count.js -- some.txt other.txt
//
// Every line is a tuple that gstorm tracks: should a splitter or a counter fail, the line is sent again.
import { fileURLToPath } from 'node:url';
import { bolt, reliableSpout, topology } from 'gstorm';

const lines = reliableSpout({
  outputs: ['line'],
  // The run ends when this has returned and every line has been handled.
  *stream(ctx) {
    const named = process.argv.slice(2);
    const files = named.length > 0 ? named : [fileURLToPath(new URL('harbour.txt', import.meta.url))];
    for (const line of ctx.readLines(...files)) yield [line];
  },
});

const split = bolt(['word'], ({ line }, { emit }) => {
  for (const word of line.toLowerCase().match(/[a-z]+/g) ?? []) emit([word]);
});

const count = bolt(['word', 'count'], () => {
  const counts = new Map();
  return {
    process: ({ word }) => counts.set(word, (counts.get(word) ?? 0) + 1),
    // Reaches the report before it closes.
    close({ emit }) {
      for (const [word, n] of counts) emit([word, n]);
    },
  };
});

const report = bolt([], () => {
  const counts = [];
  return {
    process: ({ word, count }) => counts.push([count, word]),
    close() {
      counts.sort(([m, a], [n, b]) => n - m || (a < b ? -1 : 1));
      for (const [n, word] of counts) console.log(`${String(n).padStart(7)} ${word}`);
    },
  };
});

export default topology('word_count', (t) => {
  t.spout('lines', lines);
  t.bolt('split', split, { parallelism: 2 }).shuffle('lines');
  t.bolt('count', count, { parallelism: 2 }).fields('split', 'word');
  t.bolt('report', report).global('count');
  t.configure({ maxSpoutPending: 1000 });
});
