package agent

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/tally"
	"github.com/gstorm/gstorm/internal/exposition"
)

// metrics answers with what the workers of this node have counted: whoever asks all agents has everything once.
func (a *Agent) metrics() route {
	handler := exposition.Handler(a.options.Version, func(context.Context) (list []exposition.Topology, failed error) {
		parts := a.counts.parts(a.options.Name)
		for _, id := range slices.Sorted(maps.Keys(parts)) {
			sum, err := tally.Sum(parts[id])
			if err != nil {
				a.log.Error("counts of workers make no sense", "error", err)
			}
			list = append(list, exposition.Topology{Cluster: a.options.Cluster, Node: a.options.Name, Stats: sum})
		}
		return list, nil
	})
	return route{role: Read, handle: func(w http.ResponseWriter, r *http.Request) error {
		handler.ServeHTTP(w, r)
		return nil
	}}
}

// parts are what the workers of this node, which has a name, have counted, by topology.
func (c *workerCounts) parts(node string) map[string][]tally.Part {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string][]tally.Part{}
	for key, g := range c.given {
		if time.Since(g.at) > keepCounts {
			continue
		}
		part := g.stats.Part
		part.Worker, part.Node = key.worker, node
		all[key.topology] = append(all[key.topology], part)
	}
	return all
}
