package terminal

import (
	"strconv"
	"strings"
	"sync"
)

// vt is a terminal for tests: a grid of cells with a cursor, lines that wrap and scroll, and the few sequences that a
// Screen uses. A resize breaks lines again, as most terminals do. It is an io.Writer.
type vt struct {
	mu            sync.Mutex
	columns, rows int
	lines         []string // all lines ever, unbroken; the last one is the cursor's, but for up
	up            int      // how many rows above the last line the cursor is
	text          string   // what was not interpreted yet
}

func newVT(columns, rows int) *vt { return &vt{columns: columns, rows: rows, lines: []string{""}} }

func (v *vt) size() (columns, rows int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.columns, v.rows
}

func (v *vt) resize(columns, rows int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.columns, v.rows = columns, rows
}

func (v *vt) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.text += string(p)
	for v.text != "" {
		v.step()
	}
	return len(p), nil
}

// step interprets one line end, sequence or run of letters. Letters are only ever written at the end of the last line:
// a Screen that writes elsewhere shows as a panic.
func (v *vt) step() {
	switch {
	case v.take("\r"):
	case v.take("\n"):
		v.lines = append(v.lines, "")
	case strings.HasPrefix(v.text, "\x1b["):
		end := strings.IndexAny(v.text, "AJm")
		n, _ := strconv.Atoi(v.text[2:end])
		command := v.text[end]
		v.text = v.text[end+1:]
		switch command {
		case 'A':
			v.up += n
		case 'J':
			v.clear()
		}
	default:
		if v.up > 0 {
			panic("letters are written over others")
		}
		end := strings.IndexAny(v.text, "\r\n\x1b")
		if end < 0 {
			end = len(v.text)
		}
		v.lines[len(v.lines)-1] += v.text[:end]
		v.text = v.text[end:]
	}
}

func (v *vt) take(what string) bool {
	rest, found := strings.CutPrefix(v.text, what)
	v.text = rest
	return found
}

// clear takes away what stands from the cursor's row on. The cursor must be at the first row of a line.
func (v *vt) clear() {
	last := len(v.lines) - 1
	for ; v.up > 0; last-- {
		v.up -= max((width(v.lines[last-1])+v.columns-1)/v.columns, 1)
	}
	if v.up < 0 {
		panic("the cursor is in the middle of a broken line")
	}
	v.lines = append(v.lines[:last], "")
}

// screen is what a person sees: the last rows, without blanks at their ends.
func (v *vt) screen() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var rows []string
	for _, line := range v.lines {
		for width(line) > v.columns {
			cut := len(strings.TrimSuffix(truncate(line, v.columns+1), "…"))
			rows, line = append(rows, line[:cut]), line[cut:]
		}
		rows = append(rows, strings.TrimRight(line, " "))
	}
	return strings.Join(rows[max(len(rows)-v.rows, 0):], "\n")
}
