// Moving about in a drawing: drag, two fingers, Ctrl and wheel, double click; the page itself still scrolls by wheel.

const [least, most] = [0.05, 3];

// panzoom moves the group within the svg. fit(width, height) shows all of a drawing; moved(scale) is told of each change.
export function panzoom(svg, group, moved) {
  let [x, y, k] = [0, 0, 1];
  let drawing = [1, 1];
  let touched = false; // by the user: then a new size of the window does not move anything
  const pointers = new Map();

  const apply = () => {
    group.setAttribute('transform', `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${k.toFixed(4)})`);
    moved(k);
  };
  const zoom = (by, cx = svg.clientWidth / 2, cy = svg.clientHeight / 2) => {
    const next = Math.min(most, Math.max(least, k * by));
    x = cx - (cx - x) * (next / k);
    y = cy - (cy - y) * (next / k);
    k = next;
    touched = true;
    apply();
  };
  const local = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  svg.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.0025), ...local(event));
  }, { passive: false });
  svg.addEventListener('dblclick', (event) => zoom(1.6, ...local(event)));

  let moves = 0;
  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, local(event));
    moves = 0;
  });
  svg.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    moves += Math.abs(dx) + Math.abs(dy);
    if (moves > 4 && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
      const far = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      zoom(far(now) / far(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    pointers.set(event.pointerId, now);
    if (moves <= 4) return;
    const share = pointers.size === 2 ? 0.5 : 1;
    x += dx * share;
    y += dy * share;
    touched = true;
    apply();
  });
  const up = (event) => pointers.delete(event.pointerId);
  svg.addEventListener('pointerup', up);
  svg.addEventListener('pointercancel', up);
  svg.addEventListener('click', (event) => { if (moves > 4) event.preventDefault(); }, true);

  function fit(width, height) {
    drawing = [width, height];
    touched = false;
    const [w, h] = [svg.clientWidth || 1, svg.clientHeight || 1];
    k = Math.min(1.25, Math.max(least, Math.min(w / width, h / height)));
    x = (w - width * k) / 2;
    y = (h - height * k) / 2;
    apply();
  }
  return {
    zoom, fit,
    refit() { if (!touched) fit(...drawing); },
    again() { fit(...drawing); },
    // reveal brings a place into view, large enough to be read.
    reveal(px, py, atLeast = 0) {
      k = Math.max(k, atLeast);
      const [sx, sy] = [px * k + x, py * k + y];
      const inside = sx > 60 && sy > 40 && sx < svg.clientWidth - 60 && sy < svg.clientHeight - 40;
      if (!inside || atLeast) { x = svg.clientWidth / 2 - px * k; y = svg.clientHeight / 2 - py * k; }
      touched = true;
      apply();
    },
  };
}
