package host_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/hosttest"
	"github.com/gstorm/gstorm/internal/plan"
)

// The tasks of a fuzzed session: source is a reliable spout in Go, spout and bolt are children, sink is a bolt in Go.
//
//	source --> bolt --> sink        bolt --loop--> bolt
//	spout  --> bolt, sink
const (
	boltTask   = 1
	sinkTask   = 2 // and 3
	sourceTask = 4
	childSpout = 5
)

const (
	fuzzedTimeout  = 20 * time.Second // of messages
	fuzzedFrame    = 4 << 10          // no message of a child may be longer
	fuzzedPatience = 2 * time.Hour    // for the end, of virtual time
)

// settings change the topology or the children.
var settings = map[byte]func(s *fuzzedSession, b *gstorm.Builder){
	'q': func(_ *fuzzedSession, b *gstorm.Builder) { b.Set(gstorm.TopologyReceiveBuffer, 2) },   // short queues
	'p': func(_ *fuzzedSession, b *gstorm.Builder) { b.Set(gstorm.TopologyMaxSpoutPending, 2) }, // few pending trees
	'n': func(_ *fuzzedSession, b *gstorm.Builder) { b.Set(gstorm.TopologyAckerExecutors, 0) },  // no ledger
	'b': func(_ *fuzzedSession, b *gstorm.Builder) { b.Set(gstorm.RestartMax, 3) },              // a breaker
	'k': func(s *fuzzedSession, _ *gstorm.Builder) { s.tick = 1 },                               // ticks
	'c': func(s *fuzzedSession, _ *gstorm.Builder) { s.starter.Classic = true },                 // no extension
	'i': func(s *fuzzedSession, b *gstorm.Builder) { // task ids ahead
		s.starter.Classic = true
		s.single = true
		b.Set(gstorm.TaskIDsAhead, "always")
	},
	'a': func(s *fuzzedSession, b *gstorm.Builder) { // commands ahead
		s.starter.Classic = true
		b.Set(gstorm.CommandsAhead, "always")
	},
	'u': func(s *fuzzedSession, _ *gstorm.Builder) { s.starter.Unanswered = []string{"activate", "ack", "fail"} }, // as storm.js
}

// fuzzedSession is one run, with all that was seen of it.
type fuzzedSession struct {
	program  string // what is left of it
	settings string
	tick     int  // seconds; 0: none
	single   bool // the children have one stream that is not direct, which is shuffled
	starter  *hosttest.Starter
	worker   *host.Worker
	cancel   context.CancelFunc
	ended    chan error
	err      error // of the run
	cut      bool
	pauses   time.Duration // sum of all

	source *fuzzedSource
	sink   *fuzzedSink
	kids   map[int]*kid    // by task
	kid    *kid            // the one that steps are about
	hasty  bool            // steps do not wait until all that can happen has happened
	given  int             // tuples that the bolt got
	acks   map[string]bool // by id, those that it may have acked; true: it must have
	ids    map[int]string  // by number of the source's
	rough  bool            // a step was taken after which a message may fail that was acked
	loops  int             // that it may have sent to itself
	last   int             // of the source's, the last that it got

	emits  map[string]*fuzzedEmit // by value
	next   int                    // value
	faults []string
}

// fuzzedEmit is a tuple that a program had emitted. Its first value is found nowhere else.
type fuzzedEmit struct {
	task  int
	sure  bool     // the host must have understood it, and the sink must get it
	count int      // how often the sink got it
	told  *toldIDs // what its process was told; nil: it does not ask, or it can't be known which answer is its own
	nth   int      // of the emits that ask, from 0
	// anchors are the tuples that it was anchored to and that the bolt still had.
	anchors []string
}

// toldIDs are the lists of task ids that a process got, in their order.
type toldIDs struct {
	lists [][]int
	asked int  // emits of the process that asked
	lost  bool // it may have asked more often than that
}

