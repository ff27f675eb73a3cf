package host_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/hosttest"
)

// kid is one of the children, of which there may be several processes, one after the other.
type kid struct {
	component string
	task      int
	refusals  atomic.Int32

	process  *hosttest.Process // the last one
	life     int
	held     []string        // bolt: tuples that it has not answered, oldest first
	over     []string        // bolt: those that it has
	open     map[string]bool // spout: messages that it has not heard of; true: the host must know it
	told     *toldIDs
	mute     bool
	loose    int  // bytes on its stdout since a message ended
	spoiled  bool // what it writes is read no more, perhaps
	split    int  // 0, or where its next message is split, plus 1
	truncate int
	crlf     bool
}

// choose returns ids of tuples.
func (k *kid) choose(which byte) any {
	switch n := len(k.held); {
	case which == '4' && len(k.over) > 0:
		return k.over[len(k.over)-1:]
	case which == '5':
		return []any{"0", "18446744073709551616", nil, []any{[]any{"1"}}, -1, "none", 1e3, map[string]any{"a": 1}}
	case n == 0 || which == '0':
		return []string{}
	case which == '2':
		return slices.Clone(k.held)
	case which == '3':
		return k.held[n-1:]
	}
	return k.held[:1]
}

// look reads what the processes of a child have got.
func (s *fuzzedSession) look(k *kid) {
	s.read(k)
	if newest := s.starter.Process(k.task); newest != k.process {
		k.process = newest
		k.life++
		k.held, k.over, k.open = nil, nil, map[string]bool{}
		k.told = &toldIDs{}
		k.mute, k.loose, k.spoiled = false, 0, false
		s.read(k)
	}
}

func (s *fuzzedSession) read(k *kid) {
	if k.process == nil {
		return
	}
	for _, frame := range k.process.Received() {
		var m struct {
			Command, Comp, Stream string
			ID                    string
			Tuple                 []any
		}
		var ids []int
		if json.Unmarshal([]byte(frame), &ids) == nil {
			k.told.lists = append(k.told.lists, ids)
			continue
		}
		if frame == hosttest.EndOfInput || json.Unmarshal([]byte(frame), &m) != nil {
			continue // the ids of some messages are no strings
		}
		switch {
		case m.Command == "ack" || m.Command == "fail":
			s.heard(k, m.ID, frame)
		case m.Command == "" && m.Stream != "__heartbeat":
			s.got(k, m.ID, m.Comp, m.Tuple)
		}
	}
}

// heard notes that the spout was told what became of a message.
func (s *fuzzedSession) heard(k *kid, id, frame string) {
	if !strings.HasPrefix(id, "!") {
		return
	}
	if _, open := k.open[id]; !open {
		s.faultf("the spout hears %s, which is not open", frame)
	}
	delete(k.open, id)
}

// got notes a tuple that the bolt got.
func (s *fuzzedSession) got(k *kid, id, from string, tuple []any) {
	k.held = append(k.held, id)
	if from == gstorm.SystemComponent {
		return // a tick
	}
	s.given++
	if from != "source" || len(tuple) != 1 {
		return
	}
	n, ok := tuple[0].(float64)
	if !ok || int(n) <= s.last {
		s.faultf("the bolt gets %v from the source after %d", tuple, s.last)
	}
	s.last = int(n)
	s.ids[s.last] = id
}
