package child

import (
	"fmt"
	"strings"
)

// Phase is how far a process had come when it ended.
type Phase string

// The phases, in order. A child is asked to end by CloseInput or Stop; by nothing else.
const (
	PhaseStart     Phase = "start"     // it could not be started
	PhaseHandshake Phase = "handshake" // started, but its pid message has not come
	PhaseRun       Phase = "run"
	PhaseStop      Phase = "stop" // asked to end
)

// Death is how a process ended, or why none was started: all that is known to find the cause. It is an error.
type Death struct {
	Component string
	Task      int
	PID       int // 0: never started
	Phase     Phase
	ExitCode  int    // -1: ended by Signal, or never started
	Signal    string // "SIGKILL"; "" if none
	OOM       bool   // the kernel's counter says that SIGKILL came because memory ran out

	Command    []string
	Dir        string   // "": the host's
	StderrTail []string // the last 50 lines, each cut to 2 KiB
	LastIn     string   // the last message to it, shortened; not the handshake, which may hold secrets
	LastOut    string   // the last message from it, shortened
	Reported   string   // the last error that it reported by itself, if it has emitted and acked nothing since
	Reason     string   // why the host ended it, or could not start it
	Hint       string   // what to do, where the cause is known

	Err error // of the failed start, for errors.Is; nil if there was none
}

// Asked reports whether the process ended by itself after it had been asked to. Its exit code means nothing then: some
// libraries end with 0, some with 1 or 2 when their input ends.
func (d *Death) Asked() bool { return d.Phase == PhaseStop && d.Signal == "" }

// Unwrap returns the error of a failed start.
func (d *Death) Unwrap() error { return d.Err }

// Error is one line: who, how, why.
func (d *Death) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "component %q task %d", d.Component, d.Task)
	if d.PID != 0 {
		fmt.Fprintf(&b, " (pid %d)", d.PID)
	}
	b.WriteString(" " + d.how())
	for _, why := range []string{d.Reason, d.Reported} {
		if why != "" {
			b.WriteString(": " + firstLine(why))
		}
	}
	if d.Hint != "" {
		b.WriteString(" (" + firstLine(d.Hint) + ")")
	}
	return b.String()
}

func (d *Death) how() string {
	when := map[Phase]string{
		PhaseHandshake: " before its handshake was done",
		PhaseStop:      " when asked to end",
	}[d.Phase]
	switch {
	case d.Phase == PhaseStart:
		return "could not be started"
	case d.OOM:
		return "was killed by the kernel because memory ran out (SIGKILL)" + when
	case d.Signal != "" && d.Reason != "":
		return "was ended with " + d.Signal + when
	case d.Signal != "":
		return "was killed by " + d.Signal + when
	case d.ExitCode < 0:
		return "ended in an unknown way" + when
	}
	return fmt.Sprintf("exited with code %d%s", d.ExitCode, when)
}

// Report is all of it, in lines, the last one with its line break.
func (d *Death) Report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "component %q, task %d", d.Component, d.Task)
	if d.PID != 0 {
		fmt.Fprintf(&b, ", pid %d", d.PID)
	}
	fmt.Fprintf(&b, ": %s\n", d.how())
	entry(&b, "reason", d.Reason)
	entry(&b, "hint", d.Hint)
	entry(&b, "it reported", d.Reported)
	entry(&b, "command", shellLine(d.Command))
	entry(&b, "directory", or(d.Dir, "that of gstorm"))
	if d.Phase == PhaseStart {
		return b.String()
	}
	entry(&b, "last message to it", or(d.LastIn, "none but the handshake"))
	entry(&b, "last message from it", or(d.LastOut, "none"))
	entry(&b, "end of its stderr", or(strings.Join(d.StderrTail, "\n"), "empty"))
	return b.String()
}

// entry writes a name and a text, which stands below the name if it has several lines.
func entry(b *strings.Builder, name, text string) {
	text = strings.TrimRight(text, "\n")
	switch {
	case text == "":
	case strings.Contains(text, "\n"):
		fmt.Fprintf(b, "  %s:\n    | %s\n", name, strings.ReplaceAll(text, "\n", "\n    | "))
	default:
		fmt.Fprintf(b, "  %s: %s\n", name, text)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// describe puts together what is known now of a process that has ended.
func (p *Process) describe() *Death {
	p.mu.Lock()
	d := &Death{
		Component: p.spec.Component, Task: p.spec.Task, PID: p.pid, Phase: p.phase,
		ExitCode: p.exit.code, Signal: p.exit.signal, OOM: p.exit.oom,
		Command: p.spec.Command, Dir: p.spec.Dir,
		LastOut: p.lastOut, Reported: p.reported, Reason: p.reason,
	}
	late := p.late
	p.mu.Unlock()
	d.StderrTail = p.tail.all()
	d.LastIn = p.in.lastWritten()
	d.Hint = hint(d, &p.spec, late, p.noise.kept())
	return d
}

// notStarted is the Death of a process that never was. path is the PATH that it would have had.
func notStarted(s *Spec, path string, err error) *Death {
	d := &Death{
		Component: s.Component, Task: s.Task, Phase: PhaseStart, ExitCode: -1,
		Command: s.Command, Dir: s.Dir, Err: err,
	}
	d.Reason, d.Hint = startTrouble(s, path, err)
	return d
}
