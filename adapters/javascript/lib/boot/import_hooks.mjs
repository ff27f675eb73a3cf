// Resolves what files import, in the thread that older Nodes have for it: see modules.js. Most topologies need no more
// of it than what `initialize` gets, so the rest is loaded when it is needed.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

let root;
let always; // URLs by specifier
let module; // the URL of a file that is known to be one

export function initialize(data) {
  ({ root, always, module } = data);
}

export async function resolve(specifier, context, next) {
  if (specifier === module) return { url: module, format: 'module', shortCircuit: true };
  if (Object.hasOwn(always, specifier)) return resolved(always[specifier]);
  try {
    return withFormat(await next(specifier, context));
  } catch (error) {
    const url = error.code === 'ERR_MODULE_NOT_FOUND' && otherwise(specifier);
    if (url) return resolved(url);
    throw error;
  }
}

function resolved(url) {
  return { url, format: 'commonjs', shortCircuit: true };
}

function otherwise(specifier) {
  const { Substitutes } = require('./substitutes.js');
  return new Substitutes(root).otherwise(specifier);
}

// The oldest of them take every .js file without a package.json for CommonJS.
function withFormat(found) {
  if (!found.url.startsWith('file:') || !found.url.endsWith('.js') || found.format === 'module') return found;
  const { kindOf } = require('./module_kind.js');
  return kindOf(fileURLToPath(found.url)) === 'module' ? { ...found, format: 'module' } : found;
}
