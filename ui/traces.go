package ui

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/otlp"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/traces"
)

// Tracer gives the traces of a topology that Look has returned, as they are now. An error of type *Error goes to who has asked.
type Tracer func(ctx context.Context, t *Topology) (*traces.Store, error)

// Traces is the document of a list of traces.
type Traces struct {
	Rate    int             `json:"rate"`    // trees per second that are traced, at most, besides those of messages that have failed
	Sampled int             `json:"sampled"` // trees that were traced
	Traces  []traces.Listed `json:"traces"`
}

const (
	defaultTraces = 50
	mostTraces    = 200
	// longestRoot is more than any id of a trace has.
	longestRoot = 40
)

// TraceRoutes are those to see traced trees. Who may read sees their shape; what tuples have in them is for who may operate.
func (s *Server) TraceRoutes(of Tracer) map[string]Route {
	return map[string]Route{
		"GET /v1/topologies/{name}/traces": {Read, s.handler(func(_ http.ResponseWriter, r *http.Request) (any, error) {
			return s.getTraces(r, of)
		})},
		"GET /v1/topologies/{name}/traces/{root}": {Read, s.handler(func(_ http.ResponseWriter, r *http.Request) (any, error) {
			_, trace, err := s.trace(r, of)
			return trace, err
		})},
		"GET /v1/topologies/{name}/traces/{root}/otlp": {Read, s.handler(func(w http.ResponseWriter, r *http.Request) (any, error) {
			t, trace, err := s.trace(r, of)
			if err != nil {
				return nil, err
			}
			w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote("trace-"+trace.Root+".json"))
			text, err := otlp.JSON(s.otlpOf(t), trace)
			return json.RawMessage(text), err
		})},
	}
}

func (s *Server) getTraces(r *http.Request, of Tracer) (any, error) {
	if err := parameters(r, "kind", "last"); err != nil {
		return nil, err
	}
	kind := r.URL.Query().Get("kind")
	switch {
	case kind == "":
		kind = traces.Recent
	case !slices.Contains(traces.Kinds, kind):
		return nil, invalidf("kind is %.40q: one of %s is expected", kind, strings.Join(traces.Kinds, ", "))
	}
	last, err := number(r, "last", defaultTraces, 1, mostTraces)
	if err != nil {
		return nil, err
	}
	t, err := find(s.options.Source.Look(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	store, err := of(r.Context(), t)
	if err != nil {
		return nil, err
	}
	document := &Traces{Rate: traceRate(t.Plan), Sampled: store.Sampled(), Traces: store.List(kind, int(last), time.Now())}
	if !mayChange(s.role(r)) {
		for i := range document.Traces {
			document.Traces[i].Message = ""
		}
	}
	return document, nil
}

// otlpOf is whose traces those of a topology are, for OpenTelemetry.
func (s *Server) otlpOf(t *Topology) otlp.Of {
	c := s.options.Source.Look()
	of := otlp.Of{Topology: t.Name, Version: c.Version}
	if c.Kind == ClusterKind {
		of.Cluster = c.Name
	}
	return of
}

// trace is the trace that a request is about, as far as who asks may see it.
func (s *Server) trace(r *http.Request, of Tracer) (*Topology, *traces.Trace, error) {
	if err := parameters(r); err != nil {
		return nil, nil, err
	}
	t, err := find(s.options.Source.Look(), r.PathValue("name"))
	if err != nil {
		return nil, nil, err
	}
	store, err := of(r.Context(), t)
	if err != nil {
		return nil, nil, err
	}
	root := r.PathValue("root")
	trace := store.Get(root, time.Now())
	if trace == nil {
		if len(root) > longestRoot {
			return nil, nil, notFoundf("there is no trace with so long a name")
		}
		roots := store.Roots()
		return nil, nil, nearest("trace", root, roots, gstorm.Nearest(root, roots))
	}
	if !mayChange(s.role(r)) {
		trace.Message, trace.Values, trace.More = "", nil, 0
	}
	return t, trace, nil
}

// traceRate is how many trees per second all spouts of a topology trace together.
func traceRate(p *plan.Plan) (sum int) {
	if p == nil {
		return 0
	}
	for i := range p.Components {
		if c := &p.Components[i]; c.Kind == gstorm.SpoutKind {
			rate, ok, err := c.Config.Int(gstorm.TraceRate)
			if !ok || err != nil {
				rate = stats.DefaultTraceRate
			}
			sum += rate * len(c.TaskIDs)
		}
	}
	return sum
}
