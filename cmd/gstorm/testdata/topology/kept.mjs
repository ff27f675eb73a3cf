// kept.rb in JavaScript: writes every word to a file before it is acked, so that what was lost can be counted.
// Arguments: a folder, a text. Every process leaves its id in FOLDER/pids.
import fs from 'node:fs';
import { bolt, reliableSpout, spout, topology } from 'gstorm';

const [folder, text] = process.argv.slice(2);
const leavePid = (name) => fs.writeFileSync(`${folder}/pids/${name}.${process.pid}`, '');

// Replays by itself, from memory.
const remembering = reliableSpout({
  outputs: ['line'],
  *stream(ctx) {
    for (const line of ctx.readLines(text)) yield [line];
  },
});

// Survives its own death: it notes up to which line everything was acked, and begins there.
const noting = spout(['line'], class {
  note = `${folder}/offset`;
  acked = new Set();
  again = [];

  open() {
    leavePid('noting');
    this.lines = fs.readFileSync(text, 'utf8').trimEnd().split('\n');
    this.ackedTo = fs.existsSync(this.note) ? Number(fs.readFileSync(this.note, 'utf8')) : 0;
    this.at = this.ackedTo;
  }

  next({ emit, finish }) {
    const number = this.again.shift() ?? (this.at < this.lines.length ? this.at++ : undefined);
    if (number !== undefined) emit([this.lines[number]], { id: number });
    else if (this.ackedTo === this.lines.length) finish();
  }

  ack(number) {
    this.acked.add(number);
    while (this.acked.delete(this.ackedTo)) this.ackedTo++;
    fs.writeFileSync(`${this.note}.new`, String(this.ackedTo));
    fs.renameSync(`${this.note}.new`, this.note);
  }

  fail(number) {
    this.again.push(number);
  }
});

const split = bolt(['word'], () => {
  leavePid('split');
  return ({ line }, { emit }) => {
    for (const word of line.toLowerCase().match(/[a-z]+/g) ?? []) emit([word]);
  };
});

const sink = bolt([], () => {
  leavePid('sink');
  const file = fs.openSync(`${folder}/words.${process.pid}`, 'a');
  return ({ word }) => {
    fs.writeSync(file, `${word}\n`);
  };
});

const kept = (name, lines) => topology(name, (t) => {
  t.spout('lines', lines);
  t.bolt('split', split, { parallelism: 2 }).shuffle('lines');
  t.bolt('sink', sink, { parallelism: 2 }).fields('split', 'word');
  t.configure({ maxSpoutPending: 50 });
});

export const BoltsDie = kept('bolts_die', remembering);
export const SpoutDies = kept('spout_dies', noting);