func (s *fuzzedSession) faultf(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

func newFuzzedSession(t *testing.T, program string) *fuzzedSession {
	s := &fuzzedSession{
		program: program, starter: &hosttest.Starter{MaxFrame: fuzzedFrame}, ended: make(chan error, 1),
		source: &fuzzedSource{acked: map[int]int{}, failed: map[int]int{}}, sink: &fuzzedSink{bad: map[string]bool{}}, emits: map[string]*fuzzedEmit{},
		acks: map[string]bool{}, ids: map[int]string{},
		kids: map[int]*kid{boltTask: {component: "bolt", task: boltTask}, childSpout: {component: "spout", task: childSpout}},
	}
	s.kid = s.kids[boltTask]
	if before, after, ok := strings.Cut(program, ":"); ok {
		s.settings, s.program = before, after
	}
	s.starter.Refuse = s.refuse
	p, err := plan.Build(s.topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.worker, err = host.New(host.Options{
		Plan: p, Starter: s.starter, Seed: 1, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), DrainLimit: time.Hour,
		Launch: func(c *plan.Component) (host.Launch, error) { return host.Launch{Command: []string{c.ID}}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.cancel = cancel
	go func() { s.ended <- s.worker.Run(ctx) }()
	synctest.Wait()
	return s
}

func (s *fuzzedSession) topology() *gstorm.Topology {
	b := gstorm.NewBuilder("fuzzed").Set(gstorm.TopologyMessageTimeout, int(fuzzedTimeout/time.Second)).Set(gstorm.RestartMax, 0)
	for _, letter := range []byte(s.settings) {
		if set := settings[letter]; set != nil {
			set(s, b)
		}
	}
	b.Spout("source", func() gstorm.Spout { return s.source }).Output("default", "v")
	if s.single {
		s.singleStream(b)
		return b.Topology()
	}
	b.ShellSpout("spout", "spout").Output("default", "v").Output("two", "v", "w").DirectOutput("straight", "v")
	b.ShellBolt("bolt", "bolt").Output("default", "v").Output("two", "v", "w").Output("loop", "v").DirectOutput("straight", "v").
		Set(gstorm.TopologyTickFreq, s.tick).From("source", "", gstorm.Shuffle).From("spout", "two", gstorm.FieldsGrouping, "w").From("bolt", "loop", gstorm.Global)
	b.Bolt("sink", func() gstorm.Bolt { return &fuzzedSinkTask{sink: s.sink} }).Parallelism(2).
		From("bolt", "", gstorm.FieldsGrouping, "v").From("bolt", "two", gstorm.Shuffle).From("bolt", "straight", gstorm.Direct).
		From("spout", "", gstorm.Shuffle).From("spout", "straight", gstorm.Direct)
	return b.Topology()
}

// singleStream adds the other components where tasks can be told in advance. The streams two and loop are not declared.
func (s *fuzzedSession) singleStream(b *gstorm.Builder) {
	b.ShellSpout("spout", "spout").Output("default", "v").DirectOutput("straight", "v")
	b.ShellBolt("bolt", "bolt").Output("default", "v").DirectOutput("straight", "v").
		Set(gstorm.TopologyTickFreq, s.tick).From("source", "", gstorm.Shuffle)
	b.Bolt("sink", func() gstorm.Bolt { return &fuzzedSinkTask{sink: s.sink} }).Parallelism(2).
		From("bolt", "", gstorm.Shuffle).From("bolt", "straight", gstorm.Direct).
		From("spout", "", gstorm.Shuffle).From("spout", "straight", gstorm.Direct)
}

// refuse keeps a child from starting where the program says so.
func (s *fuzzedSession) refuse(spec child.Spec) *child.Death {
	k := s.kids[spec.Task]
	if k.refusals.Add(-1) >= 0 {
		return &child.Death{Component: spec.Component, Task: spec.Task, Phase: child.PhaseStart, Reason: "refused"}
	}
	k.refusals.Store(0)
	return nil
}

// end lets the run come to its end.
func (s *fuzzedSession) end() {
	s.sink.hurry()
	s.worker.Drain("the program is over")
	select {
	case s.err = <-s.ended:
	case <-time.After(fuzzedPatience):
		s.faultf("the run does not end: %+v", s.worker.Snapshot())
		s.cancel()
		s.err = <-s.ended
	}
	s.cancel()
	for _, k := range s.kids {
		s.look(k)
	}
	var failed *host.FailedError
	switch broken := errors.As(s.err, &failed); {
	case broken && strings.Contains(s.settings, "b"), errors.Is(s.err, host.ErrCut) && s.cut:
		s.cut = true
	case s.err != nil:
		s.faultf("the run ended with %v", s.err)
	}
}

// fuzzedSource emits as many tuples as it is told to.
type fuzzedSource struct {
	mu      sync.Mutex // guards all below
	quota   int
	emitted int
	acked   map[int]int // by message, how often it was told so
	failed  map[int]int
}

// more lets it emit n more.
func (s *fuzzedSource) more(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota += n
}

// Next implements gstorm.Spout.
func (s *fuzzedSource) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quota > 0 {
		s.quota--
		s.emitted++
		out.EmitID(s.emitted, "", s.emitted)
	}
	return nil
}

// Ack implements gstorm.Acknowledger.
func (s *fuzzedSource) Ack(id any) { s.told(s.acked, id) }

// Fail implements gstorm.Acknowledger. It does not replay.
func (s *fuzzedSource) Fail(id any) { s.told(s.failed, id) }

func (s *fuzzedSource) told(counts map[int]int, id any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts[id.(int)]++
}

// fuzzedSink notes what it gets.
type fuzzedSink struct {
	mu   sync.Mutex // guards all below
	got  []fuzzedTuple
	slow int             // so many tuples take a second each
	fail int             // so many fail
	bad  map[string]bool // values that failed
}

type fuzzedTuple struct {
	source *gstorm.Source
	task   int // of the sink
	value  string
}

// fuzzedSinkTask is one of its tasks.
type fuzzedSinkTask struct {
	sink *fuzzedSink
	id   int
}

// Open implements gstorm.Opener.
func (t *fuzzedSinkTask) Open(_ context.Context, c *gstorm.TaskContext) error {
	t.id = c.Task
	return nil
}

// Execute implements gstorm.Bolt.
func (t *fuzzedSinkTask) Execute(ctx context.Context, in *gstorm.Tuple, _ *gstorm.Collector) error {
	values, err := in.Decode()
	if err != nil {
		return err
	}
	slow, fail := t.sink.note(fuzzedTuple{source: in.Source, task: t.id, value: fmt.Sprint(values[0])})
	if slow {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	if fail {
		return errors.New("as it was told")
	}
	return nil
}

func (s *fuzzedSink) note(t fuzzedTuple) (slow, fail bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, t)
	slow, fail = s.slow > 0, s.fail > 0
	s.slow, s.fail = max(0, s.slow-1), max(0, s.fail-1)
	s.bad[t.value] = fail
	return slow, fail
}

// trouble makes it slow, and fail.
func (s *fuzzedSink) trouble(slow, fail int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow, s.fail = s.slow+slow, s.fail+fail
}

// hurry ends its being slow.
func (s *fuzzedSink) hurry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = 0
}
