package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/multilang"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is gstorm's side of a conversation, in memory.
type host struct {
	*testing.T
	to     *io.PipeWriter
	reader *multilang.Reader
	m      multilang.Message
	ended  chan error
}

// wire is the task's side.
type wire struct {
	io.Reader
	io.Writer
}

// begin begins a conversation with a component, past its handshake.
func begin(t *testing.T, c gstorm.Component, conf map[string]any) *host {
	t.Helper()
	in, to := io.Pipe()
	from, out := io.Pipe()
	h := &host{T: t, to: to, reader: multilang.NewReader(from, multilang.ReaderOptions{}), ended: make(chan error, 1)}
	h.reader.Packed()
	go func() {
		err := converse(context.Background(), wire{in, out}, &c)
		_ = in.CloseWithError(io.ErrClosedPipe)
		_ = out.Close()
		h.ended <- err
	}()
	greeting, err := multilang.AppendHandshake(nil, &multilang.Handshake{
		PidDir: t.TempDir(), Conf: conf, Extension: multilang.OfferPacked(),
		Context: multilang.Context{
			TaskID: 4, ComponentID: "subject", TaskComponents: map[int]string{1: "source", 3: "subject", 4: "subject", 5: "late"},
			OutputFields: map[string][]string{"default": {"x"}, "late": {"a", "b"}},
			SourceFields: map[string]map[string][]string{"source": {"default": {"word", "n"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.write(greeting)
	t.Cleanup(func() {
		_ = to.Close()
		go func() { // whatever it still says
			for h.reader.Next(&h.m) == nil {
			}
		}()
		<-h.ended
	})
	return h
}

func (h *host) write(frames []byte) {
	h.Helper()
	if _, err := h.to.Write(frames); err != nil {
		h.Fatal(err)
	}
}

// tuples gives the bolt tuples, the first of which has that id.
func (h *host) tuples(first uint64, tuples ...[]any) {
	h.Helper()
	frames := multilang.BeginPackedTuples(nil, first, "source", "default", 1)
	for _, values := range tuples {
		var err error
		if frames, err = packed.AppendValues(frames, values); err != nil {
			h.Fatal(err)
		}
	}
	h.write(multilang.EndPacked(frames, 0))
}

// heard is what a message says, in short.
func heard(m *multilang.Message) string {
	var b strings.Builder
	b.WriteString(m.Command.String())
	switch m.Command {
	case multilang.Emit:
		values, _ := packed.Values(m.Packed)
		fmt.Fprintf(&b, " %s %v", m.Stream, values)
		if m.Task != 0 {
			fmt.Fprintf(&b, " to %d", m.Task)
		}
		if len(m.Anchors) > 0 {
			fmt.Fprintf(&b, " for %v", m.Anchors)
		}
		if m.ID != nil {
			fmt.Fprintf(&b, " id %s", m.ID)
		}
	case multilang.Ack, multilang.Fail:
		fmt.Fprintf(&b, " %d", m.TupleID)
		if m.LastID > m.TupleID {
			fmt.Fprintf(&b, "-%d", m.LastID)
		}
	case multilang.Error:
		first, _, _ := strings.Cut(m.Msg, "\n")
		b.WriteString(" " + first)
		if m.Line > 0 {
			b.WriteString(" (at a line)")
		}
		if m.TupleIDOK {
			fmt.Fprintf(&b, " of %d", m.TupleID)
		}
	case multilang.Log:
		fmt.Fprintf(&b, " %d %s", m.Level, m.Msg)
	case multilang.Metrics:
		fmt.Fprintf(&b, " %s %s", m.Name, m.Params)
	}
	return b.String()
}

// hear reads the next messages and compares them.
func (h *host) hear(want ...string) {
	h.Helper()
	for _, want := range want {
		if err := h.reader.Next(&h.m); err != nil {
			h.Fatalf("%v instead of %q", err, want)
		}
		if got := heard(&h.m); got != want {
			h.Errorf("it says %q, expected %q", got, want)
		}
	}
}

// end ends the input. What it says until its end, and how it ends, are compared.
func (h *host) end(how error, want ...string) {
	h.Helper()
	_ = h.to.Close()
	h.hear(want...)
	if err := h.reader.Next(&h.m); err != io.EOF {
		h.Errorf("%q, %v", heard(&h.m), err)
	}
	err := <-h.ended
	h.ended <- err
	if !errors.Is(err, how) {
		h.Errorf("it ended with %v, expected %v", err, how)
	}
}

func bolt(b gstorm.Bolt) gstorm.Component {
	return gstorm.Component{ID: "subject", Kind: gstorm.BoltKind, Implementation: gstorm.Implementation{NewBolt: func() gstorm.Bolt { return b }}}
}

func spout(s gstorm.Spout) gstorm.Component {
	return gstorm.Component{ID: "subject", Kind: gstorm.SpoutKind, Implementation: gstorm.Implementation{NewSpout: func() gstorm.Spout { return s }}}
}

// whole is a bolt with everything.
type whole struct {
	gstorm.BoltFunc
	task *gstorm.TaskContext
	sum  int64
	held []*gstorm.Held
}

var errOnPurpose = errors.New("on purpose")

func (b *whole) Open(_ context.Context, task *gstorm.TaskContext) error {
	b.task = task
	b.BoltFunc = b.execute
	return nil
}

func (b *whole) execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	word, err := t.String("word")
	if err != nil {
		return err
	}
	n, err := t.Int("n")
	if err != nil {
		return err
	}
	b.sum += n
	switch word {
	case "emit":
		out.Emit(word)
		out.EmitTo("late", word, n)
		out.EmitDirect(5, "late", t.Source.Component, t.Source.Task)
	case "fail":
		return errOnPurpose
	case "panic":
		panic(word)
	case "hold":
		b.held = append(b.held, out.Hold(t))
		out.Emit("of a held one")
	case "release":
		out.EmitAnchored(b.held, "", "of all")
		for i, h := range b.held {
			if i == 0 {
				h.Ack()
				h.Fail(nil) // the first answer counts
			} else {
				h.Fail(errOnPurpose)
			}
		}
	case "undeclared":
		out.EmitTo("nowhere", 1)
	case "arity":
		out.Emit(1, 2)
	case "channel":
		out.Emit(make(chan int))
	case "log":
		b.task.Logger.With("a", 1).WithGroup("g").Warn("careful", "b", "two words")
		b.task.Logger.Debug("details")
		b.task.Metrics.Set("sum", b.sum)
	}
	return nil
}

func (b *whole) Tick(_ context.Context, out *gstorm.Collector) error {
	out.Emit(fmt.Sprintf("tick of %s %d/%d %v", b.task.Component, b.task.Index, b.task.Tasks, b.task.Config["answer"]))
	return nil
}

func (b *whole) Close(_ context.Context, out *gstorm.Collector) error {
	out.Emit(b.sum)
	return errOnPurpose
}

func TestBolt(t *testing.T) {
	h := begin(t, bolt(&whole{}), map[string]any{"answer": 42})
	h.hear("pid")
	h.tuples(1, []any{"emit", 1}, []any{"fail", 2}, []any{"panic", 3}, []any{"nothing", 4}, []any{"nothing", int8(5)})
	h.hear("emit default [emit] for [1]", "emit late [emit 1] for [1]", "emit late [source 1] to 5 for [1]", "ack 1",
		"error on purpose of 2", "fail 2", "error panic: panic (at a line) of 3", "fail 3", "ack 4-5")
	h.tuples(6, []any{"undeclared", 0}, []any{"arity", 0}, []any{"channel", 0}, []any{"text", "x"})
	h.hear(`error emit on stream "nowhere", which the component does not declare of 6`, "fail 6",
		`error emit of 2 values on stream "default", which has 1 fields (x) of 7`, "fail 7",
		`error value at [0]: "chan int": json: unsupported type: chan int of 8`, "fail 8",
		`error field "n" of a tuple of source is x, not a whole number of 9`, "fail 9")
	h.tuples(10, []any{"hold", 0}, []any{"hold", 0})
	h.hear("emit default [of a held one] for [10]", "emit default [of a held one] for [11]")
	h.tuples(12, []any{"release", 0})
	h.hear("emit default [of all] for [10 11]", "ack 10", "error on purpose of 11", "fail 11", "ack 12")
	h.tuples(13, []any{"log", 0})
	h.hear(`log 3 careful a=1 g.b="two words"`, "log 1 details", "metrics sum 15", "ack 13")
	h.write(multilang.AppendTick(nil, 14, 1))
	h.hear("emit default [tick of subject 1/2 42]", "ack 14")
	h.write(multilang.AppendHeartbeat(nil, 15))
	h.hear("sync")
	frames := packed.AppendText(multilang.BeginPackedTuples(nil, 16, "source", "default", 1), []byte(`["emit",7]`))
	h.write(multilang.EndPacked(frames, 0))
	h.hear("emit default [emit] for [16]", "emit late [emit 7] for [16]", "emit late [source 1] to 5 for [16]", "ack 16")
	h.end(nil, "emit default [22]", "error on purpose")
}

// TestABoltThatIsBusyIsAlive: heartbeats are answered while a handler runs, with for how long it has.
func TestABoltThatIsBusyIsAlive(t *testing.T) {
	release := make(chan struct{})
	h := begin(t, bolt(gstorm.BoltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
		<-release
		return nil
	})), nil)
	h.hear("pid")
	h.tuples(1, []any{"a", 1})
	for h.m.Busy == 0 {
		h.write(multilang.AppendHeartbeat(nil, 2))
		h.hear("sync")
	}
	close(release)
	h.hear("ack 1")
	h.write(multilang.AppendHeartbeat(nil, 3))
	h.hear("sync")
	if h.m.Busy > 0 {
		t.Errorf("busy for %v s with nothing to do", h.m.Busy)
	}
	h.end(nil)
}

// batches takes whole batches.
type batches struct{ gstorm.BoltFunc }

func (batches) ExecuteBatch(_ context.Context, tuples []*gstorm.Tuple, out *gstorm.Collector) error {
	out.Emit(len(tuples))
	if values, err := tuples[0].Decode(); err == nil && values[0] == "hold" {
		out.Hold(tuples[0])
	}
	if len(tuples) == 2 {
		return errOnPurpose
	}
	return nil
}

func TestBatchBolt(t *testing.T) {
	h := begin(t, bolt(batches{}), nil)
	h.hear("pid")
	h.tuples(1, []any{"a", 1}, []any{"b", 2}, []any{"c", 3})
	h.hear("emit default [3] for [1 2 3]", "ack 1-3")
	h.tuples(4, []any{"a", 1}, []any{"b", 2})
	h.hear("emit default [2] for [4 5]", "error on purpose of 4", "fail 4-5")
	h.tuples(6) // all that is left of a frame whose first tuple could not be packed
	h.tuples(7, []any{"c", 3})
	h.hear("emit default [1] for [7]", "ack 7")
	h.tuples(8, []any{"hold", 1})
	h.hear("emit default [1] for [8]", "error panic: gstorm: Hold in a call that is about no tuple or about a batch, or twice in the same (at a line) of 8", "fail 8")
	h.end(nil)
}

// numbers is a spout that emits numbers, each of which has to be acked, again where it has failed.
type numbers struct {
	next, end int
	again     []int
	told      []string
	bad       bool
}

func (s *numbers) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	switch {
	case len(s.again) > 0:
		n := s.again[0]
		s.again = s.again[1:]
		out.EmitID(n, "", n)
	case s.bad:
		s.bad = false
		out.EmitID("bad", "nowhere", 1)
	case s.next < s.end:
		s.next++
		out.EmitID(s.next, "", s.next)
		out.Emit("untracked")
	default:
		return gstorm.ErrFinished
	}
	return nil
}

func (s *numbers) Ack(id any) { s.told = append(s.told, fmt.Sprint("ack ", id)) }

func (s *numbers) Fail(id any) {
	s.told = append(s.told, fmt.Sprint("fail ", id))
	if n, ok := id.(int); ok {
		s.again = append(s.again, n)
	}
}

func (s *numbers) Activate(context.Context) error {
	s.told = append(s.told, "activate")
	return nil
}

func (s *numbers) Deactivate(context.Context) error { return errOnPurpose }

func (s *numbers) Close(_ context.Context, out *gstorm.Collector) error {
	out.Emit(strings.Join(s.told, ", "))
	return nil
}

func TestSpout(t *testing.T) {
	h := begin(t, spout(&numbers{end: 3}), nil)
	h.hear("pid")
	h.write(multilang.AppendActivate(nil))
	h.hear("sync")
	h.write(multilang.AppendCredit(nil, 3, nil, nil))
	h.hear("emit default [1] id 1", "emit default [untracked]", "emit default [2] id 2", "emit default [untracked]", "sync")
	h.write(multilang.AppendCredit(nil, 5, [][]byte{[]byte("2")}, nil))
	h.hear("emit default [3] id 3", "emit default [untracked]", "finished", "sync")
	h.write(multilang.AppendCredit(nil, 0, [][]byte{[]byte("3")}, nil))
	h.hear("sync")
	h.write(multilang.AppendCredit(nil, 5, nil, [][]byte{[]byte("1")}))
	h.hear("emit default [1] id 4", "finished", "sync")
	h.write(multilang.AppendCredit(nil, 0, [][]byte{[]byte("4")}, nil))
	h.hear("sync")
	h.end(nil, "emit default [activate, ack 2, ack 3, fail 1, ack 1]")
}

// TestASpoutHearsOfWhatItCouldNotEmit at once, and is asked again.
func TestASpoutHearsOfWhatItCouldNotEmit(t *testing.T) {
	h := begin(t, spout(&numbers{bad: true}), nil)
	h.hear("pid")
	h.write(multilang.AppendCredit(nil, 5, nil, nil))
	h.hear(`error emit on stream "nowhere", which the component does not declare`, "finished", "sync")
	h.end(nil, "emit default [fail bad]")
}

func TestASpoutThatFailsEndsItsProcess(t *testing.T) {
	h := begin(t, spout(&numbers{}), nil)
	h.hear("pid")
	h.write(multilang.AppendDeactivate(nil))
	h.hear("error deactivate: on purpose")
	h.end(errOnPurpose)
}

// stillborn can't be opened.
type stillborn struct{ gstorm.BoltFunc }

func (stillborn) Open(context.Context, *gstorm.TaskContext) error {
	_ = slices.IndexFunc([]int{1}, func(int) bool { panic("no database") }) // not called by this package itself
	return nil
}

func TestAComponentThatCanNotBeOpened(t *testing.T) {
	h := begin(t, bolt(stillborn{}), nil)
	h.hear("error open: panic: no database (at a line)")
	if err := <-h.ended; err == nil {
		t.Error("it went on")
	} else {
		h.ended <- err
	}
}

// TestAGstormOfAnotherTime is one that does not offer what a component in Go needs.
func TestAGstormOfAnotherTime(t *testing.T) {
	in := strings.NewReader(`{"pidDir":"","conf":{},"context":{"taskid":1,"componentid":"subject","task->component":{}},"gstorm":{"v":1,"features":["batch"]}}` + "\nend\n")
	c := bolt(batches{})
	if err := converse(context.Background(), wire{in, io.Discard}, &c); err == nil || !strings.Contains(err.Error(), "build it with the version of gstorm that runs it") {
		t.Error(err)
	}
}

// TestAnythingMayBeSaidFromAnyGoroutine has many goroutines log, measure and answer at once.
func TestAnythingMayBeSaidFromAnyGoroutine(t *testing.T) {
	var task *gstorm.TaskContext
	b := opened{func(tc *gstorm.TaskContext) { task = tc }, func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
		held := out.Hold(t)
		go func() {
			task.Logger.Log(context.Background(), slog.LevelInfo, "held")
			task.Metrics.Set("m", 1)
			held.Ack()
		}()
		return nil
	}}
	h := begin(t, bolt(b), nil)
	h.hear("pid")
	const n = 200
	var writing sync.WaitGroup
	writing.Go(func() {
		for id := range uint64(n) {
			h.tuples(id+1, []any{"a", 1})
		}
	})
	acked := 0
	for acked < n {
		if err := h.reader.Next(&h.m); err != nil {
			t.Fatal(err)
		}
		if h.m.Command == multilang.Ack {
			acked += int(h.m.LastID - h.m.TupleID + 1)
		}
	}
	writing.Wait()
	h.end(nil)
}

type opened struct {
	open func(*gstorm.TaskContext)
	gstorm.BoltFunc
}

func (o opened) Open(_ context.Context, task *gstorm.TaskContext) error {
	o.open(task)
	return nil
}

func TestDescription(t *testing.T) {
	b := gstorm.NewBuilder("first")
	b.BoltFunc("shared", func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }).Output("default", "x")
	second := gstorm.NewBuilder("second")
	second.Spout("source", func() gstorm.Spout { return &numbers{} }).Output("default", "x")
	second.FileBolt("foreign", "bolts.rb", "Splitter").From("source", "", gstorm.Shuffle)
	all := []*gstorm.Topology{b.Topology(), second.Topology()}

	d, problems := wanted{file: "some/words.go"}.description(all)
	if problems != nil || d.Name != "second" || d.Language != "go" || fmt.Sprint(d.Classes) != "[first second]" || d.File != "some/words.go" {
		t.Fatalf("%+v, %v", d, problems)
	}
	if c := d.Component("source"); c.Implementation.Type != gstorm.FileImplementation || c.At.File != "some/conversation_test.go" || c.At.Line == 0 {
		t.Errorf("%+v", c)
	}
	if c := d.Component("foreign"); c.Implementation.File != "bolts.rb" {
		t.Errorf("%+v", c)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gstorm.ReadTopology(bytes.NewReader(text)); err != nil {
		t.Error(err)
	}
	if second.Topology().Component("source").Implementation.NewSpout == nil {
		t.Error("the program's own topology was changed")
	}

	d, problems = wanted{file: "words.go", components: []string{"shared"}}.description(all)
	if problems != nil || len(d.Components) != 1 || d.Components[0].ID != "shared" {
		t.Errorf("%+v, %v", d, problems)
	}
	for w, want := range map[*wanted]string{
		{file: "words.go", class: "third"}:                  "there is no topology third in words.go; it has first, second",
		{file: "words.go", components: []string{"missing"}}: `there is no component "missing" in words.go`,
	} {
		if _, problems := w.description(all); len(problems) != 1 || problems[0].Message != want {
			t.Errorf("%v, expected %q", problems, want)
		}
	}
	if _, problems := (wanted{file: "words.go"}).description(nil); len(problems) != 1 {
		t.Error(problems)
	}
}
