const storm = require('storm');

function SplitBolt() {
  storm.BasicBolt.call(this);
}
SplitBolt.prototype = Object.create(storm.BasicBolt.prototype);
SplitBolt.prototype.constructor = SplitBolt;
SplitBolt.prototype.process = function (tup, done) {
  for (const word of tup.values[0].split(' ')) {
    this.emit({ tuple: [word], anchorTupleId: tup.id }, () => {});
  }
  done();
};

new SplitBolt().run();
