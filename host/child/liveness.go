package child

import (
	"fmt"
	"time"
)

// What Liveness works with.
const (
	// DefaultSilenceLimit is how long a child may say nothing before it counts as hung, where the configuration does not
	// say (Storm: topology.subprocess.timeout.secs, else supervisor.worker.timeout.secs).
	DefaultSilenceLimit = 30 * time.Second
	// HeartbeatEvery is the silence after which a heartbeat is due, and the time between two (Storm's ShellBolt looks once
	// a second).
	HeartbeatEvery = time.Second
	// longestStep is the most that one Check adds to the silence. A host that was itself stopped (a laptop that slept, a
	// SIGSTOP) must not find all its children hung when it comes back.
	longestStep = 5 * time.Second
	// heartbeatSlack makes up for looks that come a little early: else every second heartbeat would be a second late.
	heartbeatSlack = 100 * time.Millisecond
	// silenceKey is the configuration key of the limit, for messages.
	silenceKey = "topology.subprocess.timeout.secs"
)

// Verdict is what Liveness.Check asks for.
type Verdict int

const (
	Fine          Verdict = iota // nothing to do
	SendHeartbeat                // nothing was heard for a while: ask for a sign of life. Not for spouts, whose protocol has none
	Hung                         // no life for longer than the limit: kill it
)

// Vitals is what the host knows of a child at one moment.
type Vitals struct {
	Now   time.Time
	Heard time.Time // the last byte from the child (Process.LastHeard): any output counts as life
	Sent  time.Time // the last heartbeat that was sent; zero: none yet
	// Paused stops the clock: the silence is our own doing, because we do not read (back-pressure), or the child owes us
	// nothing (a spout without a command under way).
	Paused bool
	// Busy is for how long the handler that runs now has been running, by the child's own word (protocol extension
	// "busy"); 0: idle, or the child does not report it.
	Busy time.Duration
	// CPU is Process.CPUTime, and only makes the reason say more; CPUKnown false: not known here.
	CPU      CPUTime
	CPUKnown bool
}

// CPUTime is what a process has had of the processors since its start, all its threads together.
type CPUTime struct {
	Used   time.Duration // user and system
	Queued time.Duration // ready to run, and waiting for a core; 0 where the system does not tell
}

func (c CPUTime) plus(d CPUTime) CPUTime  { return CPUTime{c.Used + d.Used, c.Queued + d.Queued} }
func (c CPUTime) minus(d CPUTime) CPUTime { return CPUTime{c.Used - d.Used, c.Queued - d.Queued} }

// Liveness decides, from one look a second, whether a child still lives. Its clock starts with the first look, which the
// host takes after the child's pid message: a slow start is the start timeout's business. Not safe for concurrent use.
type Liveness struct {
	Limit time.Duration // the silence that is too long; <= 0: off, every verdict is Fine

	looked  time.Time     // the look before
	heard   time.Time     // Vitals.Heard then
	cpu     CPUTime       // Vitals.CPU then
	silence time.Duration // counted without the pauses
	asked   bool          // a heartbeat was due since Heard: only who was asked can fail to answer
	// worked is the processor time of that part of the silence that lies between looks, which is measured long: of the time
	// from Heard to the next look it isn't known.
	worked   CPUTime
	measured time.Duration
}

// NewLiveness is the policy with a limit, DefaultSilenceLimit where limit is 0, off below 0.
func NewLiveness(limit time.Duration) *Liveness {
	return &Liveness{Limit: or(limit, DefaultSilenceLimit)}
}

// Check takes one look. The reason is for people and comes with Hung only.
func (l *Liveness) Check(v Vitals) (Verdict, string) {
	if l.Limit <= 0 {
		return Fine, ""
	}
	l.count(v)
	switch {
	case v.Busy > l.Limit:
		return Hung, fmt.Sprintf("hung: one handler has been running for %s (limit %s: %s)", seconds(v.Busy), seconds(l.Limit), silenceKey)
	case v.Paused:
		return Fine, ""
	case l.silence > l.Limit && l.asked:
		return Hung, fmt.Sprintf("hung: nothing heard for %s (limit %s: %s)%s", seconds(l.silence), seconds(l.Limit), silenceKey, l.effort(v))
	case due(v.Now.Sub(v.Heard)) && due(v.Now.Sub(v.Sent)):
		l.asked = true
		return SendHeartbeat, ""
	}
	return Fine, ""
}

func due(since time.Duration) bool { return since >= HeartbeatEvery-heartbeatSlack }

func (l *Liveness) count(v Vitals) {
	switch {
	case l.looked.IsZero():
	case v.Heard.After(l.heard):
		l.silence = min(max(v.Now.Sub(v.Heard), 0), longestStep)
		l.worked, l.measured, l.asked = CPUTime{}, 0, false
	case !v.Paused:
		step := min(max(v.Now.Sub(l.looked), 0), longestStep)
		l.silence += step
		l.measured += step
		l.worked = l.worked.plus(v.CPU.minus(l.cpu))
	}
	l.looked, l.heard, l.cpu = v.Now, v.Heard, v.CPU
}

// effort tells the two kinds of silence apart, which need different cures: a longer limit, or a look for what it waits on.
// A child that waits for a core is busy too: on a machine with more work than cores it gets a part of one only.
func (l *Liveness) effort(v Vitals) string {
	switch {
	case !v.CPUKnown:
		return ""
	case l.worked.Used+l.worked.Queued > l.measured/2:
		return fmt.Sprintf("; it computed all the while (%s of CPU, and %s in the queue for a core): busy, so the limit may be too short",
			seconds(l.worked.Used), seconds(l.worked.Queued))
	default:
		return fmt.Sprintf("; it used %s of CPU meanwhile: it waits for something", seconds(l.worked.Used))
	}
}

func seconds(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
