package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/spec"
)

// The environment of the test binary where it plays the component of a case.
const (
	caseEnv = "HOST_TEST_CASE" // its id
	kindEnv = "HOST_TEST_KIND" // spout or bolt
	lifeEnv = "HOST_TEST_LIFE" // a file that is there from the second start on
)

// TestConformance plays every case for hosts against a worker with real processes. The scripted component is this test
// binary; around it are a source and a sink in Go.
func TestConformance(t *testing.T) {
	if os.Getenv(caseEnv) != "" {
		os.Exit(playComponent())
	}
	cases, err := spec.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		for _, kind := range []string{spec.Spout, spec.Bolt} {
			if c := &cases[i]; c.IsFor(spec.HostSide, kind) {
				t.Run(c.ID+"/"+kind, func(t *testing.T) {
					t.Parallel()
					playHost(t, c, kind)
				})
			}
		}
	}
}

// playComponent is the process of a case's component. It tells the verdict where a component prints.
func playComponent() int {
	prints := os.NewFile(3, "prints")
	tell := func(err error) {
		text := ""
		if err != nil {
			text = err.Error()
		}
		line, err := json.Marshal(text)
		if err == nil {
			_, err = prints.Write(append(line, '\n'))
		}
		if err != nil {
			panic(err)
		}
	}
	c, err := findCase(os.Getenv(caseEnv))
	if err != nil {
		tell(err)
		return 1
	}
	life, err := os.OpenFile(os.Getenv(lifeEnv), os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		c.Steps, c.Opening, tell = nil, "", func(error) {}
	} else if err != nil {
		tell(err)
		return 1
	}
	code := spec.Play(&c, os.Getenv(kindEnv), os.Getpid(), os.Stdin, os.Stdout, tell)
	_ = life.Close() // it is nil from the second start on
	return code
}

func findCase(id string) (spec.Case, error) {
	cases, err := spec.Cases()
	for _, c := range cases {
		if c.ID == id {
			return c, nil
		}
	}
	return spec.Case{}, errors.Join(err, fmt.Errorf("there is no case %q", id))
}

// stage is what surrounds the component of one case, and what is seen there.
type stage struct {
	verdict chan string

	mu   sync.Mutex // guards all below
	todo []json.RawMessage
	sent int
	told []string
	sink []string
	log  []string
}

func playHost(t *testing.T, c *spec.Case, kind string) {
	s := &stage{verdict: make(chan string, 1)}
	for _, tuple := range c.Tuples() {
		s.todo = append(s.todo, json.RawMessage(tuple))
	}
	w := s.worker(t, c, kind)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	select {
	case verdict := <-s.verdict:
		if verdict != "" {
			t.Error(verdict)
		}
	case err := <-ended:
		t.Fatalf("the run ended before the case: %v\n%s", err, strings.Join(s.observed(w).Log, "\n"))
	}
	if c.Outcome != nil {
		s.settle(ctx, w, c.Outcome)
	}
	w.Drain("the case is over")
	if err := <-ended; err != nil {
		t.Errorf("the run: %v", err)
	}
	if err := c.Outcome.Check(s.observed(w)); err != nil {
		t.Error(err)
	}
}

