'use strict';

/** How many letters must be inserted, removed, replaced or swapped with their neighbour to make b of a. */
function editDistance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [last, row] = [rows[i - 1], [i]];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

/**
 * The word of the list that a misspelt one most likely meant: at most a third of its letters differ. Undefined: none.
 */
function nearest(word, words) {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const near = words.map((other) => [editDistance(word, other), other]).sort((a, b) => a[0] - b[0])[0];
  return near && near[0] <= limit ? near[1] : undefined;
}

/** '' or ', did you mean x?' */
function suggestion(word, words) {
  const near = nearest(String(word), words);
  return near === undefined ? '' : `, did you mean ${near}?`;
}

module.exports = { nearest, suggestion };
