package multilang

import "errors"

// Kind tells the two kinds of sessions apart.
type Kind uint8

// A session is with a spout or with a bolt.
const (
	Spout Kind = iota
	Bolt
)

// Why a frame may not be written.
var (
	ErrNotReady   = errors.New("the component has not yet sent its pid")
	ErrBusy       = errors.New("the component has not yet answered")
	ErrFinished   = errors.New("the spout has finished")
	ErrNotOwed    = errors.New("the component waits for no task ids")
	ErrWrongFrame = errors.New("no frame for this kind of component, or for this point of the session")
)

// Session is where host and component are in their conversation: what may be written next, and what a message means. It
// reads and writes nothing itself and is for one goroutine.
//
//	          Write(HandshakeFrame)             Receive(pid): Ready
//	  fresh ────────────────────────▶ greeted ──────────────────────▶ running
//	                                   log, error, metrics: Deliver    what follows
//	                                   emit: Hold
//	                                   Write(any frame): ErrNotReady
//
//	running, with a spout                        running, with a bolt
//
//	        Write(next, ack, fail, ...)                  Write(heartbeat)
//	  idle ─────────────────────────────▶ asked    quiet ─────────────────▶ asked
//	   ▲ ◀──────── sync: Done ───────────┘ │        ▲ ◀── sync: Alive ─────┘ │
//	   │ sync: Surplus       command: ErrBusy       │ sync: Surplus   heartbeat: ErrBusy
//
// Everything else that a component may say can come at any time and changes nothing of this. A bolt gets tuples whether
// it is asked or not. The answer to an emit that waits for task ids is owed until a TaskIDsFrame is written.
type Session struct {
	kind   Kind
	offer  *Extension
	agreed *Extension
	state  state

	asked    int   // commands or heartbeats that have no answer yet
	question Frame // the last of them
	owed     int   // emits that wait for their task ids; below 0: answers that wait for their emits
	finished bool
	surplus  int
}

type state uint8

const (
	fresh state = iota
	greeted
	running
)

// NewSession returns the session before its handshake. offer is the Extension that the handshake will offer, or nil.
func NewSession(kind Kind, offer *Extension) *Session { return &Session{kind: kind, offer: offer} }

// Write asks whether a frame may be written now. If the answer is nil, the frame counts as written. Errors are the Err
// variables of this package.
func (s *Session) Write(f Frame) error {
	switch {
	case f == HandshakeFrame && s.state == fresh:
		s.state = greeted
		return nil
	case f == HandshakeFrame:
		return ErrWrongFrame
	case s.state != running:
		return ErrNotReady
	case f == TaskIDsFrame:
		return s.writeTaskIDs()
	case f.isCommand() != (s.kind == Spout):
		return ErrWrongFrame
	case f == TupleFrame:
		return nil
	}
	return s.ask(f)
}

func (s *Session) writeTaskIDs() error {
	if s.owed <= 0 {
		return ErrNotOwed // storm.js exits when it gets an array that it does not expect
	}
	s.owed--
	return nil
}

// WriteAhead is Write for the task ids of the next n emits that will ask for them; no TaskIDsFrame is owed for those. It is
// for components that keep answers until they ask, as most do that wait for them.
func (s *Session) WriteAhead(n int) error {
	switch {
	case s.state != running:
		return ErrNotReady
	case s.owed > 0:
		return ErrBusy // they would answer the emits that wait
	}
	s.owed -= n
	return nil
}

// ask writes what the component answers with a sync.
func (s *Session) ask(f Frame) error {
	switch {
	case s.asked > 0:
		return ErrBusy
	case f == NextFrame && s.finished:
		return ErrFinished
	case f == FailFrame:
		s.finished = false // the spout may emit the tuple again
	}
	s.asked, s.question = 1, f
	return nil
}

// WriteCommands is Write for n commands at once, the last of which is f; each has a sync of its own. It is for spouts that
// read a command when they have done the one before, and keep those that they find while they wait for task ids.
func (s *Session) WriteCommands(n int, f Frame) error {
	if s.kind != Spout || !f.isCommand() {
		return ErrWrongFrame
	}
	if err := s.Write(f); err != nil {
		return err
	}
	s.asked = n
	return nil
}

// WriteCredit is Write for a next that asks for up to n tuples, and fails tuples as well or not (FeatureBatch).
func (s *Session) WriteCredit(n int, fails bool) error {
	switch {
	case s.state != running:
		return ErrNotReady
	case !s.agreed.Has(FeatureBatch):
		return ErrWrongFrame
	case s.asked > 0:
		return ErrBusy
	case n > 0 && s.finished && !fails:
		return ErrFinished
	}
	s.finished = s.finished && !fails // the spout may emit the tuples again
	s.asked, s.question = 1, NextFrame
	return nil
}

// Receive notes a message and says what it means.
func (s *Session) Receive(m *Message) Effect {
	switch m.Command {
	case Pid:
		return s.receivePid(m)
	case Log, Error, Metrics:
		return Effect{Verdict: Deliver}
	case Emit:
		return s.receiveEmit(m)
	case Sync:
		return s.receiveSync()
	case Ack, Fail:
		if s.kind == Bolt && s.state == running {
			return Effect{Verdict: Deliver}
		}
	case Finished:
		if s.kind == Spout && s.agreed.Has(FeatureFinished) {
			s.finished = true
			return Effect{Verdict: Exhausted}
		}
	}
	return Effect{Verdict: Unexpected}
}

func (s *Session) receivePid(m *Message) Effect {
	if s.state != greeted {
		return Effect{Verdict: Unexpected}
	}
	s.state = running
	s.agreed = s.offer.Agree(m.Extension)
	return Effect{Verdict: Ready}
}

// receiveEmit has to count every emit that asks for task ids, as storm.py and storm.rb wait for them even if the emit is
// wrong in some way. storm.js emits before its pid if user code emits while it initializes.
func (s *Session) receiveEmit(m *Message) Effect {
	e := Effect{Verdict: Deliver}
	if s.state != running {
		e.Verdict = Hold
	}
	if m.Task == 0 && m.NeedTaskIDs {
		s.owed++
		e.TaskIDs = s.owed > 0
	}
	return e
}

func (s *Session) receiveSync() Effect {
	if s.asked == 0 {
		s.surplus++
		return Effect{Verdict: Surplus}
	}
	s.asked--
	if s.kind == Bolt {
		return Effect{Verdict: Alive}
	}
	return Effect{Verdict: Done, Ended: s.question, Left: s.asked}
}

// Abandon stops waiting for the answer to a command (all that were written at once) or heartbeat, and reports which it was.
// Some libraries never answer activate, others neither ack nor fail. If the answer comes after all, it counts for the next question.
func (s *Session) Abandon() (Frame, bool) {
	f, ok := s.Outstanding()
	s.asked = 0
	return f, ok
}

// Outstanding reports the command or heartbeat that has no answer yet.
func (s *Session) Outstanding() (Frame, bool) {
	if s.asked == 0 {
		return 0, false
	}
	return s.question, true
}

// Ready reports whether the pid has come.
func (s *Session) Ready() bool { return s.state == running }

// Extension is what was agreed on, nil before the pid and for the classic protocol.
func (s *Session) Extension() *Extension { return s.agreed }

// Finished reports whether the spout has said that it has nothing more to emit, and no FailFrame was written since.
func (s *Session) Finished() bool { return s.finished }

// Surplus counts the syncs that answered nothing.
func (s *Session) Surplus() int { return s.surplus }
