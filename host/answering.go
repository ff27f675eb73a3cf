package host

import "github.com/gstorm/gstorm/multilang"

// answering is which commands a spout answers, as far as it has shown: some libraries never answer activate, or ack and
// fail. It is learnt once for a task, since the process that is started in place of a dead one is the same program. Only
// the spout loop uses it.
type answering struct {
	answered   map[multilang.Frame]bool
	unanswered map[multilang.Frame]bool
}

// note notes an answer in time. Once a wait was given up, nobody knows what an answer was to.
func (a *answering) note(kind multilang.Frame) {
	if len(a.unanswered) > 0 {
		return
	}
	if a.answered == nil {
		a.answered = map[multilang.Frame]bool{}
	}
	a.answered[kind] = true
}

// giveUp notes that a command was not answered in time.
func (a *answering) giveUp(kind multilang.Frame) {
	if a.unanswered == nil {
		a.unanswered = map[multilang.Frame]bool{}
	}
	a.unanswered[kind] = true
}

// mayBeMissing reports whether the answer to a command is waited for only so long. For those that every library answers,
// and for what was answered before, there is the silence limit: a child that only takes its time must not be taken for one
// that never answers. mode is gstorm.activate.
func (a *answering) mayBeMissing(kind multilang.Frame, mode string) bool {
	switch kind {
	case multilang.AckFrame, multilang.FailFrame:
		return !a.answered[kind]
	case multilang.ActivateFrame, multilang.DeactivateFrame:
		return !a.answered[kind] && mode != "always"
	}
	return false
}
