package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/route"
	"github.com/gstorm/gstorm/multilang"
)

// writeBytes is how much is gathered for one write to a child, while there is more to send.
const writeBytes = 32 << 10

// waitsForIDs is after how many emits in a row with nothing behind them a child is taken for one that waits for task ids.
const waitsForIDs = 16

// boltSession is one start of a bolt's child. Three goroutines serve it: serve writes, receive reads, watch looks
// after its life.
type boltSession struct {
	*session
	bolt *childBolt
	out  []byte // frames for the next write
	// frames writes tuples to out.
	frames tupleFrames
	// renewed: another process is to take the place of this one, which has got all that it will get.
	renewed bool
	last    bool // the next write is the last one

	receipts *receipts // nil: the bolt acks by itself
	ids      []int32   // scratch of the reader
	waits    int       // of the reader: emits in a row after which the child had said nothing more
	before   time.Time // of the reader: when the child answered the tuple before

	wake    chan struct{} // urgent has something, or the level is another; the task's
	writing sync.Mutex    // held from taking what is urgent until it is written: it stays in its order

	mu        sync.Mutex // guards the two below
	urgent    []byte     // task ids, in the order of the emits: they go ahead of tuples
	heartbeat bool       // a heartbeat is due
}

func newBoltSession(s *session, b *childBolt) *boltSession {
	bs := &boltSession{session: s, bolt: b, wake: b.wake}
	bs.frames.batches = s.p.Extension().Has(multilang.FeatureBatch)
	bs.frames.packed = s.p.Extension().Has(multilang.FeaturePacked)
	if !b.settings.acks {
		bs.receipts = &receipts{}
	}
	bs.signal() // the level of the moment
	return bs
}

// errRenewed ends the session of a process that another one is to replace.
var errRenewed = errors.New("the component's process was replaced")

// serve feeds the child until the task ends (nil), the child does (its death), or it is to be replaced (errRenewed).
func (s *boltSession) serve(ctx context.Context) error {
	var readers sync.WaitGroup
	readers.Go(func() { s.receive(s.handle, s.reply) })
	readers.Go(func() { s.watch(s.askHeartbeat, func() bool { return true }) })
	err := s.feed(ctx)
	if err != nil {
		s.p.Kill(err.Error())
	}
	readers.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	death := s.p.Death()
	if !s.renewed && !s.ending() || death.Phase != child.PhaseStop {
		return death
	}
	s.noteEnd(death)
	if s.renewed {
		return errRenewed
	}
	return nil
}

// feed writes: what is urgent first, then ticks, then tuples. It returns nil when the child has ended, for whatever
// reason.
func (s *boltSession) feed(ctx context.Context) error {
	var tick <-chan time.Time
	if s.settings.tick > 0 {
		ticker := time.NewTicker(s.settings.tick)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.p.Done():
			return nil
		case <-s.wake:
		case <-tick:
			s.tick()
		case <-s.queue.Ready():
		case <-s.end:
			return s.finish(ctx)
		case <-s.renew:
			s.renewed = true
			return s.finish(ctx)
		}
		if !s.write() {
			<-s.p.Done()
			return nil
		}
	}
}

// write sends everything that waits. It returns false when the child does not take it any more.
func (s *boltSession) write() bool {
	for {
		wrote, more, err := s.writeOnce()
		switch {
		case err != nil:
			return false
		case !wrote, !more && (s.renewed || s.queue.Len() == 0):
			return true
		}
	}
}

// writeOnce sends one write's worth of what waits. more: it could not be all.
func (s *boltSession) writeOnce() (wrote, more bool, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.out = s.takeUrgent(s.out)
	more = s.fill()
	s.askReceipt()
	if len(s.out) == 0 {
		return false, more, nil
	}
	err = s.p.Write(s.out)
	s.out = s.out[:0]
	return true, more, err
}

// fill moves tuples from the queue to the frames of the next write, up to writeBytes. It reports whether it stopped for
// that reason. What is in the queue of a process that another one replaces waits for that one: else it might never come to
// its end under load.
func (s *boltSession) fill() (more bool) {
	b := s.bolt
	if s.renewed {
		return false
	}
	defer func() { s.out = s.frames.end(s.out) }()
	for len(s.out) < writeBytes {
		if b.rest == nil {
			if b.rest = s.queue.Take(); b.rest == nil {
				return false
			}
			b.done = 0
		}
		now := time.Now()
		in, begin := b.in, b.done
		for b.done < len(b.rest.Deliveries) && len(s.out) < writeBytes {
			d := &b.rest.Deliveries[b.done]
			if d.Lineage.Traced() {
				s.traceHanded(now, &d.Lineage, s.p.PID())
			}
			by := in.of(d.Tuple.Source)
			s.add(b.flights.add(d.Lineage, by, now), &d.Tuple)
			b.done++
			by.newExecuted++
		}
		in.countExecuted()
		s.count.waited(queuedFor(b.rest, now.Sub(s.worker.started)), b.done-begin)
		if b.done == len(b.rest.Deliveries) {
			b.rest.Release()
			b.rest = nil
		}
	}
	return true
}

