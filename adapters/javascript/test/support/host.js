'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { Folder } = require('./folder');
const { FramesFrom } = require('./frames_from');
const { pipe } = require('./pipes');

const BOOT = path.resolve(__dirname, '../../lib/boot.js');
const PRINTS = '.prints';
const EXTENSION = { v: 1, features: ['finished', 'busy', 'error_at'] };

/** Plays the host to one task in a process of its own, over pipes, as gstorm does. */
class Host {
  messages = [];
  #ids = 0;
  #stderr = '';

  /**
   * Starts a task of a file in a folder and shakes hands. inputs: {component: fields of its default stream, or {stream:
   * fields}}. outputs: {stream: fields}; consumed: the streams of them that somebody subscribes to. prints: a descriptor for
   * what is printed; else stdout() has it.
   */
  static async start(t, folder, file, component, options = {}) {
    const host = new Host();
    host.#spawn(
      t,
      folder,
      [file, ...(options.flags ?? []), '--component', component, '--', ...(options.args ?? [])],
      options,
    );
    host.#handshake(folder, component, options);
    host.accepted = (await host.read())?.gstorm;
    return host;
  }

  /** Starts a task of a source, whose component is called b. */
  static task(t, source, options = {}) {
    const folder = options.folder ?? new Folder(t);
    const file = folder.write(options.file ?? 'topology.mjs', source);
    return Host.start(t, folder, file, options.component ?? 'b', {
      inputs: { source: ['word'] },
      outputs: { default: ['x'] },
      ...options,
    });
  }

  /** Sends a tuple and returns its id. */
  tuple(values, { from = 'source', stream = 'default', id = String(++this.#ids), task = 1 } = {}) {
    this.write({ id, comp: from, stream, task, tuple: values });
    return id;
  }

  tick() {
    return this.tuple([1], { from: '__system', stream: '__tick', task: -1 });
  }

  heartbeat() {
    return this.tuple([], { from: null, stream: '__heartbeat', task: -1, id: 'hb' });
  }

  /** Sends a command and resolves to the messages that come before its sync. */
  async command(name, id = '') {
    this.write({ command: name, id });
    return (await this.takeUntil('sync')).slice(0, -1);
  }

  write(message) {
    this.writeText(`${JSON.stringify(message)}\nend\n`);
  }

  writeText(text) {
    this.to.write(text);
  }

  /** The next message of the task. Rejects where there is none. */
  async read() {
    const text = await this.frames.next();
    if (text === undefined) throw new Error(`the task has ended\n${this.#stderr}`);
    const message = JSON.parse(text);
    this.messages.push(message);
    return message;
  }

  /** The messages up to the first of that command, itself included. */
  async takeUntil(command) {
    const taken = [];
    do taken.push(await this.read());
    while (taken.at(-1).command !== command);
    return taken;
  }

  /** Sends a tuple and resolves to the messages up to its ack or fail. */
  async handle(values, options) {
    const id = this.tuple(values, options);
    const taken = [];
    do taken.push(await this.read());
    while (!['ack', 'fail'].includes(taken.at(-1).command) || taken.at(-1).id !== id);
    return taken;
  }

  /** Ends the input and resolves to what is left and the exit status. */
  async finish() {
    this.to.end();
    return this.status();
  }

  /** Reads to the end and resolves to the exit status. */
  async status() {
    for (let text; (text = await this.frames.next()) !== undefined; ) this.messages.push(JSON.parse(text));
    return this.exited;
  }

  stdout() {
    return fs.readFileSync(this.prints, 'utf8');
  }

  stderr() {
    return this.#stderr;
  }

  get pid() {
    return this.child.pid;
  }

  #spawn(t, folder, argv, { env, prints = fs.openSync(path.join(folder.path, PRINTS), 'w') }) {
    const [input, output] = [pipe(folder.path), pipe(folder.path)];
    this.prints = path.join(folder.path, PRINTS);
    this.child = spawn(process.execPath, [BOOT, 'task', ...argv], {
      cwd: folder.path,
      stdio: [input.from, output.to, 'pipe', prints],
      env: { ...process.env, GSTORM_STDOUT_FD: '3', ...env },
    });
    for (const fd of [input.from, output.to, prints]) fs.closeSync(fd);
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.exited = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(signal ?? code)));
    this.to = new net.Socket({ fd: input.to, readable: false, writable: true }).on('error', () => {});
    this.from = new net.Socket({ fd: output.from, readable: true, writable: false });
    this.frames = new FramesFrom(this.from, '\nend\n');
    t.after(async () => {
      this.child.kill('SIGKILL');
      this.to.destroy();
      this.from.destroy();
      await this.exited;
    });
  }

  #handshake(
    folder,
    component,
    { conf = {}, inputs = {}, outputs = {}, consumed = Object.keys(outputs), offer = EXTENSION },
  ) {
    this.pidDir = fs.mkdtempSync(path.join(folder.path, '.pids-'));
    const fields = Object.entries(inputs).map(([from, streams]) => [
      from,
      Array.isArray(streams) ? { default: streams } : streams,
    ]);
    const context = {
      taskid: 3,
      componentid: component,
      'task->component': { 1: 'source', 3: component },
      'source->stream->fields': Object.fromEntries(fields),
      'stream->outputfields': outputs,
      'stream->target->grouping': Object.fromEntries(consumed.map((stream) => [stream, { sink: { type: 'SHUFFLE' } }])),
    };
    this.write({ pidDir: this.pidDir, conf, context, ...(offer && { gstorm: offer }) });
  }
}

/** The source of a file whose topology has the bolt b. */
function boltSource(bolt, head = '') {
  return `import { batchBolt, bolt, log, topology } from 'gstorm';\n${head}\nexport default topology('t', (t) => { t.bolt('b', ${bolt}).shuffle('source'); });\n`;
}

/** The source of a file whose topology has the spout b. */
function spoutSource(spout, head = '') {
  return `import { reliableSpout, spout, topology } from 'gstorm';\n${head}\nexport default topology('t', (t) => { t.spout('b', ${spout}); });\n`;
}

const tuples = (messages) => messages.filter(({ command }) => command === 'emit').map(({ tuple }) => tuple);
const commands = (messages) => messages.map(({ command }) => command);

module.exports = { Host, BOOT, boltSource, spoutSource, tuples, commands };
