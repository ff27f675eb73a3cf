package agent

import (
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/stats"
)

// TestATraceLogIsReadByMarks: each thing once, also by who asks in steps; the newest only are kept, and marks of another life are
// none.
func TestATraceLogIsReadByMarks(t *testing.T) {
	var l traceLog
	now := time.Unix(0, 0)
	at := int64(0)
	give := func(topology string, n int) {
		s := api.WorkerStats{Topology: topology, Worker: 2}
		for range n {
			at++
			s.Traces = append(s.Traces, stats.TraceEvent{Root: "1-1", At: at})
		}
		if l.give(&s, now); s.Traces != nil {
			t.Error("the counts have still the traces")
		}
	}
	if n := l.since("words", "", 0); n.Events == nil || len(n.Events) != 0 || n.More {
		t.Errorf("of nothing: %+v", n)
	}
	give("words", 12_000)
	give("other", 1)
	read := func(from api.NodeTraces) (n api.NodeTraces, all []api.WorkerTrace) {
		for n = from; ; {
			n = l.since("words", n.Life, n.Next)
			if all = append(all, n.Events...); !n.More {
				return n, all
			}
		}
	}
	mark, all := read(api.NodeTraces{})
	if len(all) != 12_000 || all[0].At != 1 || all[11_999].At != 12_000 || all[0].Worker != 2 {
		t.Errorf("%d were read", len(all))
	}
	if _, again := read(mark); len(again) != 0 {
		t.Errorf("%d were read twice", len(again))
	}
	give("words", 7)
	if next, more := read(mark); len(more) != 7 || next.Next != 12_007 {
		t.Errorf("%d more, up to %d", len(more), next.Next)
	}
	if _, all := read(api.NodeTraces{Life: "another", Next: 12_007}); len(all) != 12_007 {
		t.Errorf("with a mark of another life: %d", len(all))
	}
	give("words", 100_000)
	if _, all := read(mark); len(all) < keptEvents || len(all) > keptEvents*5/4 || all[len(all)-1].At != at {
		t.Errorf("%d are kept", len(all))
	}
	now = now.Add(2 * keepTraces)
	give("other", 1)
	if len(l.topologies) != 1 {
		t.Error("what is of a topology that is no more is kept")
	}
}
