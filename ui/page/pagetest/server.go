package pagetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm/ui/page"
)

// Request is a change that was asked for.
type Request struct {
	Path, Body string
	Guarded    bool // it had the header that a foreign page can't send
}

// Server is the fake. It serves one scenario at a time.
type Server struct {
	mux      *http.ServeMux
	scenario string
	began    time.Time
	tick     time.Duration

	mu       sync.Mutex
	token    string
	role     string
	gone     map[string]bool // dead letters, by id
	replayed map[string]bool // the same
	levels   []level
	down     bool
	stopped  bool
	requests []Request
	moved    chan struct{} // closed when down changes
}

// New makes one; tick is the time between two events of a stream.
func New(scenario string, tick time.Duration) *Server {
	s := &Server{mux: http.NewServeMux(), scenario: scenario, began: time.Now(), tick: tick, moved: make(chan struct{}), role: "admin", gone: map[string]bool{}, replayed: map[string]bool{}, levels: []level{}}
	s.mux.Handle("/", page.Handler())
	s.mux.HandleFunc("GET /v1/live", s.live)
	s.mux.HandleFunc("GET /v1/topologies/{name}/history", s.getHistory)
	s.mux.HandleFunc("GET /v1/topologies/{name}/logs", s.getLogs)
	s.mux.HandleFunc("GET /v1/topologies/{name}/tap", s.getTap)
	s.mux.HandleFunc("GET /v1/topologies/{name}/boards/{board}", s.getBoard)
	s.mux.HandleFunc("GET /v1/topologies/{name}/traces", s.getTraces)
	s.mux.HandleFunc("GET /v1/topologies/{name}/traces/{root}", s.getTrace)
	s.mux.HandleFunc("GET /v1/topologies/{name}/traces/{root}/otlp", s.getTrace)
	s.mux.HandleFunc("GET /v1/topologies/{name}/failures", s.getFailures)
	s.mux.HandleFunc("GET /v1/topologies/{name}/dead-letters", s.getLetters)
	s.mux.HandleFunc("GET /v1/topologies/{name}/log-levels", s.getLevels)
	s.mux.HandleFunc("POST /v1/topologies/{name}/", s.postChange)
	return s
}

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	token, down := s.token, s.down
	s.mu.Unlock()
	switch api := strings.HasPrefix(r.URL.Path, "/v1/"); {
	case api && down:
		panic(http.ErrAbortHandler)
	case api && token != "" && r.Header.Get("Authorization") != "Bearer "+token:
		fail(w, http.StatusUnauthorized, "unauthorized", "a token is needed")
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// SetToken says what token is to be shown.
func (s *Server) SetToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// SetRole says who asks: read, operate or admin, which it is at first.
func (s *Server) SetRole(role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.role = role
}

func (s *Server) getRole() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.role
}

// SetDown has the server break off what it is asked, as if its process were gone, or be there again.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
	close(s.moved)
	s.moved = make(chan struct{})
}

// Requests are the changes that were asked for, in their order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) inactive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

func fail(w http.ResponseWriter, status int, kind, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(doc{"kind": kind, "error": message})
}

// document is what a query of the live stream is about, and its name.
func (s *Server) document(r *http.Request) (name string, make func(time.Time) doc) {
	q := r.URL.Query()
	_, all := topologies(s.scenario)
	list, known := all[q.Get("topology")]
	switch {
	case q.Get("overview") != "":
		return "overview", s.overview
	case !known:
		return "", nil
	case q.Has("board"):
		if s.board(q.Get("topology"), q.Get("board"), time.Now()) == nil {
			return "", nil
		}
		return "board", func(now time.Time) doc { return s.board(q.Get("topology"), q.Get("board"), now) }
	case !q.Has("component"):
		return "topology", func(now time.Time) doc { return s.topology(q.Get("topology"), list, now) }
	}
	for _, p := range list {
		if p.id == q.Get("component") {
			return "component", func(now time.Time) doc { return s.componentView(p, list, now) }
		}
	}
	return "", nil
}

func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	name, document := s.document(r)
	if document == nil {
		fail(w, http.StatusNotFound, "not_found", "there is no such topology or component, but word_count")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	every := time.NewTicker(s.tick)
	defer every.Stop()
	s.mu.Lock()
	moved := s.moved
	s.mu.Unlock()
	for {
		text, err := json.Marshal(document(time.Now()))
		if err != nil {
			panic(err)
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, text); err != nil {
			return
		}
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-every.C:
		case <-moved:
			panic(http.ErrAbortHandler)
		case <-r.Context().Done():
			return
		}
	}
}

func (s *Server) getHistory(w http.ResponseWriter, r *http.Request) {
	_, all := topologies(s.scenario)
	list := all[r.PathValue("name")]
	since, err := strconv.ParseFloat(r.URL.Query().Get("since"), 64)
	if err != nil || len(list) == 0 {
		fail(w, http.StatusBadRequest, "invalid", "since is needed")
		return
	}
	p := list[0]
	for _, one := range list {
		if one.id == r.URL.Query().Get("component") {
			p = one
		}
	}
	if !r.URL.Query().Has("component") {
		for _, one := range list {
			p.errors += one.errors
		}
	}
	_ = json.NewEncoder(w).Encode(s.history(p, since, 240, time.Now()))
}

