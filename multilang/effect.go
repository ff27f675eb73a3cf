package multilang

import "strconv"

// Effect is what a message means at the point of the session where it came.
type Effect struct {
	Verdict Verdict
	TaskIDs bool  // Deliver and Hold: the emit waits for its task ids. A TaskIDsFrame is owed, in the order of the emits
	Ended   Frame // Done: the command that is answered; of several that were written at once, the last of them
	Left    int   // Done: how many of the commands that were written at once have yet to be answered
}

// Verdict is what the host has to do about a message.
type Verdict uint8

// The verdicts.
const (
	Deliver    Verdict = iota // the host acts on it: emit, ack, fail, log, error, metrics
	Ready                     // the pid: from now on frames may be written, and Session.Extension is known
	Hold                      // an emit before the pid: the host acts on it right after Ready
	Done                      // a sync: the spout has answered the outstanding command
	Alive                     // a sync: the bolt has answered the outstanding heartbeat
	Exhausted                 // finished: a NextFrame must not be written before a FailFrame was
	Surplus                   // a sync that answers nothing: the host ignores it
	Unexpected                // what makes no sense here or was never agreed on: the host warns and ignores it
)

var verdictNames = [...]string{"deliver", "ready", "hold", "done", "alive", "exhausted", "surplus", "unexpected"}

// String is the verdict's name in lower case.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "verdict " + strconv.Itoa(int(v))
}
