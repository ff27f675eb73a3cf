package trial

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gstorm/gstorm"
)

const (
	// longestLine bounds a line of Lines in bytes.
	longestLine = 64 << 20
	// patience is how long Next waits for a line: shortly, because a run can't end meanwhile.
	patience = 50 * time.Millisecond
)

// Lines is a spout that emits a tuple for each line of JSON that it reads: a list of values, or an object with a value for
// each field. The message id of a tuple is the number of its line. Blank lines are passed over.
//
// What it reads may be a terminal, so reading is not part of Next; who makes a Lines runs Read beside the topology.
type Lines struct {
	source io.Reader
	name   string
	fields gstorm.Fields
	told   func(line int, acked bool)
	lines  chan numbered
	over   bool
	waits  bool // for what becomes of the last tuple: else what came of the next one could be told before that
}

// numbered is a line that was read, or why there is no more.
type numbered struct {
	number int
	text   []byte
	err    error
}

// NewLines returns a spout that reads r, which errors call name. told is called with the number of each line whose tuple
// was acked or failed.
func NewLines(r io.Reader, name string, fields gstorm.Fields, told func(line int, acked bool)) *Lines {
	return &Lines{source: r, name: name, fields: fields, told: told, lines: make(chan numbered)}
}

// Fields are those of the tuples.
func (l *Lines) Fields() gstorm.Fields { return l.fields }

// Read reads until the end of what there is to read, or of ctx. It can't be interrupted while it waits for a line.
func (l *Lines) Read(ctx context.Context) {
	scanner := bufio.NewScanner(l.source)
	scanner.Buffer(nil, longestLine)
	number := 0
	for scanner.Scan() {
		number++
		line := numbered{number: number, text: bytes.Clone(bytes.TrimSpace(scanner.Bytes()))}
		if len(line.text) > 0 && !l.pass(ctx, line) {
			return
		}
	}
	end := numbered{number: number + 1, err: scanner.Err()}
	if end.err == nil {
		end.err = io.EOF
	}
	l.pass(ctx, end)
}

func (l *Lines) pass(ctx context.Context, line numbered) bool {
	select {
	case l.lines <- line:
		return true
	case <-ctx.Done():
		return false
	}
}

// LineError says which line is no tuple, and why.
type LineError struct {
	Source string
	Line   int
	Err    error
}

// Error begins with the place.
func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %v", e.Source, e.Line, e.Err) }

// Unwrap returns why.
func (e *LineError) Unwrap() error { return e.Err }

// Next emits the tuple of the next line, if there is one soon and the one before has come to its end. A line that is no tuple is a *LineError.
func (l *Lines) Next(ctx context.Context, out *gstorm.SpoutCollector) error {
	if l.over {
		return gstorm.ErrFinished
	}
	if l.waits {
		return nil
	}
	soon := time.NewTimer(patience)
	defer soon.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-soon.C:
		return nil
	case line := <-l.lines:
		if errors.Is(line.err, io.EOF) {
			l.over = true
			return gstorm.ErrFinished
		}
		values, err := l.values(line)
		if err != nil {
			return &LineError{Source: l.name, Line: line.number, Err: err}
		}
		l.waits = true
		out.EmitID(line.number, gstorm.DefaultStream, values...)
		return nil
	}
}

func (l *Lines) values(line numbered) (gstorm.Values, error) {
	if line.err != nil {
		return nil, line.err
	}
	if line.text[0] == '{' {
		return l.object(line.text)
	}
	values, err := readValues(line.text)
	if err != nil {
		return nil, fmt.Errorf("%w; expected a JSON list of values, or an object of fields", err)
	}
	if len(values) != len(l.fields) {
		return nil, fmt.Errorf("%d values, the component gets %d fields (%s)", len(values), len(l.fields), l.fields)
	}
	return values, nil
}

func (l *Lines) object(text []byte) (gstorm.Values, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	values := make(gstorm.Values, len(l.fields))
	for i, field := range l.fields {
		value, ok := object[field]
		if !ok {
			return nil, fmt.Errorf("no value for field %q", field)
		}
		values[i] = value
		delete(object, field)
	}
	for key := range object {
		return nil, fmt.Errorf("%q is no field that the component gets (%s)", key, l.fields)
	}
	return values, nil
}

// Ack tells of an acked line.
func (l *Lines) Ack(id any) { l.end(id.(int), true) }

// Fail tells of a failed line. It is not emitted again.
func (l *Lines) Fail(id any) { l.end(id.(int), false) }

func (l *Lines) end(line int, acked bool) {
	l.waits = false
	l.told(line, acked)
}
