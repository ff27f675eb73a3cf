package adapters

import (
	"bufio"
	"io"
	"strings"
	"sync"
)

const (
	longestLine   = 64 << 10 // a longer one comes in pieces
	tailLines     = 20
	tailLineBytes = 500
)

// eachLine calls f with every line of r, without its line break, until r ends. A line that is longer than longestLine
// comes in pieces.
func eachLine(r io.Reader, f func(string)) {
	in := bufio.NewReaderSize(r, longestLine)
	for {
		part, isPrefix, err := in.ReadLine()
		if err != nil {
			return
		}
		if len(part) > 0 || !isPrefix {
			f(string(part))
		}
	}
}

// tail keeps the last lines of what a process has written to stderr.
type tail struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (t *tail) add(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == tailLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	t.lines = append(t.lines, strings.ToValidUTF8(line[:min(len(line), tailLineBytes)], "\uFFFD"))
}

// hint shows the lines to somebody who is to find out what went wrong.
func (t *tail) hint() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == 0 {
		return "it wrote nothing to stderr"
	}
	return "the last that it wrote to stderr:\n    " + strings.Join(t.lines, "\n    ")
}
