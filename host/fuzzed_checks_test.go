package host_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/hosttest"
	"github.com/gstorm/gstorm/internal/stats"
)

// check checks what there is when the run has ended.
func (s *fuzzedSession) check() {
	s.checkSink()
	s.checkSource()
	snapshot := s.worker.Snapshot()
	s.checkTrees(snapshot.Trees)
	s.checkCounts(snapshot)
	if s.cut {
		return
	}
	for value, e := range s.emits {
		if e.sure && e.count == 0 {
			s.faultf("the sink never gets %s of task %d", value, e.task)
		}
	}
	k := s.kids[childSpout]
	if d := death(k.process); d != nil && d.Asked() && d.Reason == "" && !k.mute && !strings.Contains(s.settings, "u") {
		for id, sure := range k.open {
			if sure {
				s.faultf("the spout never hears of %s", id)
			}
		}
	}
}

func death(p *hosttest.Process) *child.Death {
	if p == nil {
		return nil
	}
	return p.Death()
}

// checkSink: what came was emitted, by that task, came once, went where its task was told that it goes, and not before what the same task had emitted earlier for
// the same task.
func (s *fuzzedSession) checkSink() {
	last := map[string]int{}
	for _, t := range s.sink.got {
		var n int
		if _, err := fmt.Sscanf(t.value, "!%d", &n); err != nil {
			continue
		}
		e := s.emits[t.value]
		if e == nil || e.task != t.source.Task {
			s.faultf("the sink gets %s from %s, which nobody emitted", t.value, t.source.Component)
			continue
		}
		if e.count++; e.count > 1 {
			s.faultf("the sink gets %s %d times", t.value, e.count)
		}
		if e.told != nil && e.nth < len(e.told.lists) && !slices.Contains(e.told.lists[e.nth], t.task) {
			s.faultf("task %d was told that %s goes to %v, but task %d gets it", e.task, t.value, e.told.lists[e.nth], t.task)
		}
		way := fmt.Sprintf("task %d to task %d", t.source.Task, t.task)
		if n < last[way] {
			s.faultf("from %s %d comes after %d", way, n, last[way])
		}
		last[way] = n
	}
}

func (s *fuzzedSession) checkTrees(trees stats.Trees) {
	if trees.Emitted != trees.Acked+trees.Failed+trees.TimedOut+trees.Pending {
		s.faultf("trees %+v", trees)
	}
	// A spout that hangs when it is to end is ended at the drain limit. What it had said half comes out whole then.
	if !s.cut && trees.Pending != 0 && !s.kids[childSpout].mute {
		s.faultf("after the end trees are pending: %+v", trees)
	}
	if int(trees.Emitted) < s.source.emitted {
		s.faultf("the source has emitted %d, trees %+v", s.source.emitted, trees)
	}
}

// checkSource: it hears once of each message, and of the ack of those alone whose whole tree was acked.
func (s *fuzzedSession) checkSource() {
	failed := map[string]bool{} // tuples of which a child failed
	for value, e := range s.emits {
		for _, id := range e.anchors {
			failed[id] = failed[id] || s.sink.bad[value]
		}
	}
	for i := range s.source.emitted {
		n := i + 1
		if told := s.source.acked[n] + s.source.failed[n]; told > 1 || told == 0 && !s.cut {
			s.faultf("the source hears %d times of message %d", told, n)
		}
		id := s.ids[n]
		sure, said := s.acks[id]
		switch acked := s.source.acked[n] > 0; {
		case strings.Contains(s.settings, "n"):
		case acked && (!said || failed[id]):
			s.faultf("the source hears that message %d was acked", n)
		case !acked && sure && !failed[id] && !s.rough && !s.cut:
			s.faultf("the source does not hear that message %d was acked", n)
		}
	}
}

func (s *fuzzedSession) checkCounts(snapshot stats.Snapshot) {
	for _, d := range disagreements(snapshot) {
		s.faultf("%s", d)
	}
	of := func(id string) stats.Component {
		return snapshot.Components[slices.IndexFunc(snapshot.Components, func(c stats.Component) bool { return c.ID == id })]
	}
	source, bolt, sink := of("source"), of("bolt"), of("sink")
	if int(source.Emitted) != s.source.emitted || source.Transferred != source.Emitted {
		s.faultf("the source has emitted %d, it counts %+v", s.source.emitted, source)
	}
	if int(sink.Executed) != len(s.sink.got) || sink.Executed != sink.Acked+sink.Failed {
		s.faultf("the sink got %d, it counts %+v", len(s.sink.got), sink)
	}
	if int(bolt.Executed) < s.given {
		s.faultf("the bolt got %d, it counts %+v", s.given, bolt)
	}
	if s.cut {
		return
	}
	// What a bolt that was asked to end still sends to itself finds nobody.
	if int(bolt.Queue) > s.loops || sink.Queue != 0 || source.InFlight != 0 {
		s.faultf("something is left: %+v", snapshot.Components)
	}
	if k := s.kids[boltTask]; int(bolt.InFlight) > len(k.held) {
		s.faultf("%d tuples are in flight, the bolt holds %d", bolt.InFlight, len(k.held))
	}
}
