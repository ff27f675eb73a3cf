package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/trace"
	"github.com/gstorm/gstorm/multilang"
)

// maxCredit is for how many tuples a spout is asked at once. More would save nothing, and its acks wait meanwhile.
const maxCredit = 256

// errGone ends the loop of a session whose child is no more; the child's death says why.
var errGone = errors.New("the component has ended")

// spoutSession is one start of a spout's child. The spout loop writes commands and waits for their sync; receive
// reads; watch looks after its life. It is the spoutDriver of children.
type spoutSession struct {
	*session
	tracker   *tracker
	synced    chan struct{}  // the outstanding command was answered
	frame     []byte         // scratch of the loop
	barren    barren         // of the loop
	answering *answering     // of the loop
	batches   bool           // agreed on
	ahead     *commandsAhead // of the loop; nil: one command at a time, or batches
	acks      [][]byte       // of the loop: message ids that tell has gathered, for batches and for commands ahead
	fails     [][]byte       // of the loop: the same
	ids       []byte         // scratch of the reader
	early     [][]int32      // task ids for emits before the pid, which must not be answered before it

	writing sync.Mutex // held for one write: commands by the loop, task ids by the reader

	mu       sync.Mutex // guards all below
	protocol *multilang.Session
	emits    int // since the loop asked for the next tuples
	round    round
	faults   int // errors reported since then
}

// begin brings the protocol past the handshake, with what the child said until its pid. All of it is in memory.
func (s *spoutSession) begin() error {
	if err := s.protocol.Write(multilang.HandshakeFrame); err != nil {
		return err
	}
	var m multilang.Message
	for !s.protocol.Ready() {
		if err := s.p.Recv(&m); err != nil {
			if s.misunderstood(err) {
				continue
			}
			return err
		}
		s.handle(&m)
	}
	for _, tasks := range s.early {
		s.reply(tasks)
	}
	s.early = nil
	s.session.flush()
	return nil
}

func (s *spoutSession) handle(m *multilang.Message) {
	s.mu.Lock()
	effect := s.protocol.Receive(m)
	switch m.Command {
	case multilang.Emit:
		s.emits++
		s.round.emits++
	case multilang.Error:
		s.faults++
	}
	if effect.Verdict == multilang.Done {
		s.round.sync()
	}
	s.mu.Unlock()
	switch effect.Verdict {
	case multilang.Done:
		if effect.Left > 0 {
			return
		}
		select {
		case s.synced <- struct{}{}:
		default:
		}
		return
	case multilang.Surplus, multilang.Exhausted, multilang.Ready:
		return
	}
	if s.common(m) {
		return
	}
	if m.Command != multilang.Emit {
		s.warn("a spout can't say "+m.Command.String(), slog.String("command", m.Command.String()))
		return
	}
	s.emit(m, effect)
}

// emit tells the task ids of an emit if they are waited for, opens its tree if it has an id, and sends the tuple on its
// way. In this order: the tree may end at once, but the command that says so comes after the ids.
func (s *spoutSession) emit(m *multilang.Message, effect multilang.Effect) {
	s.progress.set()
	s.retries.lock()
	defer s.retries.unlock()
	// The id outlives the message by as long as its tree lasts, so it must not hold on to the reader's memory.
	e, owner := s.session.out, message{raw: bytes.Clone(m.ID), life: s.life}
	t := s.tuple(m)
	targets, _, fault := s.aim(m, t)
	owner.source = t.Source
	if m.ID != nil {
		s.retries.keep(&owner, t, m.Task)
	}
	switch {
	case !effect.TaskIDs:
	case effect.Verdict == multilang.Hold:
		s.early = append(s.early, taskIDs(targets))
	default:
		s.reply(taskIDs(targets))
	}
	if asks(m) && effect.Verdict == multilang.Deliver {
		s.foretellMore()
	}
	if fault != "" {
		s.refuse(owner, fault)
		return
	}
	var lineages []acker.Lineage
	switch {
	case m.ID == nil:
	case s.settings.acking:
		if s.tracker.sample != nil {
			owner.content = trace.ContentOf(t.JSON, t.Packed)
		}
		e.lineages, _ = s.tracker.open(owner, len(targets), e.lineages[:0])
		lineages = e.lineages
		s.traceBegun(&owner, t, lineages)
	default:
		s.tracker.open(owner, 0, nil) // without ackers a tuple counts as handled when it is sent
	}
	e.send(t, targets, lineages)
}

