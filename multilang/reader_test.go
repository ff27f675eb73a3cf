package multilang

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"
)

// TestReaderScripts reads what the scripts' components write. "read" takes the lines of the input as they are; "read crlf"
// and "read cr" with other line breaks; "read quoted" takes each line as a Go string and puts them together;
// "read batches" is "read" where batches were agreed on.
func TestReaderScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/reader", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			input := scriptInput(t, d)
			batches := d.HasArg("batches")
			whole := readAll(bytes.NewReader(input), batches)
			if diff := cmp.Diff(whole, readAll(iotest.OneByteReader(bytes.NewReader(input)), batches)); diff != "" {
				d.Fatalf(t, "in single bytes it is read otherwise (-whole +single):\n%s", diff)
			}
			if diff := cmp.Diff(whole, readAll(iotest.DataErrReader(bytes.NewReader(input)), batches)); diff != "" {
				d.Fatalf(t, "with EOF beside the data it is read otherwise:\n%s", diff)
			}
			return whole
		})
	})
}

func scriptInput(t *testing.T, d *datadriven.TestData) []byte {
	lines := d.Input + "\n"
	switch d.FullCmd() {
	case "read", "read batches":
	case "read crlf":
		lines = strings.ReplaceAll(lines, "\n", "\r\n")
	case "read cr":
		lines = strings.ReplaceAll(lines, "\n", "\r")
	case "read quoted":
		return []byte(unquoteLines(t, d))
	default:
		d.Fatalf(t, "no such command: %s", d.FullCmd())
	}
	return []byte(lines)
}

func unquoteLines(t *testing.T, d *datadriven.TestData) string {
	var text string
	for line := range strings.SplitSeq(d.Input, "\n") {
		part, err := strconv.Unquote(line)
		if err != nil {
			d.Fatalf(t, "%s: %v", line, err)
		}
		text += part
	}
	return text
}

// readAll reads to the end and describes what it read, a line for everything.
func readAll(src io.Reader, batches bool) string {
	var out strings.Builder
	r := NewReader(src, ReaderOptions{OnNoise: func(line []byte) { fmt.Fprintf(&out, "noise %q\n", line) }})
	if batches {
		r.Batches()
	}
	var m Message
	for {
		err := r.Next(&m)
		var broken *FrameError
		switch {
		case err == io.EOF:
			return out.String()
		case errors.As(err, &broken):
			fmt.Fprintf(&out, "broken %q: %v\n", broken.Text, broken.Cause)
		case err != nil:
			fmt.Fprintf(&out, "%v\n", err)
			return out.String()
		default:
			out.WriteString(describe(&m) + "\n")
		}
	}
}

// describe is one line that shows all that a message has.
func describe(m *Message) string {
	var b strings.Builder
	b.WriteString(m.Command.String())
	put := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "[]" {
			fmt.Fprintf(&b, " %s=%s", name, s)
		}
	}
	put("name", m.Name)
	put("id", string(m.ID))
	if m.TupleIDOK {
		put("tuple_id", m.TupleID)
		if m.LastID > m.TupleID {
			put("to", m.LastID)
		}
	}
	if m.Command == Emit {
		put("stream", m.Stream)
		put("task", m.Task)
		put("ids", m.NeedTaskIDs)
		fmt.Fprintf(&b, " tuple=%s/%d", m.Tuple, m.Arity)
	}
	put("anchors", m.Anchors)
	if m.BadAnchors > 0 {
		put("bad_anchors", m.BadAnchors)
	}
	if m.Command == Log || m.Command == Error {
		fmt.Fprintf(&b, " msg=%q", m.Msg)
	}
	if m.Command == Log {
		put("level", m.Level)
	}
	put("params", string(m.Params))
	if m.Command == Pid {
		put("pid", m.PID)
	}
	put("gstorm", string(m.Extension))
	if m.Busy != 0 {
		put("busy", m.Busy)
	}
	put("class", m.Class)
	put("file", m.File)
	if m.Line != 0 {
		put("line", m.Line)
	}
	if m.Invalid != nil {
		fmt.Fprintf(&b, " invalid(field %d: %v)", m.Invalid.Field, m.Invalid)
	}
	return b.String()
}

// A big tuple comes through byte for byte, and costs no more than a few times its size.
func TestReaderBigFrame(t *testing.T) {
	tuple := `["` + strings.Repeat("a big value ", 5<<20/12) + `"]`
	frame := `{"command":"emit","tuple":` + tuple + "}\nend\n" + "{\"command\":\"sync\"}\nend\n"
	r := NewReader(strings.NewReader(frame), ReaderOptions{})
	var m Message
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := r.Next(&m); err != nil || string(m.Tuple) != tuple {
		t.Fatalf("5 MB tuple: error %v, %d bytes", err, len(m.Tuple))
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("reading a 5 MB frame allocated %d bytes", n)
	}
	if err := r.Next(&m); err != nil || m.Command != Sync {
		t.Fatalf("after it: %v, %v", m.Command, err)
	}
}

func TestReaderFrameTooLarge(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", 200<<10), strings.Repeat("x", 200<<10) + "\nend\n", strings.Repeat("x\n", 100<<10)} {
		r := NewReader(strings.NewReader("{\"command\":\"sync\"}\nend\n"+text), ReaderOptions{MaxFrame: 100 << 10})
		var m Message
		if err := r.Next(&m); err != nil {
			t.Fatalf("frame before: %v", err)
		}
		for range 2 {
			if err := r.Next(&m); err != ErrFrameTooLarge {
				t.Errorf("got %v, want %v", err, ErrFrameTooLarge)
			}
		}
	}
}

