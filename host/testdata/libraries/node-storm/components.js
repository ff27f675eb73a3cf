// Components on node-storm, one for each role of the tests. Its script is the same for all components of a topology;
// the handshake says which one to be. Nothing answers activate, ack and fail: the library does not, and leaves ack and
// fail to handlers that need not.
const fs = require('fs');
const storm = require('node-storm');

// True for the first of all tasks and lives that asks with this name.
function once(name) {
  try {
    fs.closeSync(fs.openSync('once-' + name, 'wx'));
    return true;
  } catch (e) {
    return false;
  }
}

function lines() {
  let todo;
  const pending = new Map();
  const spout = storm.spout((sync) => {
    emit();
    sync();
  }).declareOutputFields(['line']);
  const emit = () => {
    if (todo.length > 0) {
      const [number, line] = todo.shift();
      pending.set(number, line);
      spout.collector.emit([line], {id: number})
        .then((tasks) => spout.collector.log(`line ${number} went to ${tasks.length} task`));
    }
  };
  spout.on('prepare', (context) => {
    todo = context.config('test.lines').map((line, number) => [number, line]);
    emit(); // the first line is emitted before anybody asks
  });
  spout.on('ack', (data) => {
    pending.delete(data.id);
    spout.collector.log(`line ${data.id} acked`);
  });
  spout.on('fail', (data) => {
    spout.collector.log(`line ${data.id} failed`);
    todo.push([data.id, pending.get(data.id)]);
  });
  return spout;
}

function split() {
  return storm.basicbolt(function (data) {
    const line = data.tuple[0];
    if (line.startsWith('unlucky') && once('fail')) {
      throw new Error('unlucky'); // basicbolt logs it and fails the tuple
    }
    line.split(' ').forEach((word) => this.emit([word]));
  }).declareOutputFields(['word']);
}

function count() {
  const counts = {};
  return storm.basicbolt(function (data) {
    const word = data.tuple[0];
    counts[word] = (counts[word] || 0) + 1;
    this.emit([word, counts[word]]);
  }).declareOutputFields(['word', 'count']);
}

const orders = {
  echo: (out, data, value) => out.emit([value], {anchors: [data.id]}),
  tasks: (out, data, value) => out.emit([value], {anchors: [data.id]})
    .then((ids) => out.emit([ids], {stream: 'tasks', anchors: [data.id]})),
  direct: (out, data, value) => out.emit(['direct'], {stream: 'direct', task: value, anchors: [data.id]}),
  warn: (out, data, value) => out.log(value), // it knows no levels
  error: (out, data, value) => bolts.obey.queue({command: 'error', msg: value}),
  metrics: (out, data, value) => bolts.obey.queue({command: 'metrics', name: 'orders', params: value}),
  print: (out, data, value) => console.log(value),
  throw: (out, data, value) => {
    if (once('throw')) {
      throw new Error(value);
    }
  },
  leave: () => {
    if (once('leave')) {
      process.exit(0);
    }
  },
};

function obey() {
  return storm.bolt(function (data) {
    if (data.stream === '__tick') {
      this.emit([data.comp], {stream: 'ticks', anchors: [data.id]});
      this.ack(data);
      return;
    }
    const [order, value] = data.tuple;
    Promise.resolve(orders[order](this, data, value)).then(() => this.ack(data));
  }).declareOutputFields(['value']);
}

function faulty() {
  const secondLife = fs.existsSync('once-faulty');
  let emitted = false;
  return storm.spout(function (sync) {
    if (!emitted) {
      emitted = true;
      this.emit([once('faulty') ? 'first life' : 'second life'], {id: 'only'});
      sync();
    } else if (secondLife) {
      process.exit(0);
    } else {
      throw new Error('end of the first life');
    }
  }).declareOutputFields(['life']);
}

const bolts = {split: split(), count: count(), obey: obey()};
const builder = storm.topologybuilder();
builder.setSpout('lines', lines());
builder.setSpout('faulty', faulty());
Object.keys(bolts).forEach((id) => builder.setBolt(id, bolts[id]));
storm.submit(builder.createTopology(), {nimbus: 'none'}).fail(console.error);
