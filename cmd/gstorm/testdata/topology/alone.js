// A topology of one component, which prints at its first call and goes on for ever.
import { spout, topology } from 'gstorm';

let said = false;
const alone = spout(['nothing'], () => {
  if (!said) console.log('hello');
  said = true;
});

export default topology('alone', (t) => t.spout('alone', alone));
