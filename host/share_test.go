package host_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/plan"
)

// crew is the workers of one topology, which talk over the loopback as they would over a network.
type crew struct {
	t       *testing.T
	builder func() *gstorm.Builder
	shares  [][]int // tasks by worker
	dial    func(ctx context.Context, address string) (net.Conn, error)

	members []*member
	lives   int
}

// member is one life of a worker.
type member struct {
	self   transfer.Peer
	worker *host.Worker
	cut    context.CancelFunc
	ended  chan error
}

func newCrew(t *testing.T, b func() *gstorm.Builder, shares ...[]int) *crew {
	c := &crew{t: t, builder: b, shares: shares, members: make([]*member, len(shares)), dial: dial}
	t.Cleanup(c.stop)
	return c
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// start begins a life of a worker. The others hear of it.
func (c *crew) start(number int) {
	c.t.Helper()
	p, err := plan.Build(c.builder().Topology(), "", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	c.lives++
	m := &member{
		self:  transfer.Peer{Worker: number, Life: fmt.Sprint(c.lives), Address: listener.Addr().String(), Tasks: c.shares[number]},
		ended: make(chan error, 1),
	}
	m.worker, err = host.New(host.Options{
		Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), DrainLimit: time.Minute,
		Share: &host.Share{
			Tasks: c.shares[number], Topology: "t-1", Shape: 1, Self: m.self, Listener: listener,
			Dial: func(ctx context.Context, address string) (net.Conn, error) { return c.dial(ctx, address) }, Stranger: func() {},
		},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cut := context.WithCancel(context.Background())
	m.cut = cut
	c.members[number] = m
	c.introduce()
	go func() { m.ended <- m.worker.Run(ctx) }()
}

// introduce tells everybody who there is.
func (c *crew) introduce() {
	var peers []transfer.Peer
	for _, m := range c.members {
		if m != nil {
			peers = append(peers, m.self)
		}
	}
	for _, m := range c.members {
		if m != nil {
			m.worker.SetPeers(peers)
		}
	}
}

// kill ends a life without a word; then the others hear of it.
func (c *crew) kill(number int) {
	m := c.members[number]
	m.cut()
	<-m.ended
	c.members[number] = nil
	c.introduce()
}

func (c *crew) stop() {
	for _, m := range c.members {
		if m != nil {
			m.cut()
			<-m.ended
		}
	}
}

// startAll starts everybody, and has the spouts begin when all are ready.
func (c *crew) startAll() {
	for number := range c.shares {
		c.start(number)
	}
	for _, m := range c.members {
		m.await(c.t, func(p host.Progress) bool { return p.Ready })
	}
	for _, m := range c.members {
		m.worker.Begin()
	}
}

// await waits for a progress.
func (m *member) await(t *testing.T, want func(host.Progress) bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		p, changed := m.worker.Progress()
		if want(p) {
			return
		}
		select {
		case <-changed:
		case err := <-m.ended:
			t.Fatalf("the worker has ended: %v", err)
		case <-limit:
			t.Fatalf("the worker stays at %+v", p)
		}
	}
}

// drain ends all in order, as a leader would lead them.
func (c *crew) drain() {
	c.t.Helper()
	for _, m := range c.members {
		m.worker.Drain("the test is over")
	}
	p, _ := c.members[0].worker.Progress()
	for stage := 1; stage <= p.Stages; stage++ {
		for _, m := range c.members {
			m.await(c.t, func(p host.Progress) bool { return p.Ended >= stage })
		}
		for _, m := range c.members {
			m.worker.EndStage(stage)
		}
	}
	for number, m := range c.members {
		if err := <-m.ended; err != nil {
			c.t.Errorf("worker %d: %v", number, err)
		}
		c.members[number] = nil
	}
}

// tally is what a spout of numbers has heard of each, and what a sink has got of each.
type tally struct {
	mu     sync.Mutex
	acked  map[int]int
	failed int
	seen   map[int]int
	closed []string
}

func newTally() *tally { return &tally{acked: map[int]int{}, seen: map[int]int{}} }

func (y *tally) note(f func()) {
	y.mu.Lock()
	defer y.mu.Unlock()
	f()
}

// numbers is a spout that emits 0.. n-1, and again what has failed.
type numbers struct {
	n, next int
	again   []int
	tally   *tally
}

func (s *numbers) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	n := s.next
	switch {
	case len(s.again) > 0:
		n, s.again = s.again[0], s.again[1:]
	case s.next < s.n:
		s.next++
	default:
		return gstorm.ErrFinished
	}
	out.EmitID(n, "", n, strings.Repeat("x", n%100))
	return nil
}

func (s *numbers) Ack(id any) { s.tally.note(func() { s.tally.acked[id.(int)]++ }) }

func (s *numbers) Fail(id any) {
	s.again = append(s.again, id.(int))
	s.tally.note(func() { s.tally.failed++ })
}

// chain is numbers -> double (2 tasks, two tuples for each) -> sink (2 tasks). Tasks: double 1 2, numbers 3, sink 4 5.
func chain(n int, y *tally) func() *gstorm.Builder {
	return func() *gstorm.Builder {
		b := gstorm.NewBuilder("chain")
		b.Set(gstorm.TopologyMaxSpoutPending, 500)
		b.Spout("numbers", func() gstorm.Spout { return &numbers{n: n, tally: y} }).Output("default", "n", "filling")
		b.Bolt("double", func() gstorm.Bolt {
			return boltFunc(func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
				n, err := t.Int("n")
				out.Emit(n)
				out.Emit(n)
				return err
			})
		}).Parallelism(2).Output("default", "n").From("numbers", "", gstorm.Shuffle)
		b.Bolt("sink", func() gstorm.Bolt { return &tallySink{tally: y} }).Parallelism(2).From("double", "", gstorm.FieldsGrouping, "n")
		return b
	}
}

