package dependencies

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Of what a command writes, this much is kept.
const (
	logBytes  = 1 << 20
	headLines = 8
	tailLines = 16
	lineBytes = 500
)

// output takes what a command writes: its beginning goes into a log, its first and last lines are kept for an error: npm
// explains itself at length after it has said what is wrong. Whatever becomes of the log, it takes all, so that the command
// never waits.
type output struct {
	log     io.Writer
	logErr  error // the first of the log
	left    int   // for the log
	head    []string
	tail    []string
	between int    // how many lines are neither
	partial []byte // the line that has not ended, cut
}

func newOutput(log io.Writer) *output { return &output{log: log, left: logBytes} }

// Write implements io.Writer. It returns no error.
func (o *output) Write(p []byte) (int, error) {
	if o.left > 0 {
		o.toLog(p[:min(len(p), o.left)])
		if o.left -= len(p); o.left <= 0 {
			o.toLog([]byte("\n[it wrote more, which is left out]\n"))
		}
	}
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte("\n"))
		o.partial = append(o.partial, part[:min(len(part), lineBytes-len(o.partial))]...)
		if ended {
			o.end()
		}
		rest = after
	}
	return len(p), nil
}

func (o *output) toLog(p []byte) {
	if o.logErr == nil {
		_, o.logErr = o.log.Write(p)
	}
}

// end ends a line.
func (o *output) end() {
	line := strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(string(o.partial), "\uFFFD")))
	o.partial = o.partial[:0]
	if line == "" {
		return
	}
	if len(o.head) < headLines {
		o.head = append(o.head, line)
		return
	}
	if len(o.tail) == tailLines {
		o.between++
		o.tail = append(o.tail[:0], o.tail[1:]...)
	}
	o.tail = append(o.tail, line)
}

// printable leaves out what would move a terminal's cursor.
func printable(r rune) rune {
	if unicode.IsControl(r) && r != '\t' {
		return -1
	}
	return r
}

// said shows these lines. Nothing may be written afterwards.
func (o *output) said() string {
	o.end()
	if len(o.head) == 0 {
		return "it wrote nothing"
	}
	lines := slices.Clone(o.head)
	if o.between > 0 {
		lines = append(lines, fmt.Sprintf("[%d lines]", o.between))
	}
	return "it wrote:\n    " + strings.Join(append(lines, o.tail...), "\n    ")
}
