'use strict';

// No id has this one as the next.
const NONE = -2;

/**
 * Gathers emits, fails and acks for one frame to a host that takes batches. The host applies the emits before the
 * others.
 */
class BatchFrame {
  #bytes;
  #begun = false; // emits stand at the end of the bytes, in a group with the stream and the task below
  #stream;
  #task;
  #head;
  #fails = '';
  #acks = '';
  #first = NONE; // of the acks that make a range
  #last = NONE;

  /** bytes: where its text is put. Nobody else may put anything there between the first emit and the end. */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /**
   * stream: its JSON text; undefined for the default one. head: the anchors or the message id as JSON text or a number,
   * undefined for none. values: those of the tuple, or their JSON text. Returns false, and has done nothing, if there is
   * a value that Bytes.plain doesn't take.
   */
  emit(stream, task, head, values) {
    const bytes = this.#bytes;
    const before = bytes.length;
    if (!this.#begun) bytes.text('{"command":"batch","emits":[{');
    if (!this.#begun || stream !== this.#stream || task !== this.#task) this.#group(stream, task, head);
    else if (head !== this.#head) this.#row('],[', head);
    if (!this.#put(values)) {
      bytes.truncate(before);
      return false;
    }
    this.#begun = true;
    this.#stream = stream;
    this.#task = task;
    this.#head = head;
    return true;
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
    return !this.#begun && this.#last === NONE && this.#fails === '';
  }

  /** How long its lists of fails and acks are, roughly, which come at its end. */
  get pending() {
    return this.#fails.length + this.#acks.length;
  }

  /** Puts the end. sync: whether the frame also answers the host's command. The frame is empty afterwards. */
  end(sync = false) {
    this.#closeRange();
    let text = this.#begun ? ']]}]' : '{"command":"batch"';
    if (this.#fails !== '') text += `,"fails":[${this.#fails}]`;
    if (this.#acks !== '') text += `,"acks":[${this.#acks}]`;
    this.#bytes.text(sync ? `${text},"sync":true}` : `${text}}`);
    this.#fails = this.#acks = '';
    this.#begun = false;
  }

  #group(stream, task, head) {
    let text = this.#begun ? ']]},{' : '';
    if (stream !== undefined) text += `"stream":${stream},`;
    if (task !== undefined) text += `"task":${task},`;
    this.#bytes.text(text);
    this.#row('"tuples":[[', head);
  }

  #row(before, head) {
    const bytes = this.#bytes;
    bytes.text(before);
    if (typeof head === 'number') bytes.number(head);
    else if (head === undefined) bytes.text('null');
    else bytes.text(head);
  }

  #put(values) {
    this.#bytes.text(',');
    if (typeof values !== 'string') return this.#bytes.row(values);
    this.#bytes.text(values);
    return true;
  }

  #closeRange() {
    if (this.#last === NONE) return;
    if (this.#acks !== '') this.#acks += ',';
    this.#acks += this.#first === this.#last ? this.#first : `[${this.#first},${this.#last}]`;
    this.#last = NONE;
  }
}

module.exports = { BatchFrame };