func (s *spoutSession) refuse(owner message, reason string) {
	s.report(s.p.PID(), reason)
	if owner.raw != nil {
		s.tracker.refuse(owner, &acker.Cause{Component: s.component.ID, Task: s.id, PID: s.p.PID(), Reason: reason})
	}
}

// reply sends task ids. A failure means that the child has gone, which read finds out.
func (s *spoutSession) reply(tasks []int32) {
	s.mu.Lock()
	err := s.protocol.Write(multilang.TaskIDsFrame)
	s.mu.Unlock()
	if err != nil {
		return
	}
	s.ids = multilang.AppendTaskIDs(s.ids[:0], tasks)
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.p.Write(s.ids)
}

// foretellMore tells the child the task ids of later emits, where it is time to and the child takes them at once. The
// reader must not wait for that: the child may itself wait until the reader reads.
func (s *spoutSession) foretellMore() {
	if !s.told.low() || !s.writing.TryLock() {
		return
	}
	defer s.writing.Unlock()
	frames, n := s.told.more(s.ids[:0], child.AtOnce)
	s.ids = frames
	if !s.p.TryWrite(frames) {
		s.told.withdraw(n)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.protocol.WriteAhead(n) // every emit before was answered
}

// owes reports whether the child has a command to answer.
func (s *spoutSession) owes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, outstanding := s.protocol.Outstanding()
	return outstanding
}

func (s *spoutSession) gone() <-chan struct{} { return s.p.Done() }

// flush has nothing to do: the reader flushes.
func (s *spoutSession) flush() {}

func (s *spoutSession) activate(ctx context.Context) error {
	if s.settings.activate == "never" {
		return nil
	}
	return s.command(ctx, multilang.ActivateFrame, multilang.AppendActivate(s.frame[:0]))
}

func (s *spoutSession) deactivate(ctx context.Context) error {
	if s.settings.activate == "never" {
		return nil
	}
	return s.command(ctx, multilang.DeactivateFrame, multilang.AppendDeactivate(s.frame[:0]))
}

func (s *spoutSession) credit() int {
	switch {
	case s.batches:
		return maxCredit
	case s.ahead != nil:
		return s.ahead.credit()
	}
	return 1
}

func (s *spoutSession) next(ctx context.Context, n int) (emitted, finished bool, err error) {
	s.mu.Lock()
	s.emits, s.faults = 0, 0
	s.mu.Unlock()
	switch {
	case s.batches:
		err = s.ask(ctx, n)
	case s.ahead != nil:
		err = s.commands(ctx, s.ahead.calls(n))
	default:
		err = s.command(ctx, multilang.NextFrame, multilang.AppendNext(s.frame[:0]))
	}
	if errors.Is(err, multilang.ErrFinished) {
		return false, true, nil // it said so between two commands
	}
	if err != nil {
		return false, false, err
	}
	s.mu.Lock()
	emits, faults, finished := s.emits, s.faults, s.protocol.Finished()
	s.mu.Unlock()
	if s.barren.next(emits > 0, faults > 0, time.Now()) && s.barren.tooLong(s.settings, s.progress.Load()) {
		s.p.Kill(fmt.Sprintf("it reported an error at each of its last %d calls and emitted nothing", s.barren.calls))
		<-s.p.Done()
		return false, false, errGone
	}
	return emits > 0, finished, nil
}

// barren counts the calls in a row that brought nothing but an error.
type barren struct {
	calls int
	since time.Time
	last  time.Time
}

// next notes a call; true: it was barren.
func (b *barren) next(emitted, failed bool, now time.Time) bool {
	if emitted || !failed {
		b.calls = 0
		return false
	}
	if b.calls == 0 {
		b.since = now
	}
	b.calls++
	b.last = now
	return true
}

// tooLong decides when a spout that only fails is given up: one that has worked before may wait for its source to come
// back for as long as it might be silent; one that never has is broken.
func (b *barren) tooLong(s settings, worked bool) bool {
	if worked {
		return s.silence > 0 && b.last.Sub(b.since) > s.silence
	}
	return s.restartMax > 0 && b.calls >= s.restartMax
}

func (s *spoutSession) tell(ctx context.Context, o *acker.Outcome[message]) error {
	switch acked := o.Kind == acker.Acked; {
	case s.gathers() && acked:
		s.acks = append(s.acks, o.Owner.raw)
	case s.gathers():
		s.fails = append(s.fails, o.Owner.raw)
	case acked:
		return s.command(ctx, multilang.AckFrame, multilang.AppendSpoutAck(s.frame[:0], o.Owner.raw))
	default:
		return s.command(ctx, multilang.FailFrame, multilang.AppendSpoutFail(s.frame[:0], o.Owner.raw))
	}
	return nil
}

