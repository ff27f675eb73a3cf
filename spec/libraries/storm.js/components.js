// What `gstorm conform` asks for, on storm.js: components.js echo|count. It overrides what the library's documentation says
// that one overrides: not activate and deactivate.
const storm = require('./storm');

class Echo extends storm.BasicBolt {
  process(tuple, done) {
    if (tuple.isTickTuple()) {
      done();
      return;
    }
    this.emit({tuple: [tuple.values[0]], anchorTupleId: tuple.id}, () => done());
  }
}

class Count extends storm.Spout {
  initialize(conf, context, done) {
    this.waiting = [1, 2, 3];
    done();
  }

  nextTuple(done) {
    if (this.waiting.length === 0) {
      done();
      return;
    }
    const n = this.waiting.shift();
    this.emit({tuple: [n], id: n}, () => done());
  }

  ack(id, done) {
    done();
  }

  fail(id, done) {
    this.waiting.push(id);
    done();
  }
}

const roles = {echo: Echo, count: Count};
new roles[process.argv[2]]().run();
