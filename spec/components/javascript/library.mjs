// The two components that `gstorm conform` asks for, written with gstorm's own library.
import { bolt, reliableSpout, topology } from 'gstorm';

const count = reliableSpout(['v'], function* () {
  for (const n of [1, 2, 3]) yield [n];
});

const echo = bolt(['v'], (t, { emit }) => emit([t[0]]));

export default topology('conformance', (t) => {
  t.spout('count', count);
  t.bolt('echo', echo).shuffle('count');
});
