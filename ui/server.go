package ui

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/past"
	"github.com/gstorm/gstorm/ui/page"
)

// The roles that requests need, and who asks has.
const (
	Read    = "read"
	Operate = "operate"
	Admin   = "admin"
)

// Route is something that can be asked. Who mounts it sees to it that who asks may: Role is what that needs, "" nothing. A
// handler answers errors itself.
type Route struct {
	Role    string
	Handler http.Handler
}

// Options are what a Server needs; Source, Logger and Every must be set.
type Options struct {
	Source Source
	Logger *slog.Logger
	// Every is how often the counts of topologies are collected that nobody looks at; of others it is every second.
	Every time.Duration
	// Past is what a node has kept of a topology's past; nil: there is none but what is collected.
	Past func(ctx context.Context, t *Topology, node string) (*past.Curve, error)
	// RoleOf is the role of who makes a request, for what the page offers; nil: everybody may do everything.
	RoleOf func(r *http.Request) string
	// Restart is what RestartRoutes need.
	Restart Restarter
	// LogLevels is what LogLevelRoutes need, and Storm's.
	LogLevels LogLevels
}

// Server answers the page's requests, and Storm's. New, Run while there is something to be collected, Routes at any time.
type Server struct {
	options Options

	mu      sync.Mutex         // guards all below, and is held while documents are made
	records map[string]*record // by the topology's id
	rooms   map[room]*audience // who gets which document
	looked  map[string]time.Time
	turn    chan struct{} // holds one while counts are collected

	restarts restarts
}

// New is a Server. Before Run is called it has no past.
func New(o Options) *Server {
	s := &Server{options: o, rooms: map[room]*audience{}, turn: make(chan struct{}, 1), restarts: newRestarts()}
	s.forget()
	return s
}

// Routes are all, by pattern (net/http.ServeMux).
func (s *Server) Routes() map[string]Route {
	all := map[string]Route{
		"GET /{$}":                          {"", page.Handler()},
		"GET /page/":                        {"", page.Handler()},
		"GET /v1/openapi.json":              {"", http.HandlerFunc(getOpenAPI)},
		"GET /v1/overview":                  {Read, s.handler(s.getOverview)},
		"GET /v1/topologies/{name}/view":    {Read, s.handler(s.getView)},
		"GET /v1/topologies/{name}/history": {Read, s.handler(s.getHistory)},
		"GET /v1/live":                      {Read, s.handler(s.getLive)},
		"GET /v1/topologies/{name}/components/{component}/view": {Read, s.handler(s.getComponent)},
	}
	maps.Copy(all, s.boardRoutes())
	for pattern, r := range s.stormRoutes() {
		all[pattern] = r
	}
	return all
}

// handler answers what a function returns, or its error.
func (s *Server) handler(do func(w http.ResponseWriter, r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Harden(w.Header())
		v, err := do(w, r)
		switch {
		case err != nil:
			s.refuse(w, r, err)
		case v != nil:
			s.answer(w, r, http.StatusOK, v)
		}
	})
}

// Harden sets the headers that all answers have: nobody but the page itself is to show them, and nobody is to keep them.
func Harden(h http.Header) {
	h.Set("Content-Security-Policy", page.Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Failed, err.Error()}
		s.options.Logger.Error("a request failed", slog.String("path", r.URL.Path), "error", err)
	}
	s.answer(w, r, e.status(), e.short())
}

// worthwhile is from which size on an answer is compressed.
const worthwhile = 1400

