'use strict';

/**
 * The function emit(values, options) that a handler gets, with emit.to(stream) and emit.direct(task), which give the
 * same for another stream or for one task. write(values, options) does it.
 */
function emitter(write, preset) {
  const emit = preset === undefined ? write : (values, options) => write(values, { ...preset, ...options });
  emit.to = (stream) => emitter(write, { ...preset, stream });
  emit.direct = (task) => emitter(write, { ...preset, task });
  return emit;
}

module.exports = { emitter };
