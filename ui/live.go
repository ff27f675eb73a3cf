package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// room is what a live page shows: everybody in it gets the same documents.
type room struct {
	topology, component string // "" both: the overview
	board               string // "": of a topology or component as such
	role                string
}

// audience are those in a room.
type audience struct{ listeners map[*listener]bool }

// listener is one live page.
type listener struct {
	events  chan []byte   // closed when there will be no more
	dropped chan struct{} // closed when it did not keep up
}

// behind is how many documents a page may be behind before it is let go: it comes again, if it is still there.
const behind = 4

// quiet is for how long nothing may come before a page is let go: this agent may lead no more.
const quiet = 30 * time.Second

// slowest is how long a page may take for a document.
const slowest = 15 * time.Second

// getLive sends documents, one at once and one every second.
func (s *Server) getLive(w http.ResponseWriter, r *http.Request) (any, error) {
	at, err := s.roomOf(r)
	if err != nil {
		return nil, err
	}
	c := s.fresh(r.Context(), at.topology)
	first, err := s.event(c, at)
	if err != nil {
		return nil, err
	}
	l := s.enter(at)
	defer s.leave(at, l)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	send := func(event []byte) error {
		// A server that can't limit the time of a write ends it when the connection does.
		if err := control.SetWriteDeadline(time.Now().Add(slowest)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		_, err := w.Write(event)
		return errors.Join(err, control.Flush())
	}
	if send(first) != nil {
		return nil, nil
	}
	silence := time.NewTimer(quiet)
	defer silence.Stop()
	for {
		silence.Reset(quiet)
		select {
		case <-r.Context().Done():
			return nil, nil
		case <-silence.C:
			return nil, nil
		case <-l.dropped:
			return nil, nil
		case event, more := <-l.events:
			if !more || send(event) != nil {
				return nil, nil
			}
		}
	}
}

// roomOf is what a request wants to see.
func (s *Server) roomOf(r *http.Request) (at room, err error) {
	if err := parameters(r, "overview", "topology", "component", "board"); err != nil {
		return at, err
	}
	q := r.URL.Query()
	at = room{q.Get("topology"), q.Get("component"), q.Get("board"), s.role(r)}
	switch {
	case at.topology == "" && at.component+at.board != "":
		return at, invalidf("component and board need a topology")
	case at.component != "" && at.board != "":
		return at, invalidf("component and board exclude each other")
	case at.topology == "" && !q.Has("overview"):
		return at, invalidf("say what is wanted: overview=1, or topology=NAME, also with component=ID or board=ID")
	case at.topology != "" && q.Has("overview"):
		return at, invalidf("overview and topology exclude each other")
	case q.Has("overview") && q.Get("overview") != "1":
		return at, invalidf("overview is %q: 1 is expected", q.Get("overview"))
	}
	return at, nil
}

func (s *Server) enter(at room) *listener {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &listener{events: make(chan []byte, behind), dropped: make(chan struct{})}
	if s.rooms[at] == nil {
		s.rooms[at] = &audience{map[*listener]bool{}}
	}
	s.rooms[at].listeners[l] = true
	return l
}

func (s *Server) leave(at room, l *listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.rooms[at]; a != nil {
		delete(a.listeners, l)
		if len(a.listeners) == 0 {
			delete(s.rooms, at)
		}
	}
}

// dismiss lets all pages go, for nothing is collected any more: when they come again, somebody else may lead.
func (s *Server) dismiss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.rooms {
		for l := range a.listeners {
			close(l.dropped)
		}
	}
	clear(s.rooms)
}

// publish sends everybody who looks what there is now. It waits for nobody.
func (s *Server) publish(c *Cluster) {
	s.mu.Lock()
	var rooms []room
	for at := range s.rooms {
		rooms = append(rooms, at)
	}
	s.mu.Unlock()
	for _, at := range rooms {
		event, err := s.event(c, at)
		last := false
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Kind != NotFound {
				s.options.Logger.Error("a document can't be made", "error", err)
				continue
			}
			event, last = eventOf("gone", e), true
		}
		s.tell(at, event, last)
	}
}

func (s *Server) tell(at room, event []byte, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.rooms[at]
	if a == nil {
		return
	}
	for l := range a.listeners {
		select {
		case l.events <- event:
			if last {
				close(l.events)
			}
		default:
			close(l.dropped)
			s.options.Logger.Debug("a page that did not keep up was let go", slog.String("topology", at.topology))
			delete(a.listeners, l)
		}
	}
	if last {
		delete(s.rooms, at)
	}
}

// event is the document of a room.
func (s *Server) event(c *Cluster, at room) ([]byte, error) {
	now := time.Now()
	if at.topology == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		return eventOf("overview", viewOverview(c, s.records, now, at.role)), nil
	}
	t, err := find(c, at.topology)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.recordOf(t)
	if at.board != "" {
		v, err := viewBoard(r, at.board, now)
		if err != nil {
			return nil, err
		}
		return eventOf("board", v), nil
	}
	if at.component == "" {
		return eventOf("topology", viewTopology(r, c.Kind, now, mayChange(at.role)).seenBy(at.role)), nil
	}
	if err := knownComponent(r, at.component); err != nil {
		return nil, err
	}
	return eventOf("component", viewDetail(r, at.component, r.history.spans(now, r.uptime(now)), mayChange(at.role)).seenBy(at.role)), nil
}

// eventOf writes an event. JSON is one line.
func eventOf(name string, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // of a number that JSON has no form for
		name, text = "problem", []byte(`{"kind":"failed","error":"the document can't be written"}`)
	}
	var b bytes.Buffer
	b.WriteString("event: " + name + "\ndata: ")
	b.Write(text)
	b.WriteString("\n\n")
	return b.Bytes()
}
