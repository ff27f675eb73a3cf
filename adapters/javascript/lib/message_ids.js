'use strict';

/**
 * The message ids of a spout's pending tuples, and what they are called on the wire. That is unique: it has the number
 * of the process, so that an answer to an earlier process of the same task isn't mistaken for one to this, the number of
 * the tuple, and a place in the lists here.
 *
 * They are no Map: V8 makes a new table for one whenever so many have come and gone, and the old ones, with all that is
 * in them, are kept for long by those before them.
 */
class MessageIds {
  #prefix = `${process.pid}-`;
  #last = 0;
  #names = []; // on the wire, by place
  #ids = [];
  #free = []; // places

  /** id: anything but undefined. Returns its name. */
  add(id) {
    const place = this.#free.length > 0 ? this.#free.pop() : this.#ids.length;
    const name = `${this.#prefix}${++this.#last}-${place}`;
    this.#names[place] = name;
    this.#ids[place] = id;
    return name;
  }

  /** The id of a name, which is forgotten; undefined if there is none. name: anything. */
  take(name) {
    const text = String(name);
    const place = Number(text.slice(text.lastIndexOf('-') + 1));
    if (this.#names[place] !== text) return undefined;
    const id = this.#ids[place];
    this.#names[place] = this.#ids[place] = undefined;
    this.#free.push(place);
    return id;
  }
}

module.exports = { MessageIds };
