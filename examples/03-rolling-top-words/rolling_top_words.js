// What is trending: the ten tags that came most often in the last minute, as the minute moves on.
//
//   gstorm run examples/03-rolling-top-words/rolling_top_words.js
//   gstorm run examples/03-rolling-top-words/rolling_top_words.js -- 20     twenty times as fast as life
//   gstorm run --ui examples/03-rolling-top-words/rolling_top_words.js -- 10 again     over and over, for http://127.0.0.1:7777,
//                                                                                      whose board "Trending" moves along
//
// posts -fields-> rolling_count x3 -fields-> rank x2 -global-> board, and -> trending, which is on the page
//
// Time is that of the stream: after every ten seconds of posts the spout tells all counters what time it is. What one task
// sends to another arrives in the order in which it was sent, so a counter hears of the time when it has all posts until then,
// and the result never depends on how fast the machine is. Ticks come by the clock on the wall; here they only show that the
// topology is alive.
//
// To try next: another window (SLOTS), another trend in TRENDS, more tasks: none of the tasks counts on a number of others.
import { bolt, builtin, spout, topology } from 'gstorm';

const STEP = 10; // seconds by which the window moves
const SLOTS = 6; // steps in a window
const TOP = 10;

const LENGTH = 600;
const TAGS = ['#music', '#news', '#football', '#food', '#weather', '#cats', '#books', '#travel', '#garden', '#chess'];
const TRENDS = [
  { tag: '#comet', from: 120, until: 180 },
  { tag: '#goal', from: 300, until: 310 },
  { tag: '#blackout', from: 510, until: 600 },
];

// Ten minutes of posts, twenty a second, always the same. Tags are not tracked: a trend does not hang on a single post.
const posts = spout({ default: ['tag'], clock: ['time'] }, class {
  second = 0;
  seed = 2014;
  speed = Number(process.argv[2] ?? Infinity);
  again = process.argv[3] === 'again';
  started = performance.now() / 1000;

  next({ emit, finish }) {
    if (this.second === LENGTH && !this.again) return finish();
    if (performance.now() / 1000 < this.started + this.second / this.speed) return; // not yet
    for (let i = 0; i < 20; i++) emit([this.tag()]);
    this.second++;
    if (this.second % STEP === 0) emit.to('clock')([this.second]);
  }

  // A third of the posts follow the trend, if there is one. An eighth are about what hardly anybody else cares for.
  tag() {
    const second = this.second % LENGTH;
    const trend = TRENDS.find(({ from, until }) => second >= from && second < until);
    if (trend && this.random(3) === 0) return trend.tag;
    if (this.random(8) === 0) return `#${this.random(5000)}`;
    return TAGS[Math.min(this.random(10), this.random(10))];
  }

  // A whole number below n.
  random(n) {
    this.seed = (this.seed * 1664525 + 1013904223) % 4294967296;
    return (this.seed >>> 16) % n;
  }
});

// How often each tag came in the window, told whenever the window moves.
const rollingCount = bolt({ default: ['tag', 'count', 'time'], clock: ['time'] }, class {
  slots = Array.from({ length: SLOTS }, () => new Map()); // the oldest first

  process({ stream, tag, time }, { emit }) {
    if (stream === 'clock') this.slide(time, emit);
    else add(this.slots.at(-1), tag, 1);
  }

  slide(time, emit) {
    const window = new Map();
    for (const slot of this.slots) for (const [tag, count] of slot) add(window, tag, count);
    for (const [tag, count] of window) emit([tag, count, time]);
    emit.to('clock')([time]);
    this.slots = [...this.slots.slice(1), new Map()];
  }
});

const add = (counts, key, n) => counts.set(key, (counts.get(key) ?? 0) + n);

// The rankings of several senders, time by time.
class Rankings {
  rows = new Map();
  heard = new Map();

  constructor(senders) {
    this.senders = senders;
  }

  add(time, ...rows) {
    this.rows.set(time, [...(this.rows.get(time) ?? []), ...rows]);
  }

  // To be called once for each sender, after its rows. The last call returns the top of all.
  close(time) {
    add(this.heard, time, 1);
    if (this.heard.get(time) < this.senders) return undefined;
    const rows = this.rows.get(time) ?? [];
    this.rows.delete(time);
    this.heard.delete(time);
    return rows.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, TOP);
  }
}

// The top of those tags that this task gets to see.
const rank = bolt(['time', 'top'], class {
  prepare(ctx) {
    this.rankings = new Rankings(ctx.componentTasks('rolling_count').length);
  }

  process({ stream, tag, count, time }, { emit }) {
    if (stream !== 'clock') return this.rankings.add(time, [tag, count]);
    const top = this.rankings.close(time);
    if (top) emit([time, top]);
  }
});

// The top of all tags. Prints what comes and what goes, and how it ends.
const board = bolt([], class {
  top = [];

  prepare(ctx) {
    this.rankings = new Rankings(ctx.componentTasks('rank').length);
  }

  process({ time, top: some }) {
    this.rankings.add(time, ...some);
    const top = this.rankings.close(time);
    if (top && time >= STEP * SLOTS) this.show(time, top); // the first whole window
  }

  tick({ log }) {
    if (this.time) log.info(clock(this.time), ...names(this.top).slice(0, 3));
  }

  close() {
    this.top.forEach(([tag, count], i) => console.log(`${pad(i + 1, 2)}. ${tag.padEnd(10)} ${pad(count, 4)}`));
  }

  show(time, top) {
    const come = names(top).filter((tag) => !names(this.top).includes(tag));
    const gone = names(this.top).filter((tag) => !names(top).includes(tag));
    if (come.length > 0) console.log(clock(time), ...come.map((tag) => `+${tag}`), ...gone.map((tag) => `-${tag}`));
    this.time = time;
    this.top = top;
  }
}, { tick: 5 });

const names = (top) => top.map(([tag]) => tag);
const pad = (number, width) => String(number).padStart(width);
const clock = (time) => `${Math.floor(time / 60)}:${String(time % 60).padStart(2, '0')}`;

export default topology('rolling_top_words', (t) => {
  t.spout('posts', posts);
  t.bolt('rolling_count', rollingCount, { parallelism: 3 }).fields('posts', 'tag').all('posts', 'clock');
  t.bolt('rank', rank, { parallelism: 2 }).fields('rolling_count', 'tag').all('rolling_count', 'clock');
  t.bolt('board', board).global('rank');
  t.bolt('trending', builtin('board', { title: 'Trending', keep: 'ranking', value: 'top' })).shuffle('rank');
});
