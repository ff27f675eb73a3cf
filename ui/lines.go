package ui

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gstorm/gstorm/internal/logattrs"
)

// Lines are the last lines of a run's log, in memory, for whoever has no files of them. Its methods may be called from any
// goroutine.
type Lines struct {
	node string

	mu      sync.Mutex // guards all below
	kept    []LogLine  // a ring when it is full
	first   int        // the oldest that is kept
	total   int        // lines that there have been
	bytes   int        // of those that are kept
	changed chan struct{}
}

// What Lines keep.
const (
	keptLines = 10_000
	keptBytes = 64 << 20 // of less lines, where they are long
	lineBytes = 16 << 10 // of a message or value; what is longer is cut
)

// NewLines are those of a node.
func NewLines(node string) *Lines { return &Lines{node: node, changed: make(chan struct{})} }

// Add adds a line, and cuts what is too long.
func (l *Lines) Add(line LogLine) {
	line.Node, line.Message = l.node, cut(line.Message)
	for i := range line.Attributes {
		line.Attributes[i].Value = cut(line.Attributes[i].Value)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total-l.first == keptLines {
		l.drop()
	}
	if len(l.kept) < keptLines {
		l.kept = append(l.kept, line)
	} else {
		l.kept[l.total%keptLines] = line
	}
	l.total++
	for l.bytes += line.size(); l.bytes > keptBytes && l.total-l.first > 1; {
		l.drop()
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// drop forgets the oldest line. mu is held.
func (l *Lines) drop() {
	oldest := &l.kept[l.first%keptLines]
	l.bytes -= oldest.size()
	*oldest = LogLine{}
	l.first++
}

// size is about what a line takes.
func (l *LogLine) size() int {
	n := 100 + len(l.Message) + len(l.Component)
	for i := range l.Attributes {
		n += 50 + len(l.Attributes[i].Key) + len(l.Attributes[i].Value)
	}
	return n
}

func cut(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if len(text) <= lineBytes {
		return text
	}
	end := lineBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// since are the lines from the nth on that are still there, how many there have been, and a channel that is closed when there
// are more.
func (l *Lines) since(n int) (lines []LogLine, total int, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := max(n, l.first); i < l.total; i++ {
		lines = append(lines, l.kept[i%keptLines])
	}
	return lines, l.total, l.changed
}

// Handler is a slog.Handler that adds what it gets.
func (l *Lines) Handler(level slog.Leveler) slog.Handler { return &lineHandler{lines: l, level: level} }

type lineHandler struct {
	lines *Lines
	level slog.Leveler
	attrs logattrs.List
}

// Enabled implements slog.Handler.
func (h *lineHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

// WithAttrs implements slog.Handler.
func (h *lineHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &lineHandler{h.lines, h.level, h.attrs.With(attrs)}
}

// WithGroup implements slog.Handler.
func (h *lineHandler) WithGroup(name string) slog.Handler {
	return &lineHandler{h.lines, h.level, h.attrs.Group(name)}
}

// Handle implements slog.Handler.
func (h *lineHandler) Handle(_ context.Context, r slog.Record) error {
	line := LogLine{Time: r.Time, Level: r.Level.String(), Message: r.Message}
	for _, a := range h.attrs.Of(r) {
		switch number := a.Value.Kind() == slog.KindInt64; {
		case a.Key == "topology":
		case a.Key == "component":
			line.Component = a.Value.String()
		case a.Key == "task" && number:
			line.Task = int(a.Value.Int64())
		case a.Key == "pid" && number:
			line.PID = int(a.Value.Int64())
		default:
			line.Attributes = append(line.Attributes, Attribute{a.Key, a.Value.String()})
		}
	}
	h.lines.Add(line)
	return nil
}

// get answers with the lines that a request asks for, one JSON object a line.
func (l *Lines) get(w http.ResponseWriter, r *http.Request) error {
	if err := parameters(r, "q"); err != nil {
		return err
	}
	q, err := ReadLogQuery(r, LogQuery{Last: 100})
	if err != nil {
		return err
	}
	lines, total, changed := l.since(0)
	matching := slices.DeleteFunc(lines, func(line LogLine) bool { return !q.match(&line) })
	matching = matching[max(len(matching)-max(q.Last, 0), 0):]
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, control := json.NewEncoder(w), http.NewResponseController(w)
	for {
		for i := range matching {
			if out.Encode(&matching[i]) != nil {
				return nil // nobody reads any more
			}
		}
		if control.Flush() != nil || !q.Follow {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-changed:
		}
		lines, total, changed = l.since(total)
		matching = slices.DeleteFunc(lines, func(line LogLine) bool { return !q.match(&line) })
	}
}

// RunRoutes are what an agent has by itself, for a run that has not: actions, and its log.
func (s *Server) RunRoutes(lines *Lines) map[string]Route {
	return map[string]Route{
		"POST /v1/topologies/{name}/{action}": {Operate, s.handler(s.postChange)},
		"GET /v1/topologies/{name}/logs": {Read, s.handler(func(w http.ResponseWriter, r *http.Request) (any, error) {
			if _, err := find(s.options.Source.Look(), r.PathValue("name")); err != nil {
				return nil, err
			}
			return nil, lines.get(w, r)
		})},
	}
}

// postChange does an action.
func (s *Server) postChange(w http.ResponseWriter, r *http.Request) (any, error) {
	var c Change
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxStormBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, invalidf("the request can't be read: %v", err)
	}
	if _, err := s.change(r.Context(), r.PathValue("name"), r.PathValue("action"), c); err != nil {
		return nil, err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil, nil
}

// Mount is an http.Handler of routes, for whoever has nothing to check of who asks but that it is no foreign page.
func (s *Server) Mount(all ...map[string]Route) http.Handler {
	mux := http.NewServeMux()
	for _, routes := range all {
		for pattern, route := range routes {
			mux.Handle(pattern, route.Handler)
		}
	}
	mux.Handle("/", s.handler(func(_ http.ResponseWriter, r *http.Request) (any, error) {
		return nil, notFoundf("there is nothing at %s %s", r.Method, r.URL.Path)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := Guard(r); err != nil {
			Harden(w.Header())
			s.refuse(w, r, err)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
