package hosttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/internal/plan"
)

// RunScript plays a script against one worker on a virtual clock. After each command everything that can happen without
// time passing has happened, and what the children got and the host logged is printed. The commands:
//
//	topology [key=value ...] [unanswered=COMMAND] [batches] [classic]
//	                           input: the components, a line each: spout ID [STREAM:]FIELD,... or
//	                           bolt ID[xTASKS] [[STREAM:]FIELD,...] < SOURCE[:STREAM] GROUPING [FIELD,...] ; more inputs
//	say TASK [times=N]         input: messages that the task's process writes, a line each
//	answer TASK COMMAND        input: messages that it says each time that it gets the command, now and after a restart;
//	                           the command end is the end of its input
//	mute TASK                  the process hangs from now on
//	die TASK [exit=N] [signal=NAME]
//	advance DURATION           time passes
//	restart COMPONENT...       the tasks of the components get other processes
//	level COMPONENT [NAME] [for=DURATION]
//	                           from which level on the component logs; the component - is all of them
//	drain, activate, deactivate, cut
//	stats                      the summary's counts
//	spent                      where the time of the bolts' tuples went, in the mean
func RunScript(t *testing.T, path string) {
	synctest.Test(t, func(t *testing.T) {
		e := &environment{t: t, starter: &Starter{}}
		datadriven.RunTest(t, path, e.command)
		e.stop()
	})
}

// maxAlike is how many frames of one kind in a row are shown.
const maxAlike = 20

type environment struct {
	t       *testing.T
	starter *Starter
	plan    *plan.Plan
	worker  *host.Worker
	cancel  context.CancelFunc
	ended   chan struct{}
	logs    logBuffer
	levels  loglevel.Levels
}

func (e *environment) command(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "topology":
		if err := e.start(d); err != nil {
			return err.Error() + "\n"
		}
	case "say":
		times := 1
		d.MaybeScanArgs(t, "times", &times)
		for range times {
			for line := range strings.Lines(d.Input) {
				e.process(d).Say(strings.TrimSpace(line))
				synctest.Wait()
			}
		}
	case "answer":
		command := d.CmdArgs[1].Key
		if command == "end" {
			command = EndOfInput
		}
		e.process(d).Answer(command, strings.Split(d.Input, "\n"))
	case "mute":
		e.process(d).Mute()
	case "die":
		e.process(d).Die(death(t, d))
	case "advance":
		pause, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(pause) // on the virtual clock
	case "restart":
		for _, arg := range d.CmdArgs {
			e.worker.Restart(arg.Key)
		}
	case "level":
		e.level(d)
	case "drain":
		e.worker.Drain("drained")
	case "activate":
		e.worker.Activate()
	case "deactivate":
		e.worker.Deactivate()
	case "cut":
		e.cancel()
	case "stats":
		return e.stats()
	case "spent":
		return e.spent()
	default:
		t.Fatalf("unknown command %s", d.Cmd)
	}
	synctest.Wait()
	return e.happened()
}

func (e *environment) level(d *datadriven.TestData) {
	l := loglevel.Level{Component: strings.TrimPrefix(d.CmdArgs[0].Key, "-")}
	for _, arg := range d.CmdArgs[1:] {
		if arg.Key != "for" {
			l.Level = arg.Key
			continue
		}
		pause, err := time.ParseDuration(arg.Vals[0])
		if err != nil {
			e.t.Fatal(err)
		}
		until := time.Now().Add(pause)
		l.Until = &until
	}
	e.levels.Set(loglevel.With(e.levels.List(), l, time.Now()))
}

func (e *environment) process(d *datadriven.TestData) *Process {
	task, err := strconv.Atoi(d.CmdArgs[0].Key)
	if err != nil {
		e.t.Fatal(err)
	}
	p := e.starter.Process(task)
	if p == nil {
		e.t.Fatalf("%s: task %d has no process", d.Pos, task)
	}
	return p
}