type tallySink struct {
	tally *tally
	name  string
}

func (s *tallySink) Open(_ context.Context, task *gstorm.TaskContext) error {
	s.name = fmt.Sprintf("%s %d", task.Component, task.Task)
	return nil
}

func (s *tallySink) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	n, err := t.Int("n")
	s.tally.note(func() { s.tally.seen[int(n)]++ })
	return err
}

func (s *tallySink) Close(context.Context, *gstorm.Collector) error {
	s.tally.note(func() { s.tally.closed = append(s.tally.closed, s.name) })
	return nil
}

// check wants each number acked once, and seen as often as exactly says, or at least so often.
func (y *tally) check(t *testing.T, n int, exactly bool) {
	t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	for i := range n {
		if y.acked[i] != 1 {
			t.Fatalf("%d was acked %d times", i, y.acked[i])
		}
		if y.seen[i] < 2 || exactly && y.seen[i] != 2 {
			t.Fatalf("%d was seen %d times, not 2", i, y.seen[i])
		}
	}
}

func TestWorkersOfATopologyRunItTogether(t *testing.T) {
	for _, shares := range [][][]int{{{1, 2, 3, 4, 5}}, {{3}, {1, 2, 4, 5}}, {{1, 3}, {2, 5}, {4}}, {{1}, {2}, {3}, {4}, {5}}} {
		t.Run(fmt.Sprint(shares), func(t *testing.T) {
			const n = 5000
			y := newTally()
			c := newCrew(t, chain(n, y), shares...)
			c.startAll()
			for _, m := range c.members {
				m.await(t, func(p host.Progress) bool { return p.Finished })
			}
			c.drain()
			y.check(t, n, true)
			if y.failed > 0 {
				t.Errorf("%d trees failed", y.failed)
			}
			if len(y.closed) != 2 {
				t.Errorf("closed were %v", y.closed)
			}
		})
	}
}

