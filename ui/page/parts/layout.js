let worker = null;
let last = 0;
const waiting = new Map();

// layout places nodes {id, width, height} and edges [from, to], top to bottom (down) or left to right, and resolves to their
// places: node centres and, per edge, points (null for a loop on one node).
export function layout(nodes, edges, down) {
  if (!worker) {
    worker = new Worker(new URL('layout-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
  }
  return new Promise((resolve) => {
    waiting.set(++last, resolve);
    worker.postMessage({ id: last, nodes, edges, down });
  });
}
