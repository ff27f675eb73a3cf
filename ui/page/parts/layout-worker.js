// Layout of a graph by dagre, in a worker: 200 components must not hold up the page.
import { Graph, layout } from '../vendor/dagre/dagre.esm.js';

onmessage = ({ data: { id, nodes, edges, down } }) => {
  const began = performance.now();
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: down ? 'TB' : 'LR', nodesep: 34, ranksep: down ? 56 : 96, edgesep: 22, marginx: 16, marginy: 28 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: node.width, height: node.height });
  for (const [from, to] of edges) if (from !== to) graph.setEdge(from, to, {});
  layout(graph);
  const { width, height } = graph.graph();
  postMessage({
    id, width: Math.max(1, width), height: Math.max(1, height), took: performance.now() - began,
    nodes: nodes.map((node) => ({ ...node, ...pick(graph.node(node.id)) })),
    edges: edges.map(([from, to]) => from === to ? null : graph.edge(from, to).points.map(({ x, y }) => [x, y])),
  });
};

const pick = ({ x, y, width, height }) => ({ x, y, width, height });
