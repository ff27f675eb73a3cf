package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/multilang"
)

const (
	// watchEvery is how often a child's life is looked at.
	watchEvery = time.Second
	// stopGrace is how long each step of stopping a child may take.
	stopGrace = 5 * time.Second
)

// session is one start of a task's child, and what is known of it. It is made by childTask.run and ends with the process.
type session struct {
	*childTask
	p        Process
	life     int // counts the starts of this task
	began    time.Time
	working  once        // it has said more than its pid and logs
	progress once        // it got something done: its death does not count against the breaker
	failed   atomic.Bool // it reported an error
	held     atomic.Bool // our reader does not read, as it may wait for room in another task's queue
	left     atomic.Bool // its input was closed
	busy     atomic.Int64
	sent     atomic.Int64 // when the last heartbeat was written (ns since 1970)
	level    string       // of its log, as the child was told
	bad      int          // messages that were not understood or made no sense, for throttled warnings

	emitted gstorm.Tuple // of the reader: what is being emitted
	told    *foretold    // of the reader; nil: the child learns task ids when it has emitted
	keeps   bool         // the child's library is known to keep what comes before it is asked for
}

// once is a flag that stays set. Setting it again and again costs no more than a look.
type once struct{ atomic.Bool }

func (o *once) set() {
	if !o.Load() {
		o.Store(true)
	}
}

// childTask is a task whose component is a child process: the part that spouts and bolts share.
type childTask struct {
	*task
	restarts child.Restarts
	lives    int
	blames   blames // of the session's reader
}

func newChildTask(t *task) *childTask {
	return &childTask{task: t, restarts: child.Restarts{Max: t.settings.restartMax}}
}

// start starts the child and waits for its answer to the handshake.
func (c *childTask) start(ctx context.Context) (*session, error) {
	spec, err := c.spec()
	if err != nil {
		return nil, err
	}
	c.lives++
	p, err := c.worker.starter.Start(ctx, spec)
	if err != nil {
		return nil, err
	}
	c.process.begin(p)
	c.blames = blames{}
	s := &session{childTask: c, p: p, life: c.lives, began: time.Now()}
	s.keeps = p.Extension() == nil && child.KeepsEarly(spec.Command, spec.Dir)
	s.told = s.foretell()
	return s, nil
}

func (c *childTask) spec() (child.Spec, error) {
	launch, err := c.worker.options.Launch(c.component)
	if err != nil {
		return child.Spec{}, err
	}
	env := map[string]string{}
	for _, from := range []map[string]string{launch.Env, c.settings.environment} {
		for name, value := range from {
			env[name] = value
		}
	}
	greeting := handshake(c.worker.plan, c.component, c.id)
	if launch.Packed {
		greeting.Extension = multilang.OfferPacked()
	}
	return child.Spec{
		Component: c.component.ID, Task: c.id,
		Command: launch.Command, Dir: launch.Dir, Env: env, Inherit: launch.Inherit, Link: launch.Link, Wire: c.wire(),
		Handshake:    greeting,
		StartTimeout: c.settings.startTimeout,
		StopGrace:    stopGrace,
	}, nil
}

// wire is what the child speaks. The libraries that come with gstorm know JSON alone.
func (c *childTask) wire() child.Wire {
	if c.component.Implementation.Type == gstorm.ShellImplementation && c.settings.serializer == gstorm.MessagePackSerializer {
		return child.MessagePack
	}
	return child.JSON
}

