'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** A file of the folder that scripts/setup-libraries fills, undefined if it isn't there. */
function library(...names) {
  const cache =
    os.platform() === 'darwin'
      ? path.join(os.homedir(), 'Library/Caches')
      : (process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'));
  const file = path.join(process.env.GSTORM_TEST_LIBRARIES ?? path.join(cache, 'gstorm/test-libraries'), ...names);
  return fs.existsSync(file) ? file : undefined;
}

module.exports = { library };
