'use strict';

/** What all errors of this library descend from. */
class GstormError extends Error {
  get name() {
    return this.constructor.name;
  }
}

/** A topology that is written down in a way that can't be described. */
class DefinitionError extends GstormError {}

/** Something that exists in Storm or in node-storm and not (or not yet) here. */
class NotAvailableError extends GstormError {}

/**
 * A tuple that can't be sent: an unknown stream, a wrong number of values, a value that JSON can't carry. It fails the
 * tuple that was being handled and is reported; the process lives on.
 */
class EmitError extends GstormError {}

/** Carries problems up to whoever reports them. */
class ProblemsError extends GstormError {
  /** problems: as Problem makes them. cause: the error that they were made of, if any. */
  constructor(problems, cause) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.problems = problems;
    this.cause = cause;
  }
}

module.exports = { GstormError, DefinitionError, NotAvailableError, EmitError, ProblemsError };
