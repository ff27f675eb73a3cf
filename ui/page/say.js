// What the page has to say for a moment: read out, and gone after a while.
import { text } from './dom.js';

const place = document.getElementById('said');
let timer;

export function say(message, bad = false) {
  clearTimeout(timer);
  place.dataset.bad = bad;
  text(place, message);
  timer = setTimeout(() => text(place, ''), bad ? 15000 : 6000);
}
