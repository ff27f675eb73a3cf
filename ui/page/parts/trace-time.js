// Where the time of a tuple tree went. Tuples of a tree are under way at once, so their times don't add up; what does is the
// chain that ends with the tuple that was answered last: each was emitted while the one before it was worked on.

// marks are the moments of a span, of which any may be unknown, in order; open says that it was never answered, end is the last
// that is known of it, total where there is none.
export function marks(s, total) {
  const open = s.answered == null;
  const handed = s.handed ?? s.began ?? (open ? total : s.emitted);
  const began = s.began ?? handed;
  return { open, emitted: s.emitted, handed, began, end: s.answered ?? total };
}

// pieces are the three parts of a span, each where it lies.
export function pieces(s, total) {
  const m = marks(s, total);
  return [{ part: 'queue', from: m.emitted, ms: m.handed - m.emitted }, { part: 'pipe', from: m.handed, ms: m.began - m.handed },
    { part: 'child', from: m.began, ms: m.end - m.began, open: m.open && s.handed != null }].filter((p) => p.ms > 0 || (p.part === 'child' && !m.open));
}

// chain is the spans that a tree waited for, first to last: up to the one that failed it, that never answered, or that was last.
export function chain(trace, total) {
  const known = new Map(trace.spans.map((s) => [s.id, s]));
  const rank = (s) => [s.outcome === 'failed' && trace.outcome === 'failed', s.answered == null, marks(s, total).end];
  let last = null;
  for (const s of trace.spans) {
    const [a, b] = [rank(s), last && rank(last)];
    if (!b || a[0] > b[0] || (a[0] === b[0] && (a[1] > b[1] || (a[1] === b[1] && a[2] > b[2])))) last = s;
  }
  const list = [];
  const seen = new Set();
  while (last && !seen.has(last.id)) {
    seen.add(last.id);
    list.unshift(last);
    // A tuple of several parents was emitted once the last of them was there.
    last = (last.parents ?? []).map((id) => known.get(id)).filter(Boolean).sort((a, b) => b.emitted - a.emitted)[0];
  }
  return list;
}

// where says where the total of a trace went: [{component, part, from, ms}] without gaps, part one of queue, pipe, child, and of
// emit (before its first tuple) and rest (after the last answer).
export function where(trace, total) {
  const list = [];
  let at = 0;
  const until = (component, part, to) => {
    to = Math.min(to, total);
    if (!(to > at)) return;
    list.push({ component, part, from: at, ms: to - at });
    at = to;
  };
  const spans = chain(trace, total);
  if (spans.length) until(trace.component, 'emit', spans[0].emitted);
  spans.forEach((s, i) => {
    const m = marks(s, total);
    const next = spans[i + 1]?.emitted ?? Infinity;
    until(s.component, 'queue', Math.min(m.handed, next));
    until(s.component, 'pipe', Math.min(m.began, next));
    until(s.component, 'child', spans[i + 1] ? next : m.end);
  });
  until(trace.component, 'rest', total);
  return list;
}

// shares are the same by component and part, the longest first.
export function shares(list) {
  const all = new Map();
  for (const { component, part, ms } of list) {
    const key = JSON.stringify([component, part]);
    const one = all.get(key) ?? { component, part, ms: 0 };
    one.ms += ms;
    all.set(key, one);
  }
  return [...all.values()].sort((a, b) => b.ms - a.ms);
}

// said is a share in words.
export const said = (component, part) => ({
  queue: `in ${component}’s queue`, pipe: `in the pipe to ${component}’s process`, child: `in ${component} itself`,
  emit: `until ${component} had emitted`, rest: `until ${component} heard of its end`,
}[part]);
