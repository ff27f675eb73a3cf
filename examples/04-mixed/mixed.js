// The word count of the first example, each component in another language: Ruby reads the lines, Python splits them,
// JavaScript counts, Ruby reports.
//
//   gstorm run examples/04-mixed/mixed.js
//   gstorm run examples/04-mixed/mixed.js -- some.txt other.txt
//
// mixed.rb, mixed.py and mixed.yaml are the same topology. What a component emits is what its own file says; the same word
// goes to the same counter, whatever it was split by.
//
// To try next: another .rb, .py or .js at one of the components; .fields('split', 'wrod'), to see where the mistake is told;
// gstorm describe mixed.js.
import { external, topology } from 'gstorm';

export default topology('mixed', (t) => {
  t.spout('lines', external('../01-word-count/word_count.rb:lines'));
  t.bolt('split', external('../01-word-count/word_count.py:split'), { parallelism: 2 }).shuffle('lines');
  t.bolt('count', external('../01-word-count/word_count.js:count'), { parallelism: 2 }).fields('split', 'word');
  t.bolt('report', external('../01-word-count/word_count.rb:report')).global('count');
  t.configure({ maxSpoutPending: 1000 });
});
