// Package seat is a worker's side of the conversation with the leader: it asks for leases, has the worker run while there is
// one, and tells it what the leader says. A worker that has heard from nobody for the length of a lease is cut, whatever it
// is doing: its tasks may be run elsewhere from then on. One that can't do that itself, because it was stopped or does not get to
// run, is ended from outside (Options.Hold).
package seat

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/internal/clock"
	"github.com/gstorm/gstorm/internal/loglevel"
)

// Worker runs tasks. The methods are called from one goroutine, but for Run, and may be called before Run is and after it has
// returned. They must not wait.
type Worker interface {
	// Run runs the tasks until they have ended in order, because Drain or Leave was called (nil), or something keeps them from
	// going on, or ctx ends: then at once.
	Run(ctx context.Context) error
	SetPeers(peers []message.Peer)
	Begin()
	Activate()
	Deactivate()
	Drain(reason string)
	SetLogLevels(levels []loglevel.Level)
	EndStage(ended int)
	Leave(reason string)
	// Progress is how far it is, and a channel that is closed when that changes.
	Progress() (message.Progress, <-chan struct{})
}

// Options are what a Seat needs. All must be set.
type Options struct {
	Topology *fsm.Topology // as it was when the worker was ordered
	Worker   int
	Node     string
	Address  string // where the worker takes links
	// Ask asks the leader, by whatever way there is to it.
	Ask func(ctx context.Context, q *message.Question) (*message.Answer, error)
	// Make makes the worker, when its first lease is there.
	Make func(life string, t *fsm.Topology, tasks []int) (Worker, error)
	// Hold is told until when the worker may run, again with each lease: whatever it has must be ended by then, by others where
	// it can't do so itself (child.Hold). It must not wait for long.
	Hold func(until time.Duration)
	// Abort is called when a worker that was cut has not come to its end in time. It must end the process at once.
	Abort  func()
	Logger *slog.Logger
}

// Seat is a worker's place in a topology, for one life of its process.
type Seat struct {
	options Options
	talk    *Talk
	log     *slog.Logger
	now     chan struct{} // holds one when the leader is to be asked at once
	silent  bool          // the last question had no answer; it was said
}

// ErrLeaseLost is the error of a worker that was cut because its lease had run out.
var ErrLeaseLost = errors.New("nobody has renewed the worker's lease, so that its tasks may be run elsewhere: it was cut")

// UnplacedError says that the worker has no place any more: it is not to be started again, unless it is ordered anew.
type UnplacedError struct{ Reason string }

// Error is the reason.
func (e *UnplacedError) Error() string { return e.Reason }

// FailedError says that a worker has ended because its topology can't go on, so that the worker is not to be started again.
type FailedError struct{ Cause error }

// Error is the cause's.
func (e *FailedError) Error() string { return e.Cause.Error() }

// Unwrap is the cause.
func (e *FailedError) Unwrap() error { return e.Cause }

// New is a Seat. Run is to be called once.
func New(o Options) *Seat {
	talk := NewTalk(o.Topology, o.Worker, o.Node, o.Address, rand.Text(), os.Getpid())
	return &Seat{options: o, talk: talk, log: o.Logger, now: make(chan struct{}, 1)}
}

// Life names this life of the worker's process.
func (s *Seat) Life() string { return s.talk.Question.Life }

// AskNow has the leader be asked at once, as there may be news. It may be called from any goroutine.
func (s *Seat) AskNow() {
	select {
	case s.now <- struct{}{}:
	default:
	}
}

const (
	// askTimeout bounds how long an answer is waited for. It is shorter than a lease, so that there is time for another try.
	askTimeout = 2 * time.Second
	// retryAfter is the wait before the next question where the last had no answer, or no lease.
	retryAfter = 100 * time.Millisecond
	// lookEvery is how often it is looked whether the lease has run out. A timer would stand still while the machine sleeps.
	lookEvery = 50 * time.Millisecond
)

// reply is what came of a question.
type reply struct {
	asked  time.Duration
	answer *message.Answer
	err    error
}

