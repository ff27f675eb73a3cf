// Package exposition is what a Prometheus server can ask for: the counts of topologies, in its text format. docs/metrics.md
// says what there is, docs/grafana.json shows it.
package exposition

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/gstorm/gstorm/internal/stats"
)

// Topology is what one topology has counted, where. Of a cluster it is what the workers of one node have: whoever asks all
// nodes gets everything once, and can add it up.
type Topology struct {
	Cluster string // the cluster's name; "": there is none
	Node    string // the node's
	Stats   stats.Snapshot
}

// Handler answers with the counts of the topologies that source gives, asked anew for each request, and with what the process
// itself takes. version is gstorm's. It may be called at any time, from any goroutine; an error of source is a 503.
func Handler(version string, source func(context.Context) ([]Topology, error)) http.Handler {
	own := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "gstorm_build_info", Help: "The version of gstorm, as a label; always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	own.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		topologies, err := source(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		counts := prometheus.NewRegistry()
		counts.MustRegister(Collector(topologies))
		promhttp.HandlerFor(prometheus.Gatherers{own, counts}, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	})
}

// Collector gives what some topologies have counted, as it was when they were asked.
func Collector(topologies []Topology) prometheus.Collector { return collector(topologies) }

type collector []Topology

// Describe implements prometheus.Collector. It tells of nothing: what components report has names that only they know.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	for i := range c {
		(&exposed{Topology: &c[i], out: out}).topology()
	}
}
