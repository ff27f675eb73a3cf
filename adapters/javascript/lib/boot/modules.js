'use strict';

const Module = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { Substitutes } = require('./substitutes');

/**
 * Has require('gstorm'), and the names of the old libraries that aren't installed, find this library without any
 * node_modules. root: the copy of this library that is used.
 */
function installRequire(root) {
  const substitutes = new Substitutes(root);
  const original = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    return resolveWith(
      substitutes,
      request,
      () => original.call(this, request, ...rest),
      (url) => fileURLToPath(url),
    );
  };
}

/**
 * The same for import. Newer Nodes ask a function of this thread; older ones have a thread for it, which costs them
 * 35 ms, so this is for files that need it. module: the URL of a file that is known to be one, if any; to find that out
 * there takes as long again. Throws an Error on those that have neither.
 */
function installImport(root, module) {
  const substitutes = new Substitutes(root);
  if (typeof Module.registerHooks === 'function') {
    // They tell by themselves which files are modules.
    Module.registerHooks({
      resolve: (specifier, context, next) =>
        resolveWith(
          substitutes,
          specifier,
          () => next(specifier, context),
          (url) => ({ url, format: 'commonjs', shortCircuit: true }),
        ),
    });
  } else if (typeof Module.register === 'function') {
    const hooks = pathToFileURL(path.join(__dirname, 'import_hooks.mjs'));
    Module.register(hooks, { data: { root, module, always: substitutes.always } });
  } else {
    throw new Error(
      `this is Node ${process.versions.node}, where import can't find gstorm; ` +
        `Node 18.19, 20.6 and later can, and so does require('gstorm')`,
    );
  }
}

/** original() resolves as Node does; result(url) makes of a URL what it returns. */
function resolveWith(substitutes, specifier, original, result) {
  if (Object.hasOwn(substitutes.always, specifier)) return result(substitutes.always[specifier]);
  try {
    return original();
  } catch (error) {
    const missing = error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND';
    const url = missing && substitutes.otherwise(specifier);
    if (url) return result(url);
    throw error;
  }
}

/**
 * Node's advice about files without a package.json, and news of its own features, are no news of the user's topology.
 */
function silenceAdvice() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    const [options, code] = rest;
    const type = options?.type ?? options;
    if ((options?.code ?? code) === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    if (type === 'ExperimentalWarning' && /Type Stripping|ES Module|stripTypeScriptTypes/.test(String(warning))) return;
    emitWarning.call(process, warning, ...rest);
  };
}

module.exports = { installRequire, installImport, silenceAdvice };