// Run asks for a lease, runs the worker as long as there is one, and returns when that has ended: nil when it has ended in
// order. The error is an *UnplacedError where there is no place for it, ErrLeaseLost where it was cut.
func (s *Seat) Run(ctx context.Context) error {
	first, err := s.apply(ctx)
	if err != nil {
		return err
	}
	worker, err := s.options.Make(s.talk.Question.Life, s.talk.topology, s.talk.Question.Tasks)
	if err == nil {
		s.talk.Begin(worker, first)
		err = s.serve(ctx)
	}
	var failed *FailedError
	if errors.As(err, &failed) {
		s.talk.Question.Failed = failed.Error()
	}
	s.over()
	return err
}

// apply asks until there is a lease.
func (s *Seat) apply(ctx context.Context) (*message.Answer, error) {
	said := ""
	for {
		r := s.ask(ctx, s.talk.Question)
		s.note(r)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r.err == nil {
			switch s.answered(r) {
			case Start:
				return r.answer, nil
			case End:
				return nil, &UnplacedError{r.answer.End}
			case Again:
				continue
			}
			if r.answer.Refused != said {
				said = r.answer.Refused
				s.log.Info("the worker waits for its lease", slog.String("because", said))
			}
		}
		select {
		case <-ctx.Done():
		case <-s.now:
		case <-time.After(retryAfter):
		}
	}
}

// ask asks once.
func (s *Seat) ask(ctx context.Context, q message.Question) reply {
	asked := clock.Now()
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := s.options.Ask(ctx, &q)
	return reply{asked, answer, err}
}

// answered takes an answer.
func (s *Seat) answered(r reply) Step {
	step := s.talk.Answered(r.asked, clock.Now(), r.answer)
	if r.answer.Lease > 0 {
		s.options.Hold(s.talk.Until())
	}
	return step
}

// note says when nobody answers, and when somebody does again.
func (s *Seat) note(r reply) {
	switch silent := r.err != nil; {
	case silent && !s.silent:
		s.log.Warn("the leader can't be asked", "error", r.err)
	case !silent && s.silent:
		s.log.Info("the leader answers again")
	}
	s.silent = r.err != nil
}

// serve runs the worker while there is a lease.
func (s *Seat) serve(ctx context.Context) error {
	ctx, cut := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	if s.talk.Look(clock.Now()) != Runs { // it took long to make the worker
		cut(ErrLeaseLost)
	}
	go func() { ended <- s.talk.worker.Run(ctx) }()
	replies := make(chan reply, 1)
	due, asking := true, false // the leader is to hear of this one, and it of the others
	defer func() {
		cut(nil)
		if asking {
			<-replies
		}
	}()
	next := time.NewTimer(message.AskEvery)
	defer next.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		changed := s.talk.Progress()
		if due && !asking {
			due, asking = false, true
			q := s.talk.Question
			go func() { replies <- s.ask(ctx, q) }()
		}
		select {
		case err := <-ended:
			if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) || errors.As(cause, new(*UnplacedError)) {
				err = cause
			}
			return err
		case r := <-replies:
			asking = false
			s.note(r)
			if r.err != nil {
				next.Reset(retryAfter)
				continue
			}
			switch s.answered(r) {
			case End:
				cut(&UnplacedError{r.answer.End})
			case Again:
				due = true
			}
			next.Reset(message.AskEvery)
		case <-look.C:
			switch s.talk.Look(clock.Now()) {
			case Lost:
				s.options.Abort()
			case Ending:
				cut(ErrLeaseLost)
			}
		case <-changed:
			due = true
		case <-s.now:
			due = true
		case <-next.C:
			due = true
		}
	}
}

// over tells the leader that nothing runs any more, so that nobody has to wait for the lease to run out.
func (s *Seat) over() {
	q := s.talk.Question
	q.Over = true
	if r := s.ask(context.Background(), q); r.err != nil {
		s.log.Info("the leader could not be told that the worker has ended; it finds out when the lease runs out", "error", r.err)
	}
}
