package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/multilang"
)

// mostBlames is how many errors of a component are remembered until it fails the tuples that they are about. Its library says
// both right after each other; a batch has some in front.
const mostBlames = 64

// blames are the errors that a component has reported last, for the causes of failures: the protocol's fail says no reason. It
// is of one session's reader, and of who follows it.
type blames struct {
	list []blame // the oldest first
}

// blame is an error about the tuples from first to last; 0: about none.
type blame struct {
	first, last uint64
	reason      string
	file        string
	line        int
}

// note notes what a component has reported.
func (b *blames) note(m *multilang.Message) {
	e := blame{reason: oneLine(m.Msg), file: m.File, line: m.Line}
	if e.file != "" { // which libraries put in front of what they say
		e.reason = strings.TrimSpace(strings.TrimPrefix(e.reason, fmt.Sprintf("%s:%d:", e.file, e.line)))
	}
	if m.TupleIDOK {
		e.first, e.last = m.TupleID, max(m.TupleID, m.LastID)
	}
	if len(b.list) >= mostBlames {
		b.list = slices.Delete(b.list, 0, 1)
	}
	b.list = append(b.list, e)
}

// explain completes the cause of the failure of a tuple that the component has failed.
func (b *blames) explain(tuple uint64, c *acker.Cause) {
	for _, e := range slices.Backward(b.list) {
		if e.first != 0 && e.first <= tuple && tuple <= e.last {
			c.Reason, c.File, c.Line = e.reason, e.file, e.line
			return
		}
	}
}

// lastPlace is where the last error was; "": that is not known.
func (b *blames) lastPlace() (file string, line int) {
	if n := len(b.list); n > 0 {
		return b.list[n-1].file, b.list[n-1].line
	}
	return "", 0
}

// longestReason bounds the line that oneLine makes of an error, in bytes.
const longestReason = 1000

// oneLine is the line of an error that says what it is: the first one, but the last one of Python's tracebacks.
func oneLine(text string) string {
	text = strings.TrimSpace(text)
	line, more, _ := strings.Cut(text, "\n")
	if strings.HasPrefix(line, "Traceback (") && more != "" {
		line = more[strings.LastIndexByte(more, '\n')+1:]
	}
	return stats.Beginning([]byte(strings.TrimSpace(line)), longestReason)
}
