'use strict';

/** The tuples that came in one frame. The id of the first is a number, each of the others has the next one. */
class Batch {
  constructor({ first, comp, stream, task, batch }) {
    this.first = first;
    /** The values of each tuple. */
    this.rows = batch;
    /** Where they come from. A tuple that is kept keeps this, and not the others. */
    this.source = { comp, stream, task };
  }
}

module.exports = { Batch };