// add appends a tuple to what is written next. One that the child can't be given fails.
func (s *boltSession) add(id uint64, t *gstorm.Tuple) {
	var err error
	if s.out, err = s.frames.add(s.out, id, t); err == nil {
		return
	}
	s.out = s.frames.end(s.out) // the ids within a frame follow each other
	reason := fmt.Sprintf("a tuple of %s can't be given to another process: %v", t.Source.Component, err)
	s.report(s.p.PID(), reason)
	answers := newAnswers(s.worker) // the task's own are the reader's
	s.flights.answer(id, id, func(id uint64, f *flight) {
		f.edge.failed.Add(1)
		answers.fail(&f.lineage, s.cause(id, reason))
	})
	answers.flush()
}

func (s *boltSession) tick() {
	id := s.flights.add(acker.Lineage{}, s.in.ticks(), time.Now())
	s.out = multilang.AppendTick(s.out, id, s.settings.tickSecs)
}

// finish lets the child end: after what is in its queue (where no other process takes that) comes the end of its input. A
// library that gathers batches by ticks (pystorm's BatchingBolt flushes on the second) gets the ticks that it waits for.
func (s *boltSession) finish(ctx context.Context) error {
	s.enter(draining)
	s.last = true
	delivered := s.write()
	if delivered && s.settings.tick > 0 && s.p.Extension() == nil {
		s.tick()
		s.tick()
		delivered = s.write()
	}
	if delivered {
		s.leave(ctx)
	}
	<-s.p.Done()
	return nil
}

// askHeartbeat makes the writer send a heartbeat, if it can.
func (s *boltSession) askHeartbeat() {
	s.mu.Lock()
	s.heartbeat = true
	s.mu.Unlock()
	s.signal()
}

func (s *boltSession) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *boltSession) takeUrgent(dst []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	dst = append(s.appendLevel(dst), s.urgent...)
	s.urgent = s.urgent[:0]
	if s.heartbeat {
		s.heartbeat = false
		dst = s.appendHeartbeat(dst)
	}
	return dst
}

func (s *boltSession) appendHeartbeat(dst []byte) []byte {
	s.sent.Store(time.Now().UnixNano())
	id := s.flights.control()
	if s.receipts != nil {
		s.receipts.ask(id)
	}
	return multilang.AppendHeartbeat(dst, id)
}

// askReceipt puts a heartbeat behind the tuples of a bolt that does not ack. One on its way is enough, but for the last.
func (s *boltSession) askReceipt() {
	if s.receipts != nil && s.flights.len() > 0 && (s.last || !s.receipts.waiting()) {
		s.out = s.appendHeartbeat(s.out)
	}
}

// received acks what the bolt is through with, as it has answered a heartbeat.
func (s *boltSession) received(m *multilang.Message) {
	until, ok := s.receipts.answer()
	if !ok || m.Busy > 0 { // a handler that runs may be that of any tuple
		return
	}
	now := time.Now()
	s.flights.answerBefore(until, func(f *flight) { s.ack(f, now) })
	s.answers.before = now
	if s.flights.len() > 0 && !s.receipts.waiting() {
		s.signal() // for those that were written meanwhile
	}
}

func (s *boltSession) handle(m *multilang.Message) {
	if s.common(m) {
		return
	}
	switch m.Command {
	case multilang.Emit:
		s.emit(m)
	case multilang.Ack, multilang.Fail:
		s.answer(m)
	case multilang.Sync:
		s.busy.Store(int64(m.Busy * float64(time.Second)))
		if s.receipts != nil {
			s.received(m)
		}
	default:
		s.warn("a bolt can't say "+m.Command.String(), slog.String("command", m.Command.String()))
	}
}

