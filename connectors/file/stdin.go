package file

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
)

func stdinDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "stdin", Kind: gstorm.SpoutKind, Doc: "reads the lines of gstorm's standard input, and finishes where that ends",
		Options: line.LimitOptions(),
		Streams: []catalog.Stream{{Name: "default", Fields: "`line`", Doc: "each line without its end"}},
		Promise: "A line that fails is emitted again from memory, until it is acked; if gstorm ends before that, the line is lost, for nobody can read it again. There is one standard input, so further tasks have nothing to read.",
		Example: "{}",
		Make: func(v catalog.Values, _ []gstorm.Fields) (catalog.Made, error) {
			by, outline := line.Plain(false)
			return catalog.Made{Outline: outline, NewSpout: func() gstorm.Spout { return line.NewSpout(newInput(os.Stdin, line.NewLimits(v)), by) }}, nil
		},
	}
}

// patience is how long a spout waits for a line before it lets the host do other things.
const patience = 20 * time.Millisecond

// input is the source of the lines of what can only be read once, and may make its reader wait.
type input struct {
	from   io.Reader
	limits line.Limits
	lines  chan line.Line
	stop   chan struct{}
	err    error // why lines was closed; io.EOF: all have been read
}

func newInput(from io.Reader, l line.Limits) *input {
	return &input{from: from, limits: l, lines: make(chan line.Line, 128), stop: make(chan struct{})}
}

// Open implements line.Source.
func (i *input) Open(_ context.Context, task *gstorm.TaskContext) error {
	if task.Index > 0 {
		i.err = io.EOF
		close(i.lines)
		return nil
	}
	go i.read(line.NewSplitter("stdin", i.from, i.limits.Counted(task)))
	return nil
}

// read ends with the input, or, at the latest with the next line, with close: what waits for a terminal can't be woken.
func (i *input) read(from *line.Splitter) {
	defer close(i.lines)
	for {
		text, offset, number, err := from.Next()
		if errors.Is(err, io.EOF) {
			var ok bool
			if text, offset, number, ok, err = from.Rest(); err == nil && !ok {
				err = io.EOF
			}
		}
		if err != nil {
			i.err = err
			return
		}
		select {
		case i.lines <- line.Line{Position: line.Position{File: "stdin", Offset: offset}, Number: number, Text: text}:
		case <-i.stop:
			i.err = io.EOF
			return
		}
	}
}

// Next implements line.Source.
func (i *input) Next(ctx context.Context) (line.Line, error) {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case l, ok := <-i.lines:
		if !ok {
			return line.Line{}, i.err
		}
		return l, nil
	case <-wait.C:
	case <-ctx.Done():
	}
	return line.Line{}, line.ErrNothing
}

// Close implements line.Source.
func (i *input) Close() error {
	close(i.stop)
	return nil
}