// A frame may be exactly as long as the limit, however its bytes come in.
func TestReaderFrameOfTheLimit(t *testing.T) {
	frame := "{\"command\":\"sync\"}\n"
	for _, limit := range []int{len(frame), len(frame) - 1} {
		src := iotest.OneByteReader(strings.NewReader(frame + "end\n"))
		var m Message
		err := NewReader(src, ReaderOptions{MaxFrame: limit}).Next(&m)
		if (err == nil) != (limit == len(frame)) {
			t.Errorf("%d bytes, at most %d: %v", len(frame), limit, err)
		}
	}
}

// The slices of a message are not touched by reading on, and appending to one does not reach the next frame.
func TestReaderSlicesStay(t *testing.T) {
	var in bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&in, "{\"command\":\"emit\",\"id\":%d,\"tuple\":[\"value %d\"]}\nend\n", i, i)
	}
	r := NewReader(&in, ReaderOptions{})
	var tuples [][]byte
	for {
		var m Message
		if err := r.Next(&m); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		tuples = append(tuples, m.Tuple)
		_ = append(m.Tuple, "overwritten?"...)
	}
	for i, tuple := range tuples {
		if want := fmt.Sprintf(`["value %d"]`, i); string(tuple) != want {
			t.Fatalf("tuple %d is %s", i, tuple)
		}
	}
	if len(tuples) != 5000 {
		t.Errorf("read %d of 5000 messages", len(tuples))
	}
}

func TestReaderBuffered(t *testing.T) {
	const sync = "{\"command\":\"sync\"}\nend\n"
	in := []string{sync, sync + sync[:10], sync[10:] + sync}
	want := []bool{false, false, true, false}
	r := NewReader(&pieces{in}, ReaderOptions{})
	var m Message
	for i, w := range want {
		if err := r.Next(&m); err != nil {
			t.Fatal(err)
		}
		if got := r.Buffered(); got != w {
			t.Errorf("after message %d: Buffered is %v, want %v", i, got, w)
		}
	}
	if err := r.Next(&m); err != io.EOF || !r.Buffered() {
		t.Errorf("at the end: %v, Buffered %v", err, r.Buffered())
	}
}

// pieces is a reader that gives one piece for each call.
type pieces struct{ rest []string }

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.rest[0])
	p.rest = p.rest[1:]
	return n, nil
}

func TestReaderLast(t *testing.T) {
	long := `{"command":"log","msg":"` + strings.Repeat("x", 5000) + `"}`
	r := NewReader(strings.NewReader("{\"pid\":1}\nend\n"+long+"\nend\n{\"command\":"), ReaderOptions{})
	var m Message
	for _, want := range []string{"{\"pid\":1}\n", long[:2<<10], `{"command":`} {
		_ = r.Next(&m)
		if got := string(r.Last()); got != want {
			t.Errorf("last is %q, want %q", got, want)
		}
	}
	if err := r.Next(&m); err != io.EOF || len(r.Last()) == 0 {
		t.Errorf("after the end: %v, last %q", err, r.Last())
	}
}

// A message that the component did not live to complete is told, once.
func TestReaderCutMessage(t *testing.T) {
	r := NewReader(strings.NewReader(`{"command":`), ReaderOptions{})
	var m Message
	if err := r.Next(&m); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if err := r.Next(&m); err != io.EOF {
		t.Errorf("then %v", err)
	}
}

func TestReaderKeepsReadError(t *testing.T) {
	broken := errors.New("pipe broken")
	src := io.MultiReader(strings.NewReader("{\"pid\":1}\nend\n"), iotest.ErrReader(broken))
	r := NewReader(src, ReaderOptions{})
	var m Message
	if err := r.Next(&m); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Next(&m); err != broken {
			t.Errorf("got %v, want the reader's error", err)
		}
	}
}

// Frames that are made to be searched for long must not cost the square of their length.
func TestReaderSearchIsBounded(t *testing.T) {
	frames := []string{
		strings.Repeat(`{"a":"b",`+"\n", 200_000),
		strings.Repeat("{", 2_000_000),
		strings.Repeat("\n", 1_000_000) + `{"command":` + strings.Repeat("\n", 1_000_000),
		strings.Repeat("{}\n", 500_000) + strings.Repeat(" \n", 500_000),
		strings.Repeat("{\"command\":\"\"}\n", 100_000) + "x" + strings.Repeat("\n", 1_000_000),
	}
	for i, frame := range frames {
		r := NewReader(strings.NewReader(frame+"\nend\n{\"command\":\"sync\"}\nend\n"), ReaderOptions{})
		began := time.Now()
		var m Message
		var broken *FrameError
		if err := r.Next(&m); err != nil && !errors.As(err, &broken) {
			t.Errorf("frame %d: %v", i, err)
		}
		if err := r.Next(&m); err != nil || m.Command != Sync {
			t.Errorf("after frame %d: %v, %v", i, m.Command, err)
		}
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("frame %d took %v", i, d)
		}
	}
}

// A component that uses new stream names for ever must not make the reader keep them all.
func TestReaderForgetsNames(t *testing.T) {
	var in bytes.Buffer
	for i := range 3 * maxNames {
		fmt.Fprintf(&in, "{\"command\":\"emit\",\"stream\":\"s%d\",\"tuple\":[]}\nend\n", i)
	}
	r := NewReader(&in, ReaderOptions{})
	var m Message
	for i := range 3 * maxNames {
		if err := r.Next(&m); err != nil || m.Stream != fmt.Sprintf("s%d", i) {
			t.Fatalf("stream %d is %q (%v)", i, m.Stream, err)
		}
	}
	if n := len(r.dec.names.kept); n > maxNames {
		t.Errorf("%d names are kept", n)
	}
}