// emit tells the task ids of what the child emitted if it waits for them, and sends the tuple on its way. In this order,
// as the way may be blocked.
func (s *boltSession) emit(m *multilang.Message) {
	s.progress.set()
	t := s.tuple(m)
	targets, told, fault := s.aim(m, t)
	if asks(m) {
		s.answerEmit(targets, told)
	}
	if fault != "" {
		// What it was anchored to fails, for it would be lost.
		s.report(s.p.PID(), fault)
		s.failAnchors(m, fault)
		return
	}
	e := s.session.out
	var lineages []acker.Lineage
	if len(m.Anchors) > 0 {
		var unknown int
		e.lineages, unknown = s.flights.extend(m.Anchors, len(targets), e.random, e.lineages[:0])
		lineages = e.lineages
		if len(lineages) > 0 && lineages[0].Traced() {
			e.traces.parents = s.flights.edges(m.Anchors, e.traces.parents[:0])
		}
		if unknown > 0 {
			s.warn("emit anchored to tuples that are over or unknown", slog.Int("anchors", unknown))
		}
	}
	if m.BadAnchors > 0 {
		s.warn("emit anchored to ids that no tuple has", slog.Int("anchors", m.BadAnchors))
	}
	e.send(t, targets, lineages)
}

// answerEmit tells the tasks of an emit, unless the child knows them, and those of later emits where it is time to.
// A child that has said more already does not wait for the answer, which can then go with others.
func (s *boltSession) answerEmit(targets []route.Target, told bool) {
	if told && !s.told.low() {
		return
	}
	s.mu.Lock()
	if !told {
		s.ids = appendIDs(s.ids[:0], targets)
		s.urgent = multilang.AppendTaskIDs(s.urgent, s.ids)
	}
	if s.told.low() {
		s.urgent, _ = s.told.more(s.urgent, 0)
	}
	s.mu.Unlock()
	switch {
	case s.p.Buffered():
		s.waits = 0
	case s.replyNow():
		// A library that waits for task ids has said nothing since any of its emits.
		if s.waits++; s.waits > waitsForIDs && s.told == nil {
			s.p.Linger()
		}
	default:
		s.signal()
	}
}

// reply sends what is urgent: at once if the child takes it at once, for else it may itself wait until the reader reads;
// the writer can wait.
func (s *boltSession) reply() {
	if !s.replyNow() {
		s.signal()
	}
}

func (s *boltSession) replyNow() (all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.urgent) == 0 {
		return true
	}
	if !s.writing.TryLock() {
		return false
	}
	defer s.writing.Unlock()
	if !s.p.TryWrite(s.urgent) {
		return false
	}
	s.urgent = s.urgent[:0]
	return true
}

func (s *boltSession) failAnchors(m *multilang.Message, reason string) {
	for _, id := range m.Anchors {
		s.flights.answer(id, id, func(id uint64, f *flight) {
			f.edge.failed.Add(1)
			s.answers.fail(&f.lineage, s.cause(id, reason))
		})
	}
}

func (s *boltSession) answer(m *multilang.Message) {
	s.busy.Store(0)
	var over, unknown uint64
	now := time.Now()
	if !m.TupleIDOK {
		unknown = 1
	} else if m.Command == multilang.Ack {
		over, unknown = s.flights.answer(m.TupleID, m.LastID, func(_ uint64, f *flight) { s.ack(f, now) })
	} else {
		over, unknown = s.flights.answer(m.TupleID, m.LastID, func(id uint64, f *flight) { s.fail(id, f, now) })
	}
	s.answers.before = now
	if unknown > 0 {
		s.warn(m.Command.String()+" of a tuple that the task never got", slog.String("tuple", tupleID(m)))
	}
	if over > 0 {
		// Answered twice, or forgotten because nobody waits for it any more: the first answer counts.
		s.warn(m.Command.String()+" of a tuple that is over", slog.String("tuple", tupleID(m)))
	}
}

func (s *boltSession) ack(f *flight, now time.Time) {
	s.progress.set()
	s.took(f, now)
	f.edge.acked.Add(1)
	s.answers.ack(&f.lineage, f.acc)
}

func (s *boltSession) fail(id uint64, f *flight, now time.Time) {
	s.took(f, now)
	f.edge.failed.Add(1)
	cause := s.cause(id, "the component failed the tuple")
	s.blames.explain(id, cause)
	s.answers.fail(&f.lineage, cause)
}

// took notes how long it took until a tuple was answered.
func (s *boltSession) took(f *flight, now time.Time) {
	s.count.answered(now.Sub(f.since), max(s.before.Sub(f.since), 0))
	s.before = now
}

func (s *boltSession) cause(tuple uint64, reason string) *acker.Cause {
	return &acker.Cause{Component: s.component.ID, Task: s.id, PID: s.p.PID(), Tuple: formatID(tuple), Reason: reason}
}
