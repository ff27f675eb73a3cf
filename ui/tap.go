package ui

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// Tapper lets somebody see tuples of a topology that Look has returned, as stats.TapRequest says. It checks where. The channel is
// closed when ctx ends, or there is nothing more to see. An error of type *Error goes to who has asked.
type Tapper func(ctx context.Context, t *Topology, r stats.TapRequest) (<-chan stats.TapLine, error)

// longestWhere bounds an expression, in bytes.
const longestWhere = 4 << 10

// TapRoutes are those to see tuples. That needs the role operate: who may read sees how much there is of everything, and tuples
// are the data itself; and the workers have to do something for it.
func (s *Server) TapRoutes(tap Tapper) map[string]Route {
	return map[string]Route{
		"GET /v1/topologies/{name}/tap": {Operate, s.handler(func(w http.ResponseWriter, r *http.Request) (any, error) {
			return nil, s.getTap(w, r, tap)
		})},
	}
}

// getTap answers with tuples as they pass, one JSON object a line.
func (s *Server) getTap(w http.ResponseWriter, r *http.Request, tap Tapper) error {
	t, err := find(s.options.Source.Look(), r.PathValue("name"))
	if err != nil {
		return err
	}
	request, err := tapRequest(r, t.Plan)
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(r.Context())
	defer end()
	lines, err := tap(ctx, t, request)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	if control.Flush() != nil { // who reads is to know that there is an answer
		return nil
	}
	out := json.NewEncoder(w)
	for line := range lines {
		// A server that can't limit the time of a write ends it when the connection does.
		if err := control.SetWriteDeadline(time.Now().Add(slowest)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return nil
		}
		if out.Encode(line) != nil {
			return nil // nobody reads any more
		}
		if len(lines) == 0 && control.Flush() != nil {
			return nil
		}
	}
	return nil
}

// tapRequest is what a request wants to see of the tuples of a topology.
func tapRequest(r *http.Request, p *plan.Plan) (wanted stats.TapRequest, err error) {
	if err := parameters(r, "component", "stream", "task", "where", "rate"); err != nil {
		return wanted, err
	}
	q := r.URL.Query()
	wanted = stats.TapRequest{Component: q.Get("component"), Stream: q.Get("stream"), Where: q.Get("where")}
	rate, err := number(r, "rate", stats.DefaultTapRate, 1, stats.MaxTapRate)
	if err != nil {
		return wanted, err
	}
	task, err := number(r, "task", 0, 1, 1<<20)
	if err != nil {
		return wanted, err
	}
	wanted.Rate, wanted.Task = int(rate), int(task)
	if len(wanted.Where) > longestWhere {
		return wanted, invalidf("where has %d bytes: at most %d are taken", len(wanted.Where), longestWhere)
	}
	if wanted.Component == "" {
		return wanted, invalidf("say of which component: component=ID")
	}
	if p == nil {
		return wanted, &Error{Conflict, "the topology's plan can't be had"}
	}
	var names []string
	for i := range p.Components {
		names = append(names, p.Components[i].ID)
	}
	c := p.Component(wanted.Component)
	if c == nil {
		return wanted, nearest("component", wanted.Component, names, gstorm.Nearest(wanted.Component, names))
	}
	streams := c.StreamIDs()
	if len(streams) == 0 {
		streams = []string{gstorm.DefaultStream}
	}
	if wanted.Stream != "" && !slices.Contains(streams, wanted.Stream) {
		return wanted, nearest("stream", wanted.Stream, streams, gstorm.Nearest(wanted.Stream, streams))
	}
	if wanted.Task != 0 && !slices.Contains(c.TaskIDs, wanted.Task) {
		return wanted, notFoundf("component %q has no task %d (its tasks: %v)", c.ID, wanted.Task, c.TaskIDs)
	}
	return wanted, nil
}

// TapFields are the fields that a request's expression can name: by stream, of those that it is about.
func TapFields(p *plan.Plan, r stats.TapRequest) (fields []gstorm.Fields) {
	c := p.Component(r.Component)
	if c == nil {
		return nil
	}
	for _, id := range c.StreamIDs() {
		if r.Stream == "" || r.Stream == id {
			fields = append(fields, c.Outputs[id].Fields)
		}
	}
	return fields
}
