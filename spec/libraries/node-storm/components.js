// What `gstorm conform` asks for, on node-storm. Its worker learns from the handshake which component of the topology it
// is; the suite calls all of them `component`, so the topology is made for the one: components.js echo|count.
const storm = require('node-storm');

const echo = () => storm.basicbolt(function (data) {
  if (data.stream !== '__tick') {
    this.emit([data.tuple[0]]);
  }
}).declareOutputFields(['v']);

const count = () => {
  const waiting = [1, 2, 3];
  return storm.spout(function (sync) {
    if (waiting.length > 0) {
      const n = waiting.shift();
      this.emit([n], {id: n});
    }
    sync();
  }).declareOutputFields(['v']).on('fail', (data) => waiting.push(data.id));
};

const builder = storm.topologybuilder();
if (process.argv[2] === 'echo') {
  builder.setBolt('component', echo());
} else {
  builder.setSpout('component', count());
}
storm.submit(builder.createTopology(), {nimbus: 'none'}).fail(console.error);
