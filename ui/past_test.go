package ui

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/past"
	"github.com/gstorm/gstorm/internal/stats"
)

// fataler is a test, or a part of one.
type fataler interface{ Fatal(...any) }

// fakeNode is a node with one worker at most, whose agent keeps what that counts. Its clock is ahead by so much.
type fakeNode struct {
	id      string
	books   *past.Books
	folder  string
	ahead   time.Duration
	down    bool // the agent
	cut     bool // whoever leads does not reach it
	worker  *fakeWorker
	counted uint64 // by earlier lives
	most    uint64 // in one second
}

type fakeWorker struct {
	began time.Time
	count uint64
}

func (n *fakeNode) snapshot(at time.Time) stats.Snapshot {
	w := n.worker
	s := stats.Snapshot{Started: w.began, Seconds: at.Sub(w.began).Seconds()}
	s.Components = []stats.Component{{ID: "s", Kind: spout, Emitted: w.count, Acked: w.count, Queue: 1, Latency: stats.Latency{Count: w.count, Mean: 2, P99: 7}}}
	s.Tasks = []stats.Task{{ID: 1, Component: "s", Kind: spout, Emitted: w.count, Acked: w.count}}
	s.Streams = []stats.Stream{{Component: "s", Stream: "default", Emitted: w.count, Transferred: w.count}}
	return s
}

func (n *fakeNode) clock(at time.Time) time.Time { return at.Add(n.ahead) }

// second has the worker count, and the agent keep it.
func (n *fakeNode) second(t fataler, at time.Time, count uint64) {
	if n.worker != nil {
		n.worker.count += count
	}
	if !n.down {
		n.give(t, at)
		if err := n.books.Record(n.clock(at)); err != nil {
			t.Fatal(err)
		}
	}
}

func (n *fakeNode) give(t fataler, at time.Time) {
	if n.worker != nil {
		s := n.snapshot(at)
		if err := n.books.Give("words-1", 1, &s, n.clock(at)); err != nil {
			t.Fatal(err)
		}
	}
}

func (n *fakeNode) die(t fataler, at time.Time) {
	if n.worker != nil {
		n.give(t, at) // as workers do
		n.counted += n.worker.count
		n.worker = nil
	}
}

func (n *fakeNode) total() uint64 {
	if n.worker == nil {
		return n.counted
	}
	return n.counted + n.worker.count
}

// crowd are nodes, and what they had counted at each second from begin on.
type crowd struct {
	nodes  []*fakeNode
	second int
	total  []uint64 // of all nodes
}

func (c *crowd) now() time.Time { return begin.Add(time.Duration(c.second) * time.Second) }

// steps lets time pass, in which things happen.
func (c *crowd) steps(t *rapid.T, seconds int) {
	for range seconds {
		c.second++
		at, sum := c.now(), uint64(0)
		for _, n := range c.nodes {
			what := rapid.IntRange(0, 39).Draw(t, "what")
			switch {
			case what == 0 && !n.down:
				n.die(t, at)
			case what <= 3 && n.worker == nil:
				n.worker = &fakeWorker{began: at}
			case what == 4 && n.down:
				n.down, n.books = false, past.NewBooks(n.folder, 1<<30)
			}
			count := rapid.Uint64Range(0, 100).Draw(t, "count")
			n.second(t, at, count)
			n.most = max(n.most, count)
			if what == 5 && !n.down {
				if err := n.books.Close(n.clock(at)); err != nil {
					t.Fatal(err)
				}
				n.down = true
			}
			sum += n.total()
		}
		c.total = append(c.total, sum)
	}
}

// look is what a leader does now: it hears of the nodes that answer, and asks those for their past that it has not asked.
func (c *crowd) look(t fataler, r *record) {
	at := c.now()
	var sum stats.Snapshot
	var curves []told
	for _, n := range c.nodes {
		if n.down || n.cut {
			continue
		}
		if n.worker != nil {
			s := n.snapshot(at)
			sum.Seconds = max(sum.Seconds, s.Seconds)
			if sum.Components == nil {
				sum.Components = []stats.Component{{ID: "s", Kind: spout}}
			}
			sum.Components[0].Queue++
			s.Tasks[0].Node = n.id
			sum.Tasks = append(sum.Tasks, s.Tasks...)
		}
		if book := n.books.Get("words-1", n.clock(at)); book != nil {
			r.hear(at, []NodeSums{{n.id, book.Sums()}})
		}
		if h := r.nodes[n.id]; h == nil || !h.read {
			var text bytes.Buffer
			if err := n.books.Get("words-1", n.clock(at)).Write(&text, n.clock(at)); err != nil {
				t.Fatal(err)
			}
			curve, err := past.ReadCurve(&text)
			if err != nil {
				t.Fatal(err)
			}
			curves = append(curves, told{n.id, at, curve})
			r.hear(at, []NodeSums{{n.id, curve.Sums}})
		}
	}
	r.take(at, sum, nil)
	for i := range curves {
		r.recall(curves[i].node, curves[i].at, curves[i].curve)
	}
}

