import { existsSync } from 'node:fs';
import { bolt, reliableSpout, topology } from 'gstorm';

const numbers = reliableSpout({
  outputs: ['n', 'text'],
  *stream() {
    for (let n = 0; n < 50; n++) yield [n, `<é ${n}>`];
  },
});

const work = bolt(['n'], ({ n }, { emit }) => {
  if (n === 13 && !existsSync(process.env.MENDED)) throw new Error('13 brings bad luck');
  emit([n]);
});

export default topology('poison', (t) => {
  t.spout('numbers', numbers);
  t.bolt('work', work).shuffle('numbers');
  t.configure({ 'gstorm.retry.max': 3 });
});