func (s *Server) getLogs(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Components []string `json:"components"`
		Level      string   `json:"level"`
		Contains   string   `json:"contains"`
		IgnoreCase bool     `json:"ignore_case"`
		Match      string   `json:"match"`
		Since      string   `json:"since"`
		Follow     bool     `json:"follow"`
	}
	if err := json.Unmarshal([]byte(r.URL.Query().Get("q")), &q); err != nil {
		fail(w, http.StatusBadRequest, "invalid", err.Error())
		return
	}
	if q.Contains != "" && !q.IgnoreCase {
		fail(w, http.StatusBadRequest, "invalid", "the page asks without regard to case")
		return
	}
	match, err := regexp.Compile(cmp.Or(q.Match, "(?i)"+regexp.QuoteMeta(q.Contains)))
	if err != nil {
		fail(w, http.StatusBadRequest, "invalid", err.Error())
		return
	}
	lines := []doc{
		{"level": "INFO", "msg": "the component is ready", "task": 10, "pid": 4711},
		{"level": "DEBUG", "msg": "12 connections in the pool", "task": 10},
		{"level": "INFO", "msg": "read 10000 records", "task": 11, "attributes": []doc{{"key": "offset", "value": "88120"}, {"key": "file", "value": "orders-07.jsonl"}}},
		{"level": "WARN", "msg": "the answer of the rates service took 812 ms", "task": 11},
	}
	if s.scenario == Failing {
		lines = append(lines, doc{"level": "ERROR", "msg": "undefined method 'score' for nil (NoMethodError)\n    fraud.rb:31:in 'Fraud#rate'\n    fraud.rb:18:in 'Fraud#process'", "task": 12, "pid": 4712})
	}
	if s.scenario == Hostile {
		lines = append(lines, doc{"level": "<b>", "msg": HostileTopology + HostileLong, "node": HostileComponent, "attributes": []doc{{"key": HostileTopology, "value": HostileLong}}})
	}
	encoder := json.NewEncoder(w)
	slices.Reverse(lines) // as those of several machines come
	for i, line := range lines {
		level := strings.ToLower(line["level"].(string))
		if (q.Level != "" && level != q.Level) || !match.MatchString(line["msg"].(string)) {
			continue
		}
		line["time"] = s.began.Add(time.Duration((len(lines)-i)*211) * time.Millisecond)
		line["component"] = "split"
		if len(q.Components) > 0 {
			line["component"] = q.Components[0]
		}
		_ = encoder.Encode(line)
	}
	if http.NewResponseController(w).Flush() == nil && q.Follow {
		<-r.Context().Done()
	}
}

// getTap shows some tuples of what the request is about, and of how many they are. They are those of a user who means no good,
// but for the failing scenario.
func (s *Server) getTap(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if strings.Contains(q.Get("where"), "wrod") {
		fail(w, http.StatusBadRequest, "invalid", "where: unknown name wrod, did you mean word?")
		return
	}
	var tuples [][]doc
	for _, text := range []string{`"storm"`, `"<img src=x onerror=document.title='owned'>"`, `12345678901234567890`} {
		tuples = append(tuples, []doc{{"field": "word", "json": text}, {"field": HostileComponent, "json": `"` + strings.Repeat("y", 300), "bytes": 80_000}})
	}
	if s.scenario == Failing {
		tuples = nil
		for i := range 12 {
			tuples = append(tuples, []doc{{"field": "customer", "json": fmt.Sprint(4711 + i*37%90)}, {"field": "order", "json": fmt.Sprintf(`{"shop":"north","items":[{"sku":"a-%d","n":%d}]}`, 17+i*5%9, 1+i%3)},
				{"field": "score", "json": fmt.Sprintf("0.%02d", 7+i*31%80)}})
		}
	}
	encoder := json.NewEncoder(w)
	for i, values := range tuples {
		stream := q.Get("stream")
		if stream == "" {
			stream = "default"
		}
		_ = encoder.Encode(doc{"node": "ada", "worker": 1, "tuple": doc{
			"time": s.began.Add(time.Duration(i*211) * time.Millisecond), "component": q.Get("component"), "task": 10 + i%3, "stream": stream, "root": "1/17", "targets": []int{12, 13}, "values": values,
		}})
	}
	_ = encoder.Encode(doc{"node": "ada", "worker": 1, "counts": doc{"emitted": 1234, "looked": 3, "matched": 3, "failed": 0, "shown": 3, "dropped": 7}})
	if http.NewResponseController(w).Flush() == nil {
		<-r.Context().Done()
	}
}

func (s *Server) postChange(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	verb := path.Base(r.URL.Path)
	s.mu.Lock()
	s.requests = append(s.requests, Request{Path: r.URL.Path, Body: string(body), Guarded: r.Header.Get("Gstorm-Request") == "1"})
	switch verb {
	case "deactivate":
		s.stopped = true
	case "activate":
		s.stopped = false
	}
	s.mu.Unlock()
	switch {
	case verb == "rebalance" && strings.Contains(string(body), "4000"):
		fail(w, http.StatusConflict, "conflict", "there are 12 slots, and 4000 workers need 4000")
	case verb == "log-levels":
		s.changeLevel(w, body)
	case verb == "replay":
		s.changeLetters(w, body, s.replayed)
	case verb == "drop":
		s.changeLetters(w, body, s.gone)
	case verb == "restart" && s.scenario == Hostile:
		fail(w, http.StatusConflict, "conflict", HostileTopology)
	default:
		_, _ = io.WriteString(w, "{}")
	}
}
