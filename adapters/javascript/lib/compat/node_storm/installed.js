'use strict';

/** What to do where a file has loaded the real node-storm, which wants a Storm cluster. Undefined where it hasn't. */
function hint() {
  if (!Object.keys(require.cache).some((file) => file.includes('/node_modules/node-storm/'))) return undefined;
  return 'node-storm is installed and submits to a Storm cluster; without it (npm uninstall node-storm) gstorm runs the file itself';
}

module.exports = { hint };