// Whatever lives, moves, gaps and clocks there were before somebody leads, and while it does: what it says was counted by now,
// and at any moment that all nodes know, is what was; and no rate is below 0, or higher than there was one.
func TestThePastOfAllNodesIsWhatWasCounted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "past")
		if err != nil {
			rt.Fatal(err)
		}
		c := &crowd{total: []uint64{0}}
		for i := range rapid.IntRange(1, 3).Draw(rt, "nodes") {
			n := &fakeNode{id: fmt.Sprint("n", i), folder: fmt.Sprint(folder, "/", i), ahead: time.Duration(rapid.IntRange(-9, 9).Draw(rt, "ahead")) * time.Second}
			n.books = past.NewBooks(n.folder, 1<<30)
			c.nodes = append(c.nodes, n)
		}
		c.steps(rt, rapid.IntRange(1, 25).Draw(rt, "before"))
		r := newRecord()
		r.topology.Submitted = begin
		for range rapid.IntRange(1, 8).Draw(rt, "looks") {
			c.look(rt, r)
			c.steps(rt, rapid.IntRange(1, 4).Draw(rt, "seconds"))
		}
		for _, n := range c.nodes { // all are there again
			if n.down {
				n.down, n.books = false, past.NewBooks(n.folder, 1<<30)
			}
			n.give(rt, c.now())
		}
		c.look(rt, r)
		if got := r.now().components["s"].emitted; got != c.total[c.second] {
			rt.Fatalf("%d emitted, want %d", got, c.total[c.second])
		}
		if got := r.now().topology; got.emitted != c.total[c.second] || got.acked != c.total[c.second] {
			rt.Fatalf("%d emitted and %d acked by the topology, want %d", got.emitted, got.acked, c.total[c.second])
		}
		frames, most := r.history.frames(), 0.0
		for _, n := range c.nodes {
			most += float64(n.most) + 1 // what is between two moments is a whole number
		}
		for i := range frames {
			n := r.history.component(&frames[i], "s").emitted
			if frames[i].topology.emitted != n || r.history.stream(&frames[i], streamKey{"s", "default"}).emitted != n {
				rt.Fatalf("frame %d: the component has emitted %d, the topology %d", i, n, frames[i].topology.emitted)
			}
			if n > c.total[c.second] {
				rt.Fatalf("frame %d: %d emitted, and %d in the end", i, n, c.total[c.second])
			}
			if i == 0 {
				continue
			}
			before, seconds := r.history.component(&frames[i-1], "s").emitted, frames[i].at.Sub(frames[i-1].at).Seconds()
			if n+uint64(len(c.nodes)) < before { // as above
				rt.Fatalf("at %s %d were emitted, and %d before", frames[i].at, n, before)
			}
			if rate := (float64(n) - float64(before)) / seconds; rate > most {
				rt.Fatalf("up to %s %g a second were emitted, and never were more than %g", frames[i].at, rate, most)
			}
		}
		for _, n := range c.nodes {
			if err := n.books.Close(n.clock(c.now())); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// Where all agents are there all the time, each second is what it was.
func TestThePastIsKnownByTheSecond(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "past")
		if err != nil {
			rt.Fatal(err)
		}
		c := &crowd{total: []uint64{0}}
		for i := range 2 {
			n := &fakeNode{id: fmt.Sprint("n", i), folder: fmt.Sprint(folder, "/", i), ahead: time.Duration(i*7) * time.Second, worker: &fakeWorker{began: begin}}
			n.books = past.NewBooks(n.folder, 1<<30)
			n.give(rt, begin)
			c.nodes = append(c.nodes, n)
		}
		for range rapid.IntRange(2, 25).Draw(rt, "seconds") {
			c.second++
			sum := uint64(0)
			for _, n := range c.nodes {
				if rapid.IntRange(0, 9).Draw(rt, "dies") == 0 {
					n.die(rt, c.now())
					n.worker = &fakeWorker{began: c.now()}
				}
				n.second(rt, c.now(), rapid.Uint64Range(0, 100).Draw(rt, "count"))
				sum += n.total()
			}
			c.total = append(c.total, sum)
		}
		r := newRecord()
		c.look(rt, r)
		h := r.history.series("", c.now(), time.Duration(c.second)*time.Second, c.second)
		for i := range c.second {
			want := float64(c.total[i+1] - c.total[i])
			if v := h.Series["emitted"][i]; v == nil || *v != want {
				rt.Fatalf("second %d of %d: %v emitted, want %g", i, c.second, shown(v), want)
			}
		}
		if v := h.Series["queue"][c.second-1]; v == nil || *v != 2 {
			rt.Fatalf("the queues have %v, want 2", shown(v))
		}
		for _, n := range c.nodes {
			if err := n.books.Close(c.now()); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// A node that could not be reached for a while has gone on: when it is there again, each second is what it was, and what the others
// counted meanwhile is not touched.
func TestANodeThatWasAwayBringsItsPast(t *testing.T) {
	folder := t.TempDir()
	c := &crowd{total: []uint64{0}}
	for i := range 2 {
		n := &fakeNode{id: fmt.Sprint("n", i), folder: fmt.Sprint(folder, "/", i), worker: &fakeWorker{began: begin}}
		n.books = past.NewBooks(n.folder, 1<<30)
		n.give(t, begin)
		c.nodes = append(c.nodes, n)
	}
	r := newRecord()
	const away, back = 5, 5 + int(worthAsking/time.Second) + 3
	for c.second < back+2 {
		c.second++
		c.nodes[1].cut = c.second >= away && c.second < back
		for i, n := range c.nodes {
			n.second(t, c.now(), uint64(i*c.second%7)) // of the second node, unlike each second
		}
		c.total = append(c.total, c.nodes[0].total()+c.nodes[1].total())
		c.look(t, r)
	}
	h := r.history.series("", c.now(), time.Duration(c.second)*time.Second, c.second)
	for i := range c.second {
		want := float64(c.total[i+1] - c.total[i])
		if v := h.Series["emitted"][i]; v == nil || *v != want {
			t.Fatalf("second %d of %d: %s emitted, want %g", i, c.second, shown(v), want)
		}
	}
	for _, n := range c.nodes {
		if err := n.books.Close(c.now()); err != nil {
			t.Fatal(err)
		}
	}
}

func shown(v *float64) string {
	if v == nil {
		return "nothing"
	}
	return fmt.Sprint(*v)
}