// TestConnectionsThatBreakLoseNothing: each connection is cut after some bytes, in the midst of frames.
func TestConnectionsThatBreakLoseNothing(t *testing.T) {
	const n = 20_000
	y := newTally()
	c := newCrew(t, chain(n, y), []int{1, 3}, []int{2, 5}, []int{4})
	c.dial = func(ctx context.Context, address string) (net.Conn, error) {
		conn, err := dial(ctx, address)
		if err != nil {
			return nil, err
		}
		return &brittle{Conn: conn, left: 500 + rand.IntN(50_000)}, nil
	}
	c.startAll()
	for _, m := range c.members {
		m.await(t, func(p host.Progress) bool { return p.Finished })
	}
	repeated := uint64(0)
	for _, m := range c.members {
		for _, count := range m.worker.Links() {
			repeated += count.Repeated
		}
	}
	c.drain()
	y.check(t, n, true)
	if y.failed > 0 {
		t.Errorf("%d trees failed", y.failed)
	}
	if repeated == 0 {
		t.Error("no frame was sent twice: the test tests nothing")
	}
}

// brittle breaks when so many bytes have been written.
type brittle struct {
	net.Conn
	left int
}

func (b *brittle) Write(p []byte) (int, error) {
	if len(p) <= b.left {
		b.left -= len(p)
		return b.Conn.Write(p)
	}
	n, _ := b.Conn.Write(p[:b.left])
	_ = b.Close()
	return n, errors.New("it broke")
}

// TestAWorkerThatDiesIsReplaced: what it had is emitted again at once, not when its time is up.
func TestAWorkerThatDiesIsReplaced(t *testing.T) {
	const n = 100_000
	y := newTally()
	c := newCrew(t, chain(n, y), []int{3}, []int{1, 4}, []int{2, 5})
	c.startAll()
	for kills := range 6 {
		number := 1 + kills%2
		before := 0
		y.note(func() { before = len(y.acked) })
		if !comesTrue(func() (more bool) {
			y.note(func() { more = len(y.acked) >= min(before+2000, n) })
			return more
		}) {
			t.Fatal("nothing goes on")
		}
		c.kill(number)
		c.start(number)
		c.members[number].worker.Begin()
	}
	for _, m := range c.members {
		m.await(t, func(p host.Progress) bool { return p.Finished })
	}
	c.drain()
	y.check(t, n, false)
	if y.failed == 0 {
		t.Error("nothing had to be emitted again: the test tests nothing")
	}
}

// BenchmarkShared is BenchmarkWordCount with two workers, which talk over TCP: the sentences go over it, or the words. Its
// ratio to BenchmarkWordCount is what the way between workers costs.
func BenchmarkShared(b *testing.B) {
	for name, shares := range map[string][2][]int{"sentences": {{2}, {1, 3}}, "words": {{2, 3}, {1}}} {
		b.Run(name, func(b *testing.B) {
			counts := &wordCount{counts: map[string]*int{}}
			t := wordCountTopology(b.N, counts, 1)
			p, err := plan.Build(t.Topology(), "", nil)
			if err != nil {
				b.Fatal(err)
			}
			var workers [2]*host.Worker
			var peers []transfer.Peer
			for i := range workers {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					b.Fatal(err)
				}
				self := transfer.Peer{Worker: i, Life: "1", Address: listener.Addr().String(), Tasks: shares[i]}
				peers = append(peers, self)
				workers[i], err = host.New(host.Options{
					Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
					Share: &host.Share{Tasks: shares[i], Topology: "t-1", Self: self, Listener: listener, Dial: dial, Stranger: func() {}},
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			ctx, cut := context.WithCancel(b.Context())
			var group sync.WaitGroup
			defer group.Wait()
			defer cut()
			begin := time.Now()
			for _, w := range workers {
				w.SetPeers(peers)
				group.Go(func() { _ = w.Run(ctx) })
				w.Begin()
			}
			for {
				done, changed := workers[0].Progress()
				if done.Finished {
					break
				}
				<-changed
			}
			b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "sentences/s")
		})
	}
}
