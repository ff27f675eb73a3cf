let worker = null;
let last = 0;
const waiting = new Map();

// layout places nodes {id, width, height} and edges [from, to], top to bottom (down) or left to right, and resolves to their
// places: node centres and, per edge, points (null for a loop on one node). The worker gets numbers for the ids, since not
// every id is a safe name in what it runs.
export function layout(nodes, edges, down) {
  if (!worker) {
    worker = new Worker(new URL('layout-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
  }
  const number = new Map(nodes.map((n, i) => [n.id, `n${i}`]));
  return new Promise((resolve) => {
    waiting.set(++last, (result) => resolve({ ...result, nodes: result.nodes.map((n, i) => ({ ...n, id: nodes[i].id })) }));
    worker.postMessage({ id: last, nodes: nodes.map((n) => ({ ...n, id: number.get(n.id) })), edges: edges.map((pair) => pair.map((id) => number.get(id))), down });
  });
}
