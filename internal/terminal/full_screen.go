package terminal

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

const (
	// askEvery is how often gstorm top asks for what it shows.
	askEvery = time.Second
	// escapeWithin is how long it is waited whether an escape is a key of its own, or what some other key has sent.
	escapeWithin = 50 * time.Millisecond
)

// What a terminal is told: another screen than that of the shell, without a cursor; and back.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
)

// FullScreen is a terminal that somebody sits at, all of which may be used.
type FullScreen struct {
	// Keys is what its keys send, and Out where it is written to.
	Keys io.Reader
	Out  io.Writer
	// Colour: it shows colours.
	Colour bool
	// Size is its size, in cells.
	Size func() (columns, lines int)
	// Resized, if not nil, gets a value when it has a new size.
	Resized <-chan os.Signal
	// Raw has keys be sent as they are pressed, until restore.
	Raw func() (restore func(), err error)
}

// DetectFullScreen is the terminal that stdin and stdout are; nil: they are none, or none that can do what is needed.
func DetectFullScreen(stdin io.Reader, stdout io.Writer, getenv func(string) string) *FullScreen {
	in, isFile := stdin.(*os.File)
	o := Detect(stdout, stdout, getenv)
	if !isFile || o.Size == nil || !term.IsTerminal(int(in.Fd())) {
		return nil
	}
	return &FullScreen{Keys: in, Out: stdout, Colour: o.Colour, Size: o.Size, Raw: func() (func(), error) {
		before, err := term.MakeRaw(int(in.Fd()))
		if err != nil {
			return nil, fmt.Errorf("the terminal does not give single keys: %w", err)
		}
		return func() { _ = term.Restore(int(in.Fd()), before) }, nil
	}}
}

// answer is the document of a place, or why there is none.
type answer struct {
	at       Place
	document any
	err      error
}

// Show shows a Top, on all of the terminal, until somebody has enough or ctx ends; ask is how it gets documents. However it
// ends, the terminal is as it was before.
func (f *FullScreen) Show(ctx context.Context, t *Top, ask func(ctx context.Context, at Place) (any, error)) error {
	restore, err := f.Raw()
	if err != nil {
		return err
	}
	defer restore()
	defer func() { _, _ = io.WriteString(f.Out, leaveScreen) }()
	if _, err := io.WriteString(f.Out, enterScreen); err != nil {
		return fmt.Errorf("the terminal is gone: %w", err)
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	sent := make(chan string)
	go f.read(ctx, sent)
	return f.loop(ctx, t, sent, ask)
}

// read reads what keys send. A read of a terminal can't be ended: it goes with the process.
func (f *FullScreen) read(ctx context.Context, sent chan<- string) {
	defer close(sent)
	buffer := make([]byte, 256)
	for {
		n, err := f.Keys.Read(buffer)
		if n > 0 {
			select {
			case sent <- string(buffer[:n]):
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (f *FullScreen) loop(ctx context.Context, t *Top, sent <-chan string, ask func(ctx context.Context, at Place) (any, error)) error {
	answers := make(chan answer)
	var asked Place
	asking, give := false, func() {} // whether an answer is waited for; and how to do without it
	defer func() { give() }()
	request := func() {
		if asking && asked == t.Place() {
			return
		}
		give()
		var limited context.Context
		limited, give = context.WithCancel(ctx)
		asking, asked = true, t.Place()
		go func(at Place) {
			document, err := ask(limited, at)
			if limited.Err() != nil { // nobody wants it any more
				return
			}
			select {
			case answers <- answer{at, document, err}:
			case <-limited.Done():
			}
		}(asked)
	}
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	var held string            // what is no key yet
	var alone <-chan time.Time // when it is one by itself
	press := func(keys []key) bool {
		for _, k := range keys {
			if t.press(k) {
				return true
			}
		}
		if asked != t.Place() {
			request()
		}
		return false
	}
	if t.document == nil {
		request()
	}
	for {
		if err := f.draw(t); err != nil {
			return err
		}
		var keys []key
		select {
		case <-ctx.Done():
			return nil
		case <-f.Resized:
		case <-tick.C:
			if !t.paused {
				request()
			}
		case a := <-answers:
			if a.at == asked {
				asking = false
			}
			t.Take(a.at, a.document, a.err)
		case text, more := <-sent:
			if !more { // nobody sits there any more
				return nil
			}
			keys, held = allKeys(held+text, false)
			if alone = nil; held != "" {
				alone = time.After(escapeWithin)
			}
		case <-alone:
			keys, held = allKeys(held, true)
			alone = nil
		}
		if press(keys) {
			return nil
		}
	}
}

// draw brings the terminal up to date, in one write.
func (f *FullScreen) draw(t *Top) error {
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, line := range t.draw(f.Size()) {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(line + "\x1b[K")
	}
	b.WriteString("\x1b[J")
	if _, err := io.WriteString(f.Out, b.String()); err != nil {
		return fmt.Errorf("the terminal is gone: %w", err)
	}
	return nil
}

// WriteTop writes a document as text, once: all of it, in lines of at most so many columns; 0: as long as they are.
func WriteTop(w io.Writer, at Place, document any, style SummaryStyle) error {
	t := NewTop(at, style.Colour)
	t.Take(at, document, nil)
	columns := style.Columns
	if columns == 0 {
		columns = unbounded
	}
	var b strings.Builder
	for _, line := range t.draw(columns, 0) {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// unbounded is more columns than anything takes that is not hostile.
const unbounded = 2000
