// The log of all components of a topology, on all machines.
import { section } from '../dom.js';
import { log } from '../parts/logs.js';
import { topologyPage } from './topology-page.js';

export function topologyLog({ topo }) {
  const lines = log(topo);
  lines.element.classList.add('whole');
  const page = topologyPage(topo, 'log', section('Log', lines.element));
  return {
    ...page,
    update(t) {
      page.update(t);
      lines.update((t.components ?? []).map((c) => c.id));
    },
    close: () => lines.close(),
  };
}
