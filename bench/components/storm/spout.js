const fs = require('fs');
const path = require('path');
const storm = require('storm');

const sentences = fs.readFileSync(path.join(__dirname, '..', 'sentences.txt'), 'utf8').trim().split('\n');

function SentenceSpout() {
  storm.Spout.call(this);
  this.n = 0;
}
SentenceSpout.prototype = Object.create(storm.Spout.prototype);
SentenceSpout.prototype.constructor = SentenceSpout;
for (const handled of ['activate', 'deactivate']) {
  SentenceSpout.prototype[handled] = (done) => done();
}
for (const ended of ['ack', 'fail']) {
  SentenceSpout.prototype[ended] = (id, done) => done();
}
SentenceSpout.prototype.nextTuple = function (done) {
  this.emit({ tuple: [sentences[this.n % sentences.length]], id: String(this.n) }, () => done());
  this.n += 1;
};

new SentenceSpout().run();
