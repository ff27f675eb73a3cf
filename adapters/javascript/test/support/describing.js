'use strict';

const { spawn } = require('node:child_process');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const { Folder } = require('./folder');
const { FramesFrom } = require('./frames_from');
const { BOOT } = require('./host');
const { pipe } = require('./pipes');

/** Plays gstorm to one describing process. */
class Describing {
  #output = { stdout: '', stderr: '' };

  /** Starts the process for a file in a folder and reads its first message. */
  static async start(t, folder, file, { flags = [], args = [], env = {}, plain = false } = {}) {
    const describing = new Describing();
    describing.#spawn(t, folder, [file, ...flags, '--', ...args], env, plain);
    if (!plain) await describing.read();
    return describing;
  }

  /** Describes a source. */
  static of(t, source, options = {}) {
    const folder = options.folder ?? new Folder(t);
    return Describing.start(t, folder, folder.write(options.file ?? 'topology.mjs', source), options);
  }

  /** The only problem of a source that can't be described, in one line. */
  static async problem(t, source, options) {
    const describing = await Describing.of(t, source, options);
    assert.equal(await describing.status(), 2, describing.stderr());
    assert.equal(describing.problems?.length, 1);
    const [{ severity, message, at, hint }] = describing.problems;
    return [...(at ? [Object.values(at).join(':')] : []), severity, message, ...(hint ? [hint] : [])].join(': ');
  }

  /** The next message of the process, undefined at its end. */
  async read() {
    const line = await this.lines.next();
    if (line === undefined) return undefined;
    const message = JSON.parse(line);
    this.topology ??= message.topology;
    this.problems = message.problems ?? this.problems;
    return message;
  }

  write(message) {
    this.to.write(`${JSON.stringify(message)}\n`);
  }

  submitted() {
    this.write({ event: 'submitted', env: 'local', name: this.topology.name });
  }

  hangUp() {
    this.to.end();
  }

  /** Resolves to the exit status. */
  status() {
    return this.exited;
  }

  stdout() {
    return this.#output.stdout;
  }

  stderr() {
    return this.#output.stderr;
  }

  component(id) {
    return this.topology.components.find((component) => component.id === id);
  }

  #spawn(t, folder, argv, env, plain) {
    const [input, output] = [pipe(folder.path), pipe(folder.path)];
    this.child = spawn(process.execPath, [BOOT, 'describe', ...argv], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'pipe', output.to, input.from],
      env: { ...process.env, ...(plain ? {} : { GSTORM_CONTROL_OUT: '3', GSTORM_CONTROL_IN: '4' }), ...env },
    });
    fs.closeSync(input.from);
    fs.closeSync(output.to);
    for (const name of ['stdout', 'stderr'])
      this.child[name].setEncoding('utf8').on('data', (text) => {
        this.#output[name] += text;
      });
    this.exited = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(signal ?? code)));
    this.to = new net.Socket({ fd: input.to, readable: false, writable: true }).on('error', () => {});
    const from = new net.Socket({ fd: output.from, readable: true, writable: false });
    this.lines = new FramesFrom(from, '\n');
    t.after(async () => {
      this.child.kill('SIGKILL');
      this.to.destroy();
      from.destroy();
      await this.exited;
    });
  }
}

module.exports = { Describing };
