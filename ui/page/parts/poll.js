// A document that is read again and again, for what does not come by itself.
import { text } from '../dom.js';
import { get } from '../api.js';
import { clean } from '../format.js';

// poll reads what path() says at once, then every so many ms while the page is seen. take(document) gets it; what goes wrong is
// said in the element problem, and read again. again() reads it now, and resolves once that is done; close() ends it.
export function poll(path, every, take, problem) {
  let timer;
  let abort;
  async function again() {
    clearTimeout(timer);
    abort?.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      if (!document.hidden) {
        const document = await get(path(), signal);
        if (signal.aborted) return;
        text(problem, '');
        take(document);
      }
    } catch (error) {
      if (signal.aborted) return;
      text(problem, clean(error.message, 500));
      if (!error.status && error.status !== 0) console.error(error); // not the server's fault
    }
    if (!signal.aborted) timer = setTimeout(again, every);
  }
  again();
  return {
    again,
    close() { clearTimeout(timer); abort.abort(); },
  };
}
