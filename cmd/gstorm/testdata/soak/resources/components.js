// A spout, a bolt and a sink on storm.js that misbehave: components.js ROLE FOLDER NAME UNTIL. What they write into FOLDER
// is read by the test: see journal.rb.
const fs = require('fs');
const path = require('path');
const storm = require('./storm');

const [role, folder, name, until] = process.argv.slice(2);
const rate = 15;
const over = () => Date.now() / 1000 >= Number(until);

// One of the kinds, once in so many calls, until the end comes.
function misdeed(...kinds) {
  if (Math.random() < 1 / 300 && !over()) {
    return kinds[Math.floor(Math.random() * kinds.length)];
  }
}

function commit(what) {
  switch (what) {
    case 'raise':
      throw new Error('on purpose');
    case 'exit':
      return process.exit(0);
    case 'torn':
      fs.writeSync(1, '{"command":"emit","anchors":["');
      return process.exit(1);
    case 'noise':
      return console.log('a debug print, left in');
    case 'flood':
      return process.stderr.write(('y'.repeat(79) + '\n').repeat(1000));
  }
}

// Emits 0, 1, 2 and so on, each again until it is acked, in this life or a later one.
class Numbers extends storm.Spout {
  initialize(conf, context, done) {
    const file = path.join(folder, 'journal.' + name);
    this.next = 0;
    this.open = new Set();
    for (const line of fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : []) {
      const [what, number] = line.split(' ');
      if (what === 'e') {
        this.next++;
        this.open.add(Number(number));
      } else if (what === 'a') {
        this.open.delete(Number(number));
      }
    }
    this.again = [...this.open].sort((a, b) => a - b);
    this.journal = fs.openSync(file, 'a');
    this.due = Date.now();
    done();
  }

  activate(done) { done(); }
  deactivate(done) { done(); }

  nextTuple(done) {
    commit(misdeed('raise', 'torn', 'noise', 'flood'));
    if (this.again.length === 0 && over()) {
      if (this.open.size === 0) {
        process.exit(0);
      }
      setTimeout(done, 50);
      return;
    }
    this.due = Math.max(this.due + 1000 / rate, Date.now());
    setTimeout(() => this.emitNext(done), this.due - Date.now());
  }

  emitNext(done) {
    let number = this.again.shift();
    if (number === undefined) {
      number = this.next++;
      fs.writeSync(this.journal, `e ${number}\n`);
      this.open.add(number);
    }
    this.emit({tuple: [name, number], id: number}, () => {});
    done();
  }

  ack(id, done) {
    if (this.open.delete(id)) {
      fs.writeSync(this.journal, `a ${id}\n`);
    }
    done();
  }

  fail(id, done) {
    this.again.push(id);
    done();
  }
}

class Halves extends storm.BasicBolt {
  process(tuple, done) {
    const [from, number] = tuple.values;
    const what = misdeed('raise', 'exit', 'torn', 'noise', 'flood', 'fail', 'forget', 'twice');
    commit(what);
    if (what === 'forget') {
      return;
    }
    if (what === 'fail') {
      done(new Error('on purpose'));
      return;
    }
    for (const half of ['a', 'b']) {
      this.emit({tuple: [from, number, half], anchorTupleId: tuple.id}, () => {});
    }
    done();
    if (what === 'twice') {
      done();
    }
  }
}

class Sink extends storm.BasicBolt {
  initialize(conf, context, done) {
    this.file = fs.openSync(path.join(folder, 'seen.' + process.pid), 'a');
    done();
  }

  process(tuple, done) {
    commit(misdeed('raise', 'exit', 'noise', 'flood'));
    fs.writeSync(this.file, tuple.values.join(' ') + '\n');
    done();
  }
}

const roles = {numbers: Numbers, halves: Halves, sink: Sink};
new roles[role]().run();
