package ui

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/gstorm/gstorm/internal/stats"
)

// Retries is what is known of the tuples of topologies that have failed. Its methods are called from several goroutines. An error
// of type *Error goes to who has asked.
type Retries interface {
	// Failures are messages of a topology that Look has returned that have failed, the newest, with their values.
	Failures(ctx context.Context, t *Topology, most int) (stats.Failures, error)
	// Letters are dead letters, the newest, with their values, of a topology by its name. t is nil if Look has not returned
	// one: then it has run once, or there is no such topology, and nothing is returned.
	Letters(ctx context.Context, name string, t *Topology, most int) (*stats.DeadLetters, error)
	// Replay has dead letters emitted again as soon as that can be, and returns how many of those were meant; t as for Letters.
	Replay(ctx context.Context, name string, t *Topology, c stats.LetterChoice) (int, error)
	// Drop removes dead letters, and returns how many; t as for Letters.
	Drop(ctx context.Context, name string, t *Topology, c stats.LetterChoice) (int, error)
}

// The bounds of how many failures and dead letters are told at once.
const (
	mostRetries    = 1000
	defaultRetries = 100
	mostChosen     = 10_000 // ids
	longestChoice  = 1 << 20
)

// RetryRoutes are those about failed tuples and dead letters. Who may read sees which failed and why; values and the ids of messages
// are the data itself, and only for who may operate.
func (s *Server) RetryRoutes(from Retries) map[string]Route {
	return map[string]Route{
		"GET /v1/topologies/{name}/failures": {Read, s.handler(func(_ http.ResponseWriter, r *http.Request) (any, error) {
			return s.getFailures(r, from)
		})},
		"GET /v1/topologies/{name}/dead-letters": {Read, s.handler(func(_ http.ResponseWriter, r *http.Request) (any, error) {
			return s.getLetters(r, from)
		})},
		"POST /v1/topologies/{name}/dead-letters/replay": {Operate, s.handler(func(w http.ResponseWriter, r *http.Request) (any, error) {
			return s.postLetters(w, r, from.Replay)
		})},
		"POST /v1/topologies/{name}/dead-letters/drop": {Operate, s.handler(func(w http.ResponseWriter, r *http.Request) (any, error) {
			return s.postLetters(w, r, from.Drop)
		})},
	}
}

func (s *Server) getFailures(r *http.Request, from Retries) (any, error) {
	if err := parameters(r, "last"); err != nil {
		return nil, err
	}
	last, err := number(r, "last", defaultRetries, 1, mostRetries)
	if err != nil {
		return nil, err
	}
	t, err := find(s.options.Source.Look(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	all, err := from.Failures(r.Context(), t, int(last))
	if err != nil {
		return nil, err
	}
	all.Failures = listed(all.Failures)
	if !mayChange(s.role(r)) {
		for i := range all.Failures {
			f := &all.Failures[i]
			f.Message, f.Values, f.More = "", nil, 0
		}
	}
	return all, nil
}

// past finds a topology by its name or id; nil and its name where there is none, which may have run once.
func (s *Server) past(r *http.Request) (name string, t *Topology, unknown error) {
	name = r.PathValue("name")
	t, unknown = find(s.options.Source.Look(), name)
	if t != nil {
		name = t.Name
	}
	return name, t, unknown
}

func (s *Server) getLetters(r *http.Request, from Retries) (any, error) {
	if err := parameters(r, "last"); err != nil {
		return nil, err
	}
	last, err := number(r, "last", defaultRetries, 1, mostRetries)
	if err != nil {
		return nil, err
	}
	name, t, unknown := s.past(r)
	all, err := from.Letters(r.Context(), name, t, int(last))
	switch {
	case err != nil:
		return nil, err
	case t == nil && all.Total+all.Damaged+len(all.Missing) == 0:
		return nil, unknown
	}
	all.Letters = listed(all.Letters)
	if !mayChange(s.role(r)) {
		for i := range all.Letters {
			l := &all.Letters[i]
			l.Message, l.Values, l.More = "", nil, 0
		}
	}
	return all, nil
}

// postLetters does something with dead letters.
func (s *Server) postLetters(w http.ResponseWriter, r *http.Request,
	do func(context.Context, string, *Topology, stats.LetterChoice) (int, error),
) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	var c stats.LetterChoice
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, longestChoice))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, invalidf("the request can't be read: %v", err)
	}
	if c.All == (len(c.IDs) > 0) || len(c.IDs) > mostChosen {
		return nil, invalidf(`say which: {"ids":[…]} with up to %d, or {"all":true}`, mostChosen)
	}
	name, t, unknown := s.past(r)
	done, err := do(r.Context(), name, t, c)
	switch {
	case err != nil:
		return nil, err
	case done == 0 && t == nil:
		return nil, unknown
	case done == 0 && !c.All:
		return nil, notFoundf("there is no dead letter %q", c.IDs[0])
	}
	return struct {
		Done int `json:"done"`
	}{done}, nil
}
