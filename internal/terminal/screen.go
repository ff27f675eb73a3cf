package terminal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	// redrawEvery is how often the live table is brought up to date.
	redrawEvery = 250 * time.Millisecond
	// flushEvery is the shortest time between two frames: lines that come faster share one, so that a flood of lines
	// does not redraw the table for each of them.
	flushEvery = 20 * time.Millisecond
	// maxPending is how many bytes wait for the next frame before their writer has to write them itself.
	maxPending = 256 << 10
)

// Screen is the one way to stdout and stderr while a topology runs. Lines that are written through it never tear the
// live table apart: while Show runs, they are collected and put above it, a frame at a time; otherwise they are
// written at once. All methods may be called from any goroutine.
//
// The cursor is never hidden and rests on the empty line below the table, so a process that is killed leaves a terminal
// that is fit for use.
type Screen struct {
	o    Options
	wake chan struct{} // holds a token when there are pending lines

	// mu guards what follows, and the terminal: whoever writes to it holds mu.
	mu      sync.Mutex
	live    bool
	pending []chunk
	waiting int   // bytes in pending
	table   []int // widths of the lines of the table that is on the terminal now
	lines   []string
}

type chunk struct {
	to   io.Writer
	text []byte
}

// Options say where a Screen writes. Detect makes them for real files.
type Options struct {
	Out, Err io.Writer // stdout: what components print; stderr: all the rest
	// OutTerminal: Out is a terminal, so what components print is escaped. Else it gets the bytes as they are.
	OutTerminal bool
	// Colour: Err shows colours.
	Colour bool
	// Size is the size of the terminal behind Err, in cells; nil: there is none.
	Size func() (columns, lines int)
	// Table: a live table is shown. It needs Size.
	Table bool
	// Resized, if not nil, gets a value when the terminal has a new size.
	Resized <-chan os.Signal
}

// NewScreen makes a Screen.
func NewScreen(o Options) *Screen {
	return &Screen{o: o, wake: make(chan struct{}, 1)}
}

// Print writes one line (without its end) that a component printed.
func (s *Screen) Print(line string) {
	if s.o.OutTerminal {
		line = escapePrinted(line)
	}
	s.write(s.o.Out, []byte(line+"\n"), s.o.OutTerminal)
}

// Log is where whole lines for stderr go; the writer for NewHandler.
func (s *Screen) Log() io.Writer { return logWriter{s} }

type logWriter struct{ s *Screen }

func (w logWriter) Write(p []byte) (int, error) { return len(p), w.s.write(w.s.o.Err, p, true) }

// write hands lines to a writer; shared says that it writes to the terminal that the table is on.
func (s *Screen) write(to io.Writer, text []byte, shared bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.live || !shared {
		_, err := to.Write(text)
		return err
	}
	if last := len(s.pending) - 1; last >= 0 && s.pending[last].to == to {
		s.pending[last].text = append(s.pending[last].text, text...)
	} else {
		s.pending = append(s.pending, chunk{to, bytes.Clone(text)})
	}
	s.waiting += len(text)
	if s.waiting > maxPending {
		s.frame()
		return nil
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return nil
}

// Show keeps a live table of what view returns below the lines until ctx is done, and then takes it away. It does
// nothing without Options.Table. view is called from the goroutine of Show and may write lines.
func (s *Screen) Show(ctx context.Context, view func() View) {
	if !s.o.Table {
		return
	}
	s.setLive(true)
	defer s.setLive(false)
	t := &table{look: palette(s.o.Colour)}
	redraw := time.NewTicker(redrawEvery)
	defer redraw.Stop()
	for {
		s.draw(t, view())
		if !s.flushUntil(ctx, redraw.C) {
			return
		}
	}
}

// flushUntil writes lines as they come, until the table is due. It returns false when ctx is done.
func (s *Screen) flushUntil(ctx context.Context, due <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-due:
			return true
		case <-s.o.Resized:
			return true
		case <-s.wake:
		}
		s.mu.Lock()
		s.frame()
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return false
		case <-time.After(flushEvery):
		}
	}
}

func (s *Screen) setLive(live bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = live
	s.lines = nil
	s.frame()
}

func (s *Screen) draw(t *table, v View) {
	columns, lines := s.o.Size()
	drawn := t.draw(v, columns, lines)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = drawn
	s.frame()
}

// frame takes the old table away, writes the pending lines and draws the table below them. Errors of the terminal are
// nobody's: there is no place left to report them to.
func (s *Screen) frame() {
	next := []byte(s.erase())
	for _, c := range s.pending {
		if c.to != s.o.Err {
			s.toTerminal(next)
			next = next[:0]
			_, _ = c.to.Write(c.text)
			continue
		}
		next = append(next, c.text...)
	}
	s.pending, s.waiting, s.table = nil, 0, nil
	for _, line := range s.lines {
		next = append(next, line+"\n"...)
		s.table = append(s.table, width(withoutColour(line)))
	}
	s.toTerminal(next)
}

func (s *Screen) toTerminal(b []byte) {
	if len(b) > 0 {
		_, _ = s.o.Err.Write(b)
	}
}

// erase goes to the first line of the table that is on the terminal and clears from there. A terminal that became
// narrower has broken the lines that no longer fit.
func (s *Screen) erase() string {
	if len(s.table) == 0 {
		return ""
	}
	columns, _ := s.o.Size()
	rows := 0
	for _, w := range s.table {
		rows += max((w+columns-1)/max(columns, 1), 1)
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", rows)
}

// withoutColour takes the colour sequences away that palette put in.
func withoutColour(line string) string {
	if !strings.Contains(line, "\x1b") {
		return line
	}
	var b strings.Builder
	for rest := line; rest != ""; {
		at := strings.IndexByte(rest, '\x1b')
		if at < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:at])
		rest = rest[at+max(colourLength(rest[at:]), 1):]
	}
	return b.String()
}
