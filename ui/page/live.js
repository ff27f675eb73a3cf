// A stream of documents that is begun again whenever it breaks, and never breaks unseen.
import { events } from './api.js';

const silence = 5000; // ms without a sign of life after which a connection counts as lost; one comes every second
const waits = [500, 1000, 2000, 3000, 5000]; // ms before each next try

// Live follows an address. on.document(name, value) gets each document, on.state(state, since, message) what became of the
// connection: "connecting", "live", "lost", "refused" (the server answers, but not with this). Ends by stop().
export class Live {
  #stopped = false;
  #abort = null;
  #wake = () => {};

  constructor(path, on) {
    this.path = path;
    this.on = on;
    this.rest = 0; // ms that the page is left in peace between two documents: at most a third of the time is spent on them
    this.at = null; // when the last document came
    this.seen = () => { if (document.hidden) this.#abort?.abort('hidden'); else this.#wake(); };
    document.addEventListener('visibilitychange', this.seen);
    this.#run();
  }

  stop() {
    this.#stopped = true;
    document.removeEventListener('visibilitychange', this.seen);
    this.#abort?.abort('stopped');
    this.#wake();
  }

  async #run() {
    for (let tries = 0; !this.#stopped; tries++) {
      if (document.hidden) await this.#pause(); // a page that nobody sees costs nothing
      if (this.#stopped) return;
      if (tries === 0) this.on.state('connecting');
      const end = await this.#once(() => { tries = 0; });
      if (this.#stopped || end === 'gone') return;
      if (end !== 'hidden') await this.#pause(waits[Math.min(tries, waits.length - 1)]);
    }
  }

  // once follows the address until the connection ends.
  async #once(well) {
    this.#abort = new AbortController();
    let watch;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => this.#abort.abort('silent'), silence);
    };
    try {
      alive();
      for await (const event of events(this.path, this.#abort.signal)) {
        alive();
        if (!event) continue;
        if (event.name === 'gone') {
          this.on.state('gone');
          return 'gone';
        }
        this.at = Date.now();
        well();
        this.on.state('live');
        this.#show(event);
      }
    } catch (error) {
      if (this.#stopped) return 'stopped';
      if (this.#abort.signal.reason === 'hidden') return 'hidden';
      if (error.status >= 400 && error.status < 500) {
        this.on.state('refused', error);
        return 'refused';
      }
      if (error instanceof SyntaxError) console.error(error); // what came can't be read: not the network's fault
    } finally {
      clearTimeout(watch);
    }
    if (!this.#stopped) this.on.state('lost');
    return 'lost';
  }

  // show gives the newest document to the page once it has time: what came while it drew the one before is not drawn at all.
  #show(event) {
    const drawing = this.newest !== undefined;
    this.newest = event;
    if (drawing) return;
    setTimeout(() => {
      const { name, data } = this.newest;
      this.newest = undefined;
      if (this.#stopped) return;
      const began = performance.now();
      this.on.document(name, JSON.parse(data));
      this.rest = 2 * (performance.now() - began);
    }, this.rest);
  }

  #pause(time) {
    return new Promise((resolve) => {
      const timer = time === undefined ? 0 : setTimeout(resolve, time);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
