// Addresses: of the page's views, which are fragments, and of the server's documents.

const join = (parts) => parts.map(encodeURIComponent).join('/');

export const topologyLink = (topology) => `#/${join(['topology', topology])}`;
export const componentLink = (topology, id) => `#/${join(['topology', topology, 'component', id])}`;
export const boardLink = (topology, id) => `#/${join(['topology', topology, 'board', id])}`;
export const traceLink = (topology, root) => `#/${join(['topology', topology, 'trace', root])}`;

// pageLink is one of parts/pages.js, or a part of it.
export const pageLink = (topology, ...page) => `#/${join(['topology', topology, ...page.filter(Boolean)])}`;

// topologyPath is where the server has a topology; more are the further parts of the path.
export const topologyPath = (topology, ...more) => `/v1/topologies/${join([topology, ...more])}`;