// gathers reports whether tell leaves what it is told to the next frames.
func (s *spoutSession) gathers() bool { return s.batches || s.ahead != nil }

func (s *spoutSession) deliver(ctx context.Context) error {
	switch {
	case len(s.acks)+len(s.fails) == 0:
		return nil
	case s.batches:
		return s.ask(ctx, 0)
	}
	return s.commands(ctx, 0)
}

// commands tells what tell has gathered, and asks with a number of nexts behind it. What is written at once is waited for
// together; each command has a sync of its own.
func (s *spoutSession) commands(ctx context.Context, nexts int) error {
	acks, fails := s.acks, s.fails
	defer s.forget()
	for asked := 0; asked < nexts || len(acks)+len(fails) > 0; {
		frame, n := s.frame[:0], 0
		fits := func(id []byte) bool { return n == 0 || len(frame)+len(id) < commandsAheadBytes }
		last := multilang.AckFrame
		for ; len(acks) > 0 && fits(acks[0]); n++ {
			frame = multilang.AppendSpoutAck(frame, acks[0])
			acks = acks[1:]
		}
		for ; len(acks) == 0 && len(fails) > 0 && fits(fails[0]); n++ {
			frame, last = multilang.AppendSpoutFail(frame, fails[0]), multilang.FailFrame
			fails = fails[1:]
		}
		notices := n
		for ; len(acks)+len(fails) == 0 && asked < nexts && fits(nil); n++ {
			frame, last = multilang.AppendNext(frame), multilang.NextFrame
			asked++
		}
		began := time.Now()
		err := s.send(ctx, multilang.NextFrame, frame, func() error {
			s.round = round{notices: notices}
			return s.protocol.WriteCommands(n, last)
		})
		if err != nil {
			return err
		}
		if n > notices {
			s.mu.Lock()
			s.ahead.note(s.round.most, s.round.fewest, time.Since(began)/time.Duration(n))
			s.mu.Unlock()
		}
	}
	return nil
}

// forget lets go of what tell has gathered: the ids must not be kept alive from here.
func (s *spoutSession) forget() {
	clear(s.acks)
	clear(s.fails)
	s.acks, s.fails = s.acks[:0], s.fails[:0]
}

// ask asks for up to n tuples and tells what tell has gathered.
func (s *spoutSession) ask(ctx context.Context, n int) error {
	frame := multilang.AppendCredit(s.frame[:0], n, s.acks, s.fails)
	fails := len(s.fails) > 0
	err := s.send(ctx, multilang.NextFrame, frame, func() error { return s.protocol.WriteCredit(n, fails) })
	if errors.Is(err, multilang.ErrFinished) {
		return err // nothing was sent
	}
	s.forget()
	return err
}

// command sends a command and waits for its sync.
func (s *spoutSession) command(ctx context.Context, kind multilang.Frame, frame []byte) error {
	return s.send(ctx, kind, frame, func() error { return s.protocol.Write(kind) })
}

// send sends a frame that may be sent now, and waits for its sync.
func (s *spoutSession) send(ctx context.Context, kind multilang.Frame, frame []byte, may func() error) error {
	s.frame = frame
	s.mu.Lock()
	err := may()
	s.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case <-s.synced: // of a command that was given up
	default:
	}
	if level := s.appendLevel(nil); level != nil {
		frame = append(level, frame...)
	}
	s.writing.Lock()
	err = s.p.Write(frame)
	s.writing.Unlock()
	if err != nil {
		<-s.p.Done()
		return errGone
	}
	if s.answering.unanswered[kind] {
		s.abandon()
		return nil
	}
	return s.await(ctx, kind)
}

func (s *spoutSession) await(ctx context.Context, kind multilang.Frame) error {
	var limit <-chan time.Time
	if s.answering.mayBeMissing(kind, s.settings.activate) {
		timer := time.NewTimer(s.settings.answerLimit)
		defer timer.Stop()
		limit = timer.C
	}
	select {
	case <-s.synced:
		if limit != nil {
			s.answering.note(kind)
		}
		return nil
	case <-s.p.Done():
		return errGone
	case <-ctx.Done():
		return ctx.Err()
	case <-limit:
		s.answering.giveUp(kind)
		s.abandon()
		s.log.Warn("spout does not answer a command; from now on it is not waited for", slog.Int("pid", s.p.PID()),
			slog.String("command", kind.String()))
		return nil
	}
}

// abandon stops waiting for the answer to the outstanding command.
func (s *spoutSession) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.protocol.Abandon()
}
