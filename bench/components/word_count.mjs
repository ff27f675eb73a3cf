// The components of the word count on gstorm's own library.
import { readFileSync } from 'node:fs';
import { bolt, spout } from 'gstorm';

const sentences = readFileSync(new URL('sentences.txt', import.meta.url), 'utf8').trim().split('\n');

// Emits the sentences in turn until it is stopped, each with an id.
export const Sentences = spout(['sentence'], () => {
  let n = 0;
  return {
    next({ emit }) {
      emit([sentences[n % sentences.length]], { id: n });
      n += 1;
    },
  };
});

export const Split = bolt(['word'], ({ sentence }, { emit }) => {
  for (const word of sentence.split(' ')) emit([word]);
});

// Counts the words, and says at its end how many there were.
export const Count = bolt(['word', 'count'], () => {
  const counts = new Map();
  return {
    process: ({ word }) => counts.set(word, (counts.get(word) ?? 0) + 1),
    close({ emit }) {
      for (const [word, count] of counts) emit([word, count]);
    },
  };
});

// Hands on what it gets.
export const Pass = bolt(['sentence'], ({ sentence }, { emit }) => emit([sentence]));