func death(t *testing.T, d *datadriven.TestData) child.Death {
	var out child.Death
	for _, arg := range d.CmdArgs[1:] {
		switch arg.Key {
		case "exit":
			d.ScanArgs(t, "exit", &out.ExitCode)
		case "signal":
			d.ScanArgs(t, "signal", &out.Signal)
			out.ExitCode = -1
		}
	}
	return out
}

// start plans the topology and runs it.
func (e *environment) start(d *datadriven.TestData) error {
	topology := &gstorm.Topology{Version: gstorm.DescriptionVersion, Name: "test", Config: gstorm.Config{}}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "unanswered":
			e.starter.Unanswered = arg.Vals
			continue
		case "batches":
			e.starter.Batches = true
			continue
		case "classic":
			e.starter.Classic = true
			continue
		}
		_, value, err := gstorm.ParseSetting(arg.Key + "=" + strings.Join(arg.Vals, ","))
		if err != nil {
			return err
		}
		topology.Config[arg.Key] = value
	}
	for line := range strings.Lines(d.Input) {
		c, err := parseComponent(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		topology.Components = append(topology.Components, c)
	}
	if problems := topology.Validate(nil).Errors(); problems != nil {
		return problems
	}
	p, err := plan.Build(topology, "", nil)
	if err != nil {
		return err
	}
	e.plan = p
	e.worker, err = host.New(host.Options{
		Plan: p, Starter: e.starter, Seed: 1, Levels: &e.levels, Logger: slog.New(&e.logs),
		Launch: func(c *plan.Component) (host.Launch, error) { return host.Launch{Command: []string{c.ID}}, nil },
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(e.t.Context())
	e.cancel, e.ended = cancel, make(chan struct{})
	go func() {
		defer close(e.ended)
		err := e.worker.Run(ctx)
		text := "ok"
		if err != nil {
			text = strings.SplitN(err.Error(), "\n", 2)[0]
		}
		e.logs.line("run ended: " + text)
	}()
	return nil
}

// stop ends what the script left running.
func (e *environment) stop() {
	if e.worker != nil {
		e.cancel()
		<-e.ended
	}
}

// happened lists what the children got, by task, and then the log.
func (e *environment) happened() string {
	var b bytes.Buffer
	if e.plan != nil {
		for _, task := range e.plan.Tasks {
			p := e.starter.Process(task.ID)
			if p == nil {
				continue
			}
			for _, frame := range shorten(p.Received()) {
				fmt.Fprintf(&b, "%s/%d <- %s\n", task.Component, task.ID, frame)
			}
		}
	}
	b.WriteString(e.logs.take())
	return b.String()
}

// shorten makes one line of many frames of one kind in a row.
func shorten(frames []string) (short []string) {
	for len(frames) > 0 {
		n := 1
		for n < len(frames) && kind(frames[n]) == kind(frames[0]) {
			n++
		}
		if n <= maxAlike {
			short = append(short, frames[:n]...)
		} else {
			short = append(short, fmt.Sprintf("%s and so on: %d", strings.Join(frames[:3], " "), n))
		}
		frames = frames[n:]
	}
	return short
}

// kind tells task ids, tuples and commands apart.
func kind(frame string) string {
	if strings.HasPrefix(frame, "[") {
		return "["
	}
	first, _, _ := strings.Cut(frame, ":")
	return first
}

func (e *environment) stats() string {
	var b strings.Builder
	s := e.worker.Snapshot()
	fmt.Fprintf(&b, "%s %s\n", s.State, s.Reason)
	fmt.Fprintf(&b, "trees: emitted %d acked %d failed %d timed out %d pending %d late %d\n",
		s.Trees.Emitted, s.Trees.Acked, s.Trees.Failed, s.Trees.TimedOut, s.Trees.Pending, s.Trees.Late)
	for _, c := range s.Components {
		fmt.Fprintf(&b, "%s: emitted %d transferred %d executed %d acked %d failed %d restarts %d errors %d queue %d in flight %d\n",
			c.ID, c.Emitted, c.Transferred, c.Executed, c.Acked, c.Failed, c.Restarts, c.Errors, c.Queue, c.InFlight)
	}
	for _, m := range s.Metrics {
		fmt.Fprintf(&b, "%s/%d %s = %s\n", m.Component, m.Task, m.Name, m.Value)
	}
	return b.String()
}

func (e *environment) spent() string {
	var b strings.Builder
	mean := func(seconds float64, n uint64) time.Duration {
		return time.Duration(seconds / float64(max(n, 1)) * float64(time.Second)).Round(time.Microsecond)
	}
	for _, c := range e.worker.Snapshot().Components {
		if s := c.Spent; c.Kind == string(gstorm.BoltKind) {
			fmt.Fprintf(&b, "%s: queue %s of %d, pipe %s and child %s of %d, latency %g ms\n", c.ID,
				mean(s.Queue, s.Queued), s.Queued, mean(s.Pipe, s.Answered), mean(s.Child, s.Answered), s.Answered, math.Round(c.Latency.Mean))
		}
	}
	return b.String()
}

// parseComponent reads a component as RunScript describes it.
func parseComponent(line string) (gstorm.Component, error) {
	declared, inputs, _ := strings.Cut(line, "<")
	words := strings.Fields(declared)
	if len(words) < 2 {
		return gstorm.Component{}, errors.New("component: expected KIND ID in " + line)
	}
	id, tasks, _ := strings.Cut(words[1], "x")
	c := gstorm.Component{
		ID: id, Kind: gstorm.Kind(words[0]), Parallelism: 1, Outputs: map[string]gstorm.Stream{},
		Implementation: gstorm.Implementation{Type: gstorm.ShellImplementation, Command: []string{id}},
	}
	if n, err := strconv.Atoi(tasks); err == nil {
		c.Parallelism = n
	} else {
		c.ID = words[1]
	}
	for _, out := range words[2:] {
		stream, fields, named := strings.Cut(out, ":")
		if !named {
			stream, fields = gstorm.DefaultStream, out
		}
		direct := strings.HasSuffix(stream, "!")
		c.Outputs[strings.TrimSuffix(stream, "!")] = gstorm.Stream{Fields: strings.Split(fields, ","), Direct: direct}
	}
	for input := range strings.SplitSeq(inputs, ";") {
		words := strings.Fields(input)
		if len(words) < 2 {
			continue
		}
		from, stream, _ := strings.Cut(words[0], ":")
		in := gstorm.Input{From: from, Stream: stream, Grouping: gstorm.Grouping(words[1])}
		if len(words) > 2 {
			in.Fields = strings.Split(words[2], ",")
		}
		c.Inputs = append(c.Inputs, in)
	}
	return c, nil
}

// logBuffer is a log that a script prints: from warnings on, without times.
type logBuffer struct {
	mu    sync.Mutex
	lines strings.Builder
	attrs []slog.Attr
	into  *logBuffer
}

func (l *logBuffer) line(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines.WriteString(s + "\n")
}

func (l *logBuffer) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.lines.String()
	l.lines.Reset()
	return s
}

// Enabled implements slog.Handler.
func (l *logBuffer) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (l *logBuffer) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", strings.ToLower(r.Level.String()), strings.SplitN(r.Message, "\n", 2)[0])
	show := func(a slog.Attr) bool {
		if a.Key != "pid" && a.Key != "topology" && a.Key != "stream" {
			fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
		}
		return true
	}
	for _, a := range l.attrs {
		show(a)
	}
	r.Attrs(show)
	into := l
	if l.into != nil {
		into = l.into
	}
	into.line(b.String())
	return nil
}

// WithAttrs implements slog.Handler.
func (l *logBuffer) WithAttrs(attrs []slog.Attr) slog.Handler {
	into := l
	if l.into != nil {
		into = l.into
	}
	return &logBuffer{attrs: append(append([]slog.Attr(nil), l.attrs...), attrs...), into: into}
}

// WithGroup implements slog.Handler.
func (l *logBuffer) WithGroup(string) slog.Handler { return l }
