'use strict';

// What nearly no text has, and is found out fastest: written as \d{16} it takes four times as long.
const LONG = new RegExp('\\d'.repeat(16));
// An integer of 16 digits or more where a value can begin. Ids of tuples don't match, they are strings.
const SUSPICIOUS = /[:,[]\s?-?\d{16}/;
// Strings are passed over whole; a number's fraction or exponent makes it no integer.
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const INTEGER = /^-?\d{16,}$/;

/** Whether a JSON text may hold an integer that a Number can't. */
function possible(text) {
  return LONG.test(text) && SUSPICIOUS.test(text);
}

/** JSON.parse, but integers that a Number can't hold exactly become BigInts. */
function parse(text) {
  const mark = unused(text);
  let found = false;
  const marked = text.replace(TOKENS, (token) => {
    if (!INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    found = true;
    return `"${mark}${token}"`;
  });
  if (!found) return JSON.parse(text);
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** What no string of the text begins with. */
function unused(text) {
  let mark = 'integer:';
  while (text.includes(mark)) mark = `_${mark}`;
  return mark;
}

module.exports = { possible, parse };