func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"kind":"failed","error":"the answer can't be written"}`)
		s.options.Logger.Error("an answer can't be written", slog.String("path", r.URL.Path), "error", err)
	}
	s.send(w, r, status, "application/json", text)
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, kind string, text []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Add("Vary", "Accept-Encoding")
	if len(text) < worthwhile || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		_, _ = w.Write(text) // who asked may be gone
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	small := gzip.NewWriter(w)
	_, _ = small.Write(text)
	_ = small.Close()
}

// role is that of who asks.
func (s *Server) role(r *http.Request) string {
	if s.options.RoleOf == nil {
		return Admin
	}
	return s.options.RoleOf(r)
}

// mayChange reports whether a role may do the Actions.
func mayChange(role string) bool { return role == Operate || role == Admin }

func (s *Server) getOverview(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	c := s.fresh(r.Context(), "")
	s.mu.Lock()
	defer s.mu.Unlock()
	return viewOverview(c, s.records, time.Now(), s.role(r)), nil
}

func (s *Server) getView(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	return s.topologyDocument(r, r.PathValue("name"), func(c *Cluster, record *record, now time.Time) (any, error) {
		return viewTopology(record, c.Kind, now, mayChange(s.role(r))).seenBy(s.role(r)), nil
	})
}

func (s *Server) getComponent(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	return s.topologyDocument(r, r.PathValue("name"), func(_ *Cluster, record *record, now time.Time) (any, error) {
		id := r.PathValue("component")
		if err := knownComponent(record, id); err != nil {
			return nil, err
		}
		return viewDetail(record, id, record.history.spans(now, record.uptime(now)), mayChange(s.role(r))).seenBy(s.role(r)), nil
	})
}

// The bounds of what a history can be asked for.
const (
	maxPoints     = 2000
	defaultPoints = 300
	maxSince      = 366 * 24 * time.Hour
)

func (s *Server) getHistory(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r, "component", "since", "points"); err != nil {
		return nil, err
	}
	since, err := number(r, "since", 600, 1, maxSince.Seconds())
	if err != nil {
		return nil, err
	}
	points, err := number(r, "points", defaultPoints, 1, maxPoints)
	if err != nil {
		return nil, err
	}
	return s.topologyDocument(r, r.PathValue("name"), func(_ *Cluster, record *record, now time.Time) (any, error) {
		id := r.URL.Query().Get("component")
		if id != "" {
			if err := knownComponent(record, id); err != nil {
				return nil, err
			}
		}
		return record.history.series(id, now, time.Duration(since*float64(time.Second)), int(points)), nil
	})
}

// topologyDocument makes a document of a topology, by its name or id.
func (s *Server) topologyDocument(r *http.Request, name string, make func(*Cluster, *record, time.Time) (any, error)) (any, error) {
	c := s.fresh(r.Context(), name)
	t, err := find(c, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return make(c, s.recordOf(t), time.Now())
}

// recordOf is what is known of a topology. mu is held.
func (s *Server) recordOf(t *Topology) *record {
	record := s.records[t.ID]
	if record == nil {
		record = newRecord()
	}
	record.look(t)
	return record
}

// find finds a topology by its name or id.
func find(c *Cluster, name string) (*Topology, error) {
	var names []string
	for i := range c.Topologies {
		if t := &c.Topologies[i]; t.Name == name || t.ID == name {
			return t, nil
		}
		names = append(names, c.Topologies[i].Name)
	}
	return nil, nearest("topology", name, names, gstorm.Nearest(name, names))
}

func knownComponent(r *record, id string) error {
	names := r.names()
	if slices.Contains(names, id) {
		return nil
	}
	return nearest("component", id, names, gstorm.Nearest(id, names))
}

// parameters refuses those that a request can't have, and those that are said twice.
func parameters(r *http.Request, names ...string) error {
	for name, values := range r.URL.Query() {
		if !slices.Contains(names, name) {
			if near := gstorm.Nearest(name, names); near != "" {
				return invalidf("there is no parameter %q, did you mean %q?", name, near)
			}
			return invalidf("there is no parameter %q", name)
		}
		if len(values) > 1 {
			return invalidf("the parameter %q is said %d times", name, len(values))
		}
	}
	return nil
}

// number reads a parameter.
func number(r *http.Request, name string, otherwise, least, most float64) (float64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= least && n <= most) { // a NaN is no number either
		return 0, invalidf("%s is %q: a number from %g to %g is expected", name, text, least, most)
	}
	return n, nil
}

// change does an action to a topology.
func (s *Server) change(ctx context.Context, name, action string, c Change) (*Topology, error) {
	t, err := find(s.options.Source.Look(), name)
	if err != nil {
		return nil, err
	}
	return t, s.options.Source.Change(ctx, t, action, c)
}
