'use strict';

const { CLEAN } = require('./wire_values');

const CAPACITY = 64 * 1024;
// The characters of a string up to here are put one by one; beyond it a call into Node costs less.
const SHORT = 24;
const INT32_MAX = 0x7fffffff;
const MOST_DIGITS = 10; // of such a number
const [SPACE, QUOTE, COMMA, ZERO, OPEN, BACKSLASH, CLOSE, TILDE] = [0x20, 0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x5d, 0x7e];

/**
 * JSON text that is gathered to be written, as UTF-8. To put the words that most tuples consist of straight into the
 * bytes costs less than to make one string of them, which has to be made bytes then.
 */
class Bytes {
  #buffer = Buffer.allocUnsafeSlow(CAPACITY);
  #length = 0;

  get length() {
    return this.#length;
  }

  /** Takes back what has been put since it was of this length. */
  truncate(length) {
    this.#length = length;
  }

  /** The bytes, good until more is put. */
  get all() {
    return this.#buffer.subarray(0, this.#length);
  }

  clear() {
    this.#length = 0;
    if (this.#buffer.length > CAPACITY) this.#buffer = Buffer.allocUnsafeSlow(CAPACITY);
  }

  /** Any text. */
  text(text) {
    this.#reserve(3 * text.length);
    if (text.length > SHORT || !this.#ascii(text)) this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  /** The values of a tuple, if all are plain. Returns whether they are; nothing is put if not. */
  row(values) {
    const start = this.#length;
    this.#byte(OPEN);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.#byte(COMMA);
      if (!this.plain(values[i])) {
        this.#length = start;
        return false;
      }
    }
    this.#byte(CLOSE);
    return true;
  }

  /** A finite number. */
  number(number) {
    if (Number.isInteger(number) && number >= 0 && number <= INT32_MAX) this.#digits(number);
    else this.text(String(number));
  }

  /**
   * A value that JSON has a form for: a string, a boolean, a finite number, null. Returns whether it is one; nothing is
   * put if not. Runs no code of the user.
   */
  plain(value) {
    switch (typeof value) {
      case 'string':
        this.#string(value);
        return true;
      case 'number':
        if (!Number.isFinite(value)) return false;
        this.number(value);
        return true;
      case 'boolean':
        this.text(value ? 'true' : 'false');
        return true;
      default:
        if (value !== null) return false;
        this.text('null');
        return true;
    }
  }

  /** Puts a text if it is ASCII, and returns whether it was. There has to be room for it. */
  #ascii(text) {
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > TILDE) return false;
      buffer[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #string(string) {
    const put = string.length <= SHORT ? this.#short(string) : this.#long(string);
    if (!put) this.text(JSON.stringify(string));
  }

  /** Puts a string if there is nothing to escape in it, and returns whether there wasn't. */
  #short(string) {
    const { length } = string;
    this.#reserve(length + 2);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = string.charCodeAt(i);
      if (code < SPACE || code === QUOTE || code === BACKSLASH || code > TILDE) return false;
      buffer[at++] = code;
    }
    buffer[at++] = QUOTE;
    this.#length = at;
    return true;
  }

  /** The same. */
  #long(string) {
    if (!CLEAN.test(string)) return false;
    const { length } = string;
    this.#reserve(length + 2);
    const buffer = this.#buffer;
    const at = this.#length;
    buffer[at] = QUOTE;
    buffer.write(string, at + 1, 'latin1');
    buffer[at + 1 + length] = QUOTE;
    this.#length = at + length + 2;
    return true;
  }

  #byte(byte) {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  #digits(number) {
    this.#reserve(MOST_DIGITS);
    const buffer = this.#buffer;
    let end = this.#length + 1;
    for (let rest = number; rest > 9; rest = (rest / 10) | 0) end++;
    this.#length = end;
    for (let rest = number | 0; ; ) {
      const tens = (rest / 10) | 0;
      buffer[--end] = ZERO + rest - 10 * tens;
      if (tens === 0) return;
      rest = tens;
    }
  }

  #reserve(size) {
    const needed = this.#length + size;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

module.exports = { Bytes };
