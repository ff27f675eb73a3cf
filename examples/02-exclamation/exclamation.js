// Gives every word three exclamation marks, and then three more: a chain of two bolts that are the same function.
//
//   gstorm run examples/02-exclamation/exclamation.js
//   gstorm run examples/02-exclamation/exclamation.js -- hello world
//
// To try next: gstorm graph exclamation.js shows the chain; another t.bolt('exclaim3', exclaim) makes it longer; a throw in
// exclaim, now and then, shows that words which fail are sent again, so that the counts stay the same.
import { bolt, reliableSpout, topology } from 'gstorm';

const NAMES = ['nathan', 'mike', 'jackson', 'golda', 'bertels'];

const words = reliableSpout(['word'], function* () {
  const given = process.argv.slice(2);
  for (let i = 0; i < 1000; i++) {
    for (const word of given.length > 0 ? given : NAMES) yield [word];
  }
});

const exclaim = bolt(['word'], ({ word }, { emit }) => emit([`${word}!!!`]));

const report = bolt([], () => {
  const counts = new Map();
  return {
    process({ word }) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    },
    close() {
      for (const word of [...counts.keys()].sort()) console.log(`${String(counts.get(word)).padStart(7)} ${word}`);
    },
  };
});

export default topology('exclamation', (t) => {
  t.spout('words', words);
  t.bolt('exclaim1', exclaim, { parallelism: 3 }).shuffle('words');
  t.bolt('exclaim2', exclaim, { parallelism: 2 }).shuffle('exclaim1');
  t.bolt('report', report).global('exclaim2');
  t.configure({ maxSpoutPending: 1000 });
});
