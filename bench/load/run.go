package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/bench/measure"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/gcfloor"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// quarters is into how many slices the measured time is cut.
const quarters = 4

// load is one measured run.
type load struct {
	*topology
	worker *host.Worker
	heap   int64 // before the run
	result measure.Result
}

// run runs the topology, measures it, and checks what it has counted. The result is good for what it has even with an error.
func run(ctx context.Context, o options, log *slog.Logger) (measure.Result, error) {
	l := &load{result: measure.Result{Engine: "gstorm"}}
	var err error
	if l.topology, err = newTopology(o); err != nil {
		return l.result, err
	}
	session, err := open(ctx, l.Topology, log)
	if err != nil {
		return l.result, err
	}
	defer session.Close()
	if err := l.prepare(session, log); err != nil {
		return l.result, err
	}
	l.heap = heap()
	ended := make(chan error, 1)
	go func() { ended <- l.worker.Run(ctx) }()
	if err := l.measure(ended); err != nil {
		return l.result, err
	}
	l.worker.Drain("measured")
	if err := <-ended; err != nil {
		return l.result, err
	}
	return l.result, l.conclude()
}

// prepare makes the worker.
func (l *load) prepare(session adapters.Session, log *slog.Logger) error {
	if problems := l.Validate(nil); len(problems.Errors()) > 0 {
		return problems
	}
	p, err := plan.Build(l.Topology, "", nil)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	launch := func(c *plan.Component) (host.Launch, error) {
		if c.Implementation.Type == gstorm.ShellImplementation {
			launch, err := adapters.ShellLaunch(&c.Component, log)
			return host.Launch(launch), err
		}
		launch, err := session.Launch(&c.Component)
		return host.Launch(launch), err
	}
	gcfloor.Set(gcfloor.Host) // as gstorm run does
	l.worker, err = host.New(host.Options{
		Plan: p, Launch: launch, Logger: log, Guard: []string{self, guardName}, DrainLimit: time.Minute,
		Print: func(component string, _ int, line string) { log.Info(line, "component", component) },
	})
	return err
}

// measure waits until the run is warm, and measures it. It fails if the run ends meanwhile.
func (l *load) measure(ended <-chan error) error {
	if l.hold {
		if err := l.measureTrees(ended); err != nil {
			return err
		}
	}
	if err := l.until(ended, func(s *stats.Snapshot) bool { return l.done(s) > 0 }); err != nil {
		return err
	}
	l.result.Start = milliseconds(time.Since(l.begun))
	if err := wait(ended, l.warm); err != nil {
		return err
	}
	stop, err := l.startProfile()
	if err != nil {
		return err
	}
	err = l.measureQuarters(ended)
	return errors.Join(err, stop())
}

// startProfile starts the CPU profile, where one is asked for.
func (l *load) startProfile() (stop func() error, err error) {
	if l.profile == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(l.profile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}

// measureQuarters measures a run that is warm.
func (l *load) measureQuarters(ended <-chan error) error {
	l.tally.recording.Store(true)
	first := l.look()
	last, rates := first, make([]float64, quarters)
	for i := range rates {
		if err := wait(ended, l.measured/quarters); err != nil {
			return err
		}
		now := l.look()
		rates[i] = float64(now.done-last.done) / now.at.Sub(last.at).Seconds()
		last = now
	}
	l.tally.recording.Store(false)
	seconds := last.at.Sub(first.at).Seconds()
	r := &l.result
	r.Sentences = float64(last.done-first.done) / seconds
	r.Tuples = float64(last.executed-first.executed) / seconds
	r.Slowest, r.Fastest = slices.Min(rates), slices.Max(rates)
	r.CPU = (last.self.CPU - first.self.CPU).Seconds() / seconds
	r.ChildCPU = (last.children.CPU - first.children.CPU).Seconds() / seconds
	r.RSS, r.ChildRSS = last.self.RSS, last.children.RSS
	return nil
}

// moment is how far a run has come.
type moment struct {
	at             time.Time
	done           uint64 // sentences
	executed       uint64 // by all bolts
	self, children measure.Usage
}

func (l *load) look() moment {
	s := l.worker.Snapshot()
	m := moment{at: time.Now(), done: l.done(&s), self: measure.Self(), children: measure.Children()}
	for _, c := range s.Components {
		if c.Kind == string(gstorm.BoltKind) {
			m.executed += c.Executed
		}
	}
	return m
}

// done is how many sentences have been handled to the end. Without acking nobody knows of a sentence, so it is told by what
// the last bolt has handled.
func (l *load) done(s *stats.Snapshot) uint64 {
	switch {
	case l.acking():
		return s.Trees.Acked
	case l.shape == words:
		return uint64(float64(component(s, "count").Executed) / l.text.WordsPerSentence())
	}
	return component(s, passing+fmt.Sprint(l.length)).Executed
}

// measureTrees lets as many trees begin as may be pending, says what one takes, and lets the bolts begin.
func (l *load) measureTrees(ended <-chan error) error {
	limit, _, err := l.config.Int(gstorm.TopologyMaxSpoutPending)
	if err != nil {
		return err
	}
	if err := l.until(ended, func(s *stats.Snapshot) bool { return s.Trees.Pending >= uint64(limit) }); err != nil {
		return err
	}
	l.result.TreeBytes = float64(heap()-l.heap) / float64(limit)
	close(l.gate)
	return nil
}

// heap is how many bytes are in use.
func heap() int64 {
	for range 2 { // pools let go of what they keep at the second
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// conclude checks what the ended run has counted.
func (l *load) conclude() error {
	end := l.worker.Snapshot()
	r := &l.result
	r.Emitted, r.Failed = component(&end, "spout").Emitted, end.Trees.Failed+end.Trees.TimedOut
	if l.rate > 0 {
		h := l.tally.latencies
		at := func(quantile float64) float64 { return milliseconds(time.Duration(h.ValueAtQuantile(quantile))) }
		r.P50, r.P99, r.P999 = at(50), at(99), at(99.9)
	}
	if l.acking() && end.Trees.Acked != r.Emitted {
		return fmt.Errorf("of %d sentences %d were acked, %d failed, %d were pending at the end", r.Emitted, end.Trees.Acked, r.Failed, end.Trees.Pending)
	}
	var err error
	r.Counted, err = l.check(&end)
	return err
}

// until waits for a state of the run.
func (l *load) until(ended <-chan error, reached func(*stats.Snapshot) bool) error {
	for {
		s := l.worker.Snapshot()
		if reached(&s) {
			return nil
		}
		if err := wait(ended, time.Millisecond); err != nil {
			return err
		}
	}
}

// wait waits, at most until the run ends, which is an error.
func wait(ended <-chan error, d time.Duration) error {
	select {
	case err := <-ended:
		if err == nil {
			err = fmt.Errorf("the run ended by itself")
		}
		return err
	case <-time.After(d):
		return nil
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