// settle waits until the outcome is what it should be, or two seconds.
func (s *stage) settle(ctx context.Context, w *host.Worker, want *spec.Outcome) {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	limit := time.After(2 * time.Second)
	for want.Check(s.observed(w)) != nil {
		select {
		case <-look.C:
		case <-limit:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *stage) observed(w *host.Worker) *spec.Observed {
	snapshot := w.Snapshot()
	o := &spec.Observed{Acked: snapshot.Trees.Acked, Failed: snapshot.Trees.Failed + snapshot.Trees.TimedOut}
	for _, e := range snapshot.Errors {
		if e.Component == "child" {
			o.Errors = append(o.Errors, e.Message)
		}
	}
	for _, c := range snapshot.Components {
		if c.ID == "child" {
			o.Restarts = c.Restarts
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.Sink, o.Told, o.Log = append(o.Sink, s.sink...), append(o.Told, s.told...), append(o.Log, s.log...)
	return o
}

func (s *stage) worker(t *testing.T, c *spec.Case, kind string) *host.Worker {
	t.Helper()
	topology := s.topology(c, kind)
	if errs := topology.Validate(nil).Errors(); errs != nil {
		t.Fatal(errs)
	}
	p, err := plan.Build(topology, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		caseEnv: c.ID, kindEnv: kind, lifeEnv: filepath.Join(t.TempDir(), "life"), "GORACE": "atexit_sleep_ms=0",
	}
	w, err := host.New(host.Options{
		Plan: p, Logger: slog.New(&stageLog{stage: s}), Seed: 1, DrainLimit: 500 * time.Millisecond,
		Launch: func(*plan.Component) (host.Launch, error) {
			return host.Launch{Command: []string{self, "-test.run=^TestConformance$"}, Env: env}, nil
		},
		Print: func(_ string, _ int, line string) {
			var verdict string
			if err := json.Unmarshal([]byte(line), &verdict); err != nil {
				verdict = line
			}
			s.verdict <- verdict
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// topology is the component of a case (task 1) with its sink (2), which gets all of its streams but one, and before a
// bolt its source (3).
func (s *stage) topology(c *spec.Case, kind string) *gstorm.Topology {
	b := gstorm.NewBuilder("conformance")
	var child *gstorm.Declarer
	if kind == spec.Spout {
		child = b.ShellSpout("child", "component")
	} else {
		b.Spout("source", func() gstorm.Spout { return s }).Output("default", "v")
		child = b.ShellBolt("child", "component").From("source", "", gstorm.Shuffle)
	}
	child.Output("default", "v").Output("two", "a", "b").Output("unheard", "v").DirectOutput("straight", "v")
	for key, value := range c.Config {
		if strings.HasPrefix(key, "topology.message.timeout") || strings.HasPrefix(key, "topology.acker") {
			b.Set(key, value)
		}
		child.Set(key, value)
	}
	b.Bolt("sink", func() gstorm.Bolt { return boltFunc(s.swallow) }).
		From("child", "", gstorm.Shuffle).From("child", "two", gstorm.Shuffle).From("child", "straight", gstorm.Direct)
	return b.Topology()
}

// Next implements gstorm.Spout: the source of a bolt.
func (s *stage) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent < len(s.todo) {
		var values []json.RawMessage
		if err := json.Unmarshal(s.todo[s.sent], &values); err != nil {
			return err
		}
		s.sent++
		out.EmitID(s.sent, "", values[0])
	}
	return nil
}

// Ack implements gstorm.Acknowledger.
func (s *stage) Ack(id any) { s.tell("ack", id) }

// Fail implements gstorm.Acknowledger.
func (s *stage) Fail(id any) { s.tell("fail", id) }

func (s *stage) tell(what string, id any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, fmt.Sprintf("%s %v", what, id))
}

// swallow is the sink: "fail" fails, "hold 1s" takes so long.
func (s *stage) swallow(ctx context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	text := bytes.Clone(t.JSON)
	s.mu.Lock()
	s.sink = append(s.sink, string(text))
	s.mu.Unlock()
	first, err := t.Decode()
	if err != nil {
		return err
	}
	word, _ := first[0].(string)
	if word == "fail" {
		return errors.New("as it was told")
	}
	if hold, ok := strings.CutPrefix(word, "hold "); ok {
		d, err := time.ParseDuration(hold)
		if err != nil {
			return err
		}
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	return nil
}

// stageLog keeps what the host logs, each line with its level and all that it says.
type stageLog struct {
	stage *stage
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (l *stageLog) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (l *stageLog) Handle(_ context.Context, r slog.Record) error {
	level := strings.ToLower(r.Level.String())
	if r.Level < slog.LevelDebug {
		level = "trace"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", level, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		_, err := io.WriteString(&b, " "+a.String())
		return err == nil
	})
	l.stage.mu.Lock()
	defer l.stage.mu.Unlock()
	l.stage.log = append(l.stage.log, b.String())
	return nil
}

// WithAttrs implements slog.Handler.
func (l *stageLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &stageLog{stage: l.stage, attrs: append(l.attrs[:len(l.attrs):len(l.attrs)], attrs...)}
}

// WithGroup implements slog.Handler.
func (l *stageLog) WithGroup(string) slog.Handler { return l }