// again decides after the end of a session whether and when the child is started again. A nil death is a child that
// could not even be tried.
func (c *childTask) again(ctx context.Context, progressed bool, cause error) error {
	if !c.settings.restart {
		return &FailedError{
			Component: c.component.ID, Task: c.id, Final: true, Cause: fmt.Errorf("%w; not started again, as %s is never", cause, gstorm.Restart),
		}
	}
	wait, open := c.restarts.Died(time.Now(), progressed, c.out.random.fraction())
	if open {
		return &FailedError{Component: c.component.ID, Task: c.id, Cause: fmt.Errorf(
			"%w; given up after %d deaths in a row with nothing done in between (limit: %s)", cause, c.restarts.Fruitless(), gstorm.RestartMax)}
	}
	c.count.restarts.Add(1)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// died makes the record of a child's end, with which some tuples fail, and its cause for their trees.
func (c *childTask) died(err error, tuples int) *acker.Cause {
	cause := &acker.Cause{Component: c.component.ID, Task: c.id, Reason: err.Error()}
	record := stats.ComponentError{Message: err.Error()}
	var death *child.Death
	if errors.As(err, &death) {
		cause.PID, record.PID = death.PID, death.PID
		record.Message = death.Report()
		if death.Reported != "" {
			cause.File, cause.Line = c.blames.lastPlace()
		}
		if tuples > 0 {
			record.Message += fmt.Sprintf("  failed with it: %d tuples\n", tuples)
		}
		if n := len(death.StderrTail); n > 0 {
			cause.Stderr = death.StderrTail[n-1]
		}
	}
	c.worker.journal.report(c.task, record)
	return cause
}

// leave asks the child to end by closing its input, gives it the time to work off what it has, and then insists.
func (s *session) leave(ctx context.Context) {
	s.left.Store(true)
	if err := s.p.CloseInput(); err != nil {
		s.log.Debug("close input", slog.Any("error", err))
	}
	limit := time.NewTimer(s.worker.leaveLimit())
	defer limit.Stop()
	select {
	case <-s.p.Done():
	case <-ctx.Done():
	case <-limit.C:
		s.log.Warn("component does not end, it is stopped", slog.Int("pid", s.p.PID()), slog.Duration("limit", s.worker.leaveLimit()))
		s.p.Stop(ctx)
	}
}

// noteEnd keeps the record of an end that was asked for and went wrong. Nothing is lost with it. Libraries that know only
// the classic protocol leave with any exit code when their input ends.
func (s *session) noteEnd(death *child.Death) {
	if death.Signal != "" || death.ExitCode != 0 && s.p.Extension() != nil {
		s.died(death, 0)
	}
}

// receive handles what the child says until it has nothing more to say. Whenever no further message is in memory, what
// came of it goes out: first what the child waits for (reply), then the rest.
func (s *session) receive(handle func(*multilang.Message), reply func()) {
	var m multilang.Message
	for {
		err := s.p.Recv(&m)
		if err != nil && !s.misunderstood(err) {
			break
		}
		s.held.Store(true) // while a tuple of this waits for room, the child's silence is ours
		if err == nil {
			handle(&m)
			if m.Command != multilang.Pid && m.Command != multilang.Log {
				s.working.set()
			}
		}
		if !s.p.Buffered() {
			reply()
			s.flush()
		}
		s.held.Store(false)
	}
	s.flush()
}

// common handles the messages that spouts and bolts may both send. It reports whether the message was one of them.
func (s *session) common(m *multilang.Message) bool {
	switch m.Command {
	case multilang.Pid:
	case multilang.Log:
		s.log.LogAttrs(context.Background(), level(m.Level), m.Msg, slog.Int("pid", s.p.PID()), slog.String("stream", "log"))
	case multilang.Error:
		if s.left.Load() && s.p.Extension() == nil {
			// storm.py and storm.rb report the end of their input as an error.
			s.log.Debug("error after the end of its input", slog.String("error", m.Msg))
			return true
		}
		s.failed.Store(true)
		s.p.Reported(m.Msg, m.File, m.Line)
		s.blames.note(m)
		s.worker.journal.report(s.task, stats.ComponentError{
			PID: s.p.PID(), Message: m.Msg, File: m.File, Line: m.Line, Tuple: tupleID(m),
		})
	case multilang.Metrics:
		s.worker.metrics.set(s.component.ID, s.id, m.Name, m.Params)
	case multilang.Unknown:
		s.warn("unknown command", slog.String("command", m.Name))
	default:
		return false
	}
	return true
}

// warn logs a fault in what the child says: the first few times and then ever more seldom.
func (s *session) warn(text string, attrs ...slog.Attr) {
	s.bad++
	if s.bad&(s.bad-1) == 0 || s.bad <= 5 { // 1 to 5, then each power of two
		attrs = append(attrs, slog.Int("pid", s.p.PID()), slog.Int("faults", s.bad))
		s.log.LogAttrs(context.Background(), slog.LevelWarn, text, attrs...)
	}
}

// misunderstood handles what Recv could not read. It reports whether the session goes on.
func (s *session) misunderstood(err error) bool {
	var frame *multilang.FrameError
	if !errors.As(err, &frame) {
		return false
	}
	s.warn("not a message: "+frame.Cause.Error(), slog.String("text", frame.Text))
	return true
}

// flush sends what was emitted and answered.
func (s *session) flush() {
	s.retries.lock()
	s.out.flush()
	s.retries.unlock()
	s.answers.flush()
}

// watch kills the child when it hangs, until the process has ended. heartbeat asks the writer for one; nil for spouts,
// whose protocol has none. owes reports whether the child has anything to answer.
func (s *session) watch(heartbeat func(), owes func() bool) {
	liveness := child.NewLiveness(s.settings.silence)
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.p.Done():
			return
		case <-ticker.C:
		}
		cpu, known := s.p.CPUTime()
		verdict, reason := liveness.Check(child.Vitals{
			Now: time.Now(), Heard: s.p.LastHeard(), Sent: time.Unix(0, s.sent.Load()),
			Paused: s.held.Load() || !owes(), Busy: time.Duration(s.busy.Load()), CPU: cpu, CPUKnown: known,
		})
		switch {
		case verdict == child.Hung && !s.initializing():
			s.p.Kill(reason)
		case verdict == child.SendHeartbeat && heartbeat != nil:
			heartbeat()
		}
	}
}

// initializing reports whether the child may still be busy with the initialization of user code, which most libraries do
// after they have sent the pid. It may take as long as a start, not as long as a silence.
func (s *session) initializing() bool {
	limit := s.settings.startTimeout
	return !s.working.Load() && (limit < 0 || time.Since(s.began) < limit)
}

// invalid says which value of which field of an emit can't be carried.
func (s *session) invalid(m *multilang.Message) string {
	return s.out.fieldName(m.Stream, m.Invalid.Field) + " of an emit on stream \"" + m.Stream + "\": " + m.Invalid.Error()
}

// tuple is the message's tuple, as it goes on its way. It is valid until the next call.
func (s *session) tuple(m *multilang.Message) *gstorm.Tuple {
	s.emitted = gstorm.Tuple{JSON: m.Tuple, Packed: m.Packed}
	return &s.emitted
}

func level(l multilang.Level) slog.Level {
	switch l {
	case multilang.LevelTrace:
		return slog.LevelDebug - 4
	case multilang.LevelDebug:
		return slog.LevelDebug
	case multilang.LevelWarn:
		return slog.LevelWarn
	case multilang.LevelError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// tupleID is the id of the tuple that a message is about, for people; "" if it is about none.
func tupleID(m *multilang.Message) string {
	switch {
	case m.TupleIDOK && m.LastID > m.TupleID:
		return formatID(m.TupleID) + " to " + formatID(m.LastID)
	case m.TupleIDOK:
		return formatID(m.TupleID)
	}
	return string(m.ID)
}
