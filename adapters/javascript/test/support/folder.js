'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** A folder for the files of one test, which goes with it. t: the test's context. */
class Folder {
  constructor(t) {
    this.path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gstorm-js-')));
    t.after(() => fs.rmSync(this.path, { recursive: true, force: true }));
  }

  /** Writes a file and returns its name. */
  write(name, content) {
    const file = path.join(this.path, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return name;
  }

  read(name) {
    return fs.readFileSync(path.join(this.path, name), 'utf8');
  }
}

module.exports = { Folder };
