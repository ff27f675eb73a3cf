'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');

const OWN = { gstorm: 'index.js', 'gstorm/testing': 'testing.js' };
const COMPAT = { 'node-storm': 'node_storm.js', storm: 'storm.js' };

/** What the names of this library, and of those that it stands in for, are resolved to. */
class Substitutes {
  #root;

  /** root: the copy of this library that is used. */
  constructor(root) {
    this.#root = root;
    /** By the names of this library, the URLs of the files that they always mean. */
    this.always = Object.fromEntries(Object.entries(OWN).map(([name, file]) => [name, this.#url(file)]));
  }

  /**
   * The URL of the file to take where there is none for the specifier: an old library that isn't installed. Undefined:
   * none.
   */
  otherwise(specifier) {
    const name = /^\.{1,2}\//.test(specifier) ? path.posix.basename(specifier, '.js') : specifier;
    if (name !== 'storm' && name !== specifier) return undefined;
    return Object.hasOwn(COMPAT, name) ? this.#url(path.join('compat', COMPAT[name])) : undefined;
  }

  #url(file) {
    return pathToFileURL(path.join(this.#root, 'lib', file)).href;
  }
}

module.exports = { Substitutes };
