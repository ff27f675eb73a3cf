// Components on storm.js, one for each role of the tests: components.js ROLE. They override what the library's
// documentation has one override: neither activate nor, in Faulty, ack, whose defaults never answer.
const fs = require('fs');
const storm = require('./storm');

// True for the first of all tasks and lives that asks with this name.
function once(name) {
  try {
    fs.closeSync(fs.openSync('once-' + name, 'wx'));
    return true;
  } catch (e) {
    return false;
  }
}

class Lines extends storm.Spout {
  initialize(conf, context, done) {
    this.todo = conf['test.lines'].map((line, number) => [number, line]);
    this.pending = new Map();
    this.nextTuple(done); // the first line is emitted before anybody asks, and before the pid
  }

  nextTuple(done) {
    if (this.todo.length > 0) {
      const [number, line] = this.todo.shift();
      this.pending.set(number, line);
      // The task ids come after done has been called.
      this.emit({tuple: [line], id: number}, (tasks) => this.log(`line ${number} went to ${tasks.length} task`));
    }
    done();
  }

  ack(id, done) {
    this.pending.delete(id);
    this.log(`line ${id} acked`);
    done();
  }

  fail(id, done) {
    this.log(`line ${id} failed`);
    this.todo.push([id, this.pending.get(id)]);
    done();
  }
}

class Split extends storm.BasicBolt {
  process(tuple, done) {
    const line = tuple.values[0];
    if (line.startsWith('unlucky') && once('fail')) {
      done(new Error('unlucky'));
      return;
    }
    line.split(' ').forEach((word) => this.emit({tuple: [word], anchorTupleId: tuple.id}, () => {}));
    done();
  }
}

class Count extends storm.BasicBolt {
  initialize(conf, context, done) {
    this.counts = {};
    done();
  }

  process(tuple, done) {
    const word = tuple.values[0];
    this.counts[word] = (this.counts[word] || 0) + 1;
    this.emit({tuple: [word, this.counts[word]], anchorTupleId: tuple.id}, () => {});
    done();
  }
}

class Obey extends storm.BasicBolt {
  process(tuple, done) {
    if (tuple.isTickTuple()) {
      this.emit({tuple: [tuple.component], stream: 'ticks', anchorTupleId: tuple.id}, () => done());
      return;
    }
    const [order, value] = tuple.values;
    this[order](tuple, value, done);
  }

  echo(tuple, value, done) {
    this.emit({tuple: [value], anchorTupleId: tuple.id}, () => done());
  }

  tasks(tuple, value, done) {
    this.emit({tuple: [value], anchorTupleId: tuple.id}, (ids) => {
      this.emit({tuple: [ids], stream: 'tasks', anchorTupleId: tuple.id}, () => done());
    });
  }

  direct(tuple, value, done) {
    this.emitDirect({tuple: ['direct'], stream: 'direct', task: value, anchorTupleId: tuple.id});
    done();
  }

  // Not `log`: that is the library's.
  warn(tuple, value, done) {
    this.logWarn(value);
    done();
  }

  error(tuple, value, done) {
    this.sendMsgToParent({command: 'error', msg: value});
    done();
  }

  metrics(tuple, value, done) {
    this.sendMsgToParent({command: 'metrics', name: 'orders', params: value});
    done();
  }

  print(tuple, value, done) {
    console.log(value);
    done();
  }

  throw(tuple, value, done) {
    if (once('throw')) {
      throw new Error(value);
    }
    done();
  }

  leave(tuple, value, done) {
    if (once('leave')) {
      process.exit(0);
    }
    done();
  }
}

class Faulty extends storm.Spout {
  initialize(conf, context, done) {
    this.secondLife = !once('faulty');
    this.emitted = false;
    done();
  }

  nextTuple(done) {
    if (!this.emitted) {
      this.emitted = true;
      this.emit({tuple: [this.secondLife ? 'second life' : 'first life'], id: 'only'}, () => done());
    } else if (this.secondLife) {
      process.exit(0);
    } else {
      throw new Error('end of the first life');
    }
  }
}

const roles = {lines: Lines, split: Split, count: Count, obey: Obey, faulty: Faulty};
new roles[process.argv[2]]().run();
