'use strict';

// No id has this one as the next.
const NONE = -2;

/**
 * Gathers emits, fails and acks for one frame to a host that takes batches. The host applies the emits before the
 * others.
 */
class BatchFrame {
  #emits = '';
  #fails = '';
  #acks = '';
  #open = false; // a group of emits, with the stream and the task below
  #stream;
  #task;
  #first = NONE; // of the acks that make a range
  #last = NONE;

  /**
   * stream: its JSON text; undefined for the default one. head: the anchors or the message id as JSON text or a number,
   * undefined for none. values: the JSON text of the tuple.
   */
  emit(stream, task, head, values) {
    const row = `[${head ?? 'null'},${values}`;
    if (this.#open && stream === this.#stream && task === this.#task) this.#emits += `],${row}`;
    else this.#emits += this.#begin(stream, task) + row;
  }

  /** id: a number. Those that follow each other become one range. */
  ack(id) {
    if (id !== this.#last + 1) {
      this.#closeRange();
      this.#first = id;
    }
    this.#last = id;
  }

  fail(id) {
    this.#fails += this.#fails === '' ? id : `,${id}`;
  }

  get isEmpty() {
    return !this.#open && this.#last === NONE && this.#fails === '';
  }

  /** How long the frame is, roughly, in characters. */
  get length() {
    return this.#emits.length + this.#fails.length + this.#acks.length;
  }

  /** The frame's JSON text. sync: whether it also answers the host's command. The frame is empty afterwards. */
  take(sync = false) {
    this.#closeRange();
    let text = '{"command":"batch"';
    if (this.#open) text += `,"emits":[${this.#emits}]]}]`;
    if (this.#fails !== '') text += `,"fails":[${this.#fails}]`;
    if (this.#acks !== '') text += `,"acks":[${this.#acks}]`;
    this.#emits = this.#fails = this.#acks = '';
    this.#open = false;
    return sync ? `${text},"sync":true}` : `${text}}`;
  }

  #begin(stream, task) {
    let text = this.#open ? ']]},{' : '{';
    if (stream !== undefined) text += `"stream":${stream},`;
    if (task !== undefined) text += `"task":${task},`;
    this.#open = true;
    this.#stream = stream;
    this.#task = task;
    return `${text}"tuples":[`;
  }

  #closeRange() {
    if (this.#last === NONE) return;
    if (this.#acks !== '') this.#acks += ',';
    this.#acks += this.#first === this.#last ? this.#first : `[${this.#first},${this.#last}]`;
    this.#last = NONE;
  }
}

module.exports = { BatchFrame };
