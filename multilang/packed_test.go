package multilang

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// goValue makes any value that has a packed form of its own.
func goValue() *rapid.Generator[any] {
	scalars := rapid.OneOf(
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.String().AsAny(), rapid.Float32().AsAny(), rapid.Float64().AsAny(),
		rapid.Int().AsAny(), rapid.Int8().AsAny(), rapid.Int16().AsAny(), rapid.Int32().AsAny(), rapid.Int64().AsAny(),
		rapid.Uint().AsAny(), rapid.Uint8().AsAny(), rapid.Uint16().AsAny(), rapid.Uint32().AsAny(), rapid.Uint64().AsAny(),
		rapid.SliceOf(rapid.Byte()).AsAny(), rapid.SampledFrom([]any{json.Number("12345678901234567890.5"), math.NaN(), math.Inf(-1)}),
	)
	return rapid.OneOf(scalars, rapid.SliceOf(scalars).AsAny(), rapid.MapOf(rapid.String(), scalars).AsAny(),
		rapid.SliceOfN(rapid.SliceOf(scalars).AsAny(), 0, 3).AsAny())
}

// same compares values with their types; an empty list of bytes may come back as one or nil.
func same(a, b any) string {
	return cmp.Diff(a, b, cmp.Comparer(func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }),
		cmp.Comparer(func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }), cmp.Comparer(bytes.Equal))
}

func TestPackedTuplesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tuples := rapid.SliceOfN(rapid.SliceOf(goValue()), 0, 5).Draw(t, "tuples")
		frames := append([]byte(nil), "{}\nend\n"...)
		start := len(frames)
		frames = BeginPackedTuples(frames, 7, "lines", "default", 3)
		for _, values := range tuples {
			var err error
			if frames, err = AppendPackedValues(frames, values); err != nil {
				t.Fatal(err)
			}
		}
		frames = AppendPackedText(frames, []byte(`["as it is"]`))
		frames = EndPacked(frames, start)
		frames = append(frames, "[1]\nend\n"...)

		r := NewHostReader(iotest.OneByteReader(bytes.NewReader(frames)))
		for i, want := range []string{"{}", "", "[1]"} {
			frame, packed, err := r.Next()
			if err != nil || packed != (i == 1) || !packed && string(frame) != want {
				t.Fatalf("frame %d: %q, %v, %v", i, frame, packed, err)
			}
			if !packed {
				continue
			}
			var p PackedTuples
			if err := p.Read(frame); err != nil || p.First != 7 || p.Comp != "lines" || p.Stream != "default" || p.Task != 3 {
				t.Fatalf("%+v, %v", p, err)
			}
			for i, want := range tuples {
				values, _, ok, err := p.Next()
				if !ok || err != nil {
					t.Fatalf("tuple %d: %v, %v", i, ok, err)
				}
				if len(want) == 0 && len(values) == 0 {
					continue
				}
				if diff := same(want, values); diff != "" {
					t.Fatalf("tuple %d (-want +got):\n%s", i, diff)
				}
			}
			if _, text, ok, err := p.Next(); !ok || err != nil || string(text) != `["as it is"]` {
				t.Fatalf("%q, %v, %v", text, ok, err)
			}
			if _, _, ok, err := p.Next(); ok || err != nil {
				t.Fatalf("one too many: %v", err)
			}
		}
		if _, _, err := r.Next(); err != io.EOF {
			t.Fatal(err)
		}
	})
}

// TestPackedBatchesSayWhatWasAdded plays random steps and compares the messages with a plain list of what was done.
func TestPackedBatchesSayWhatWasAdded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type said struct {
			Command Command
			Stream  string
			Task    int
			Anchors []uint64
			ID      string
			Values  []any
		}
		var b PackedBatch
		var emits []said
		acked, failed := map[uint64]bool{}, map[uint64]bool{}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				id := rapid.Uint64Range(1, 40).Draw(t, "acked")
				if !acked[id] {
					acked[id] = true
					b.Ack(id)
				}
			case 1:
				id := rapid.Uint64Range(1, 40).Draw(t, "failed")
				if !failed[id] {
					failed[id] = true
					b.Fail(id)
				}
			default:
				e := said{Command: Emit,
					Stream: rapid.SampledFrom([]string{"default", "late"}).Draw(t, "stream"), Task: rapid.SampledFrom([]int{0, 9}).Draw(t, "task"),
					Anchors: rapid.SliceOfN(rapid.Uint64Range(1, 3), 0, 2).Draw(t, "anchors"),
					Values:  rapid.SliceOf(goValue()).Draw(t, "values"),
				}
				id := rapid.Uint64Range(0, 2).Draw(t, "id")
				if id > 0 {
					e.ID = string('0' + rune(id))
				}
				if err := b.Emit(e.Stream, e.Task, e.Anchors, id, e.Values); err != nil {
					t.Fatal(err)
				}
				emits = append(emits, e)
			}
		}
		r := NewReader(bytes.NewReader(append(b.Take(nil), "{\"command\":\"sync\"}\nend\n"...)), ReaderOptions{})
		r.Packed()
		var m Message
		for _, want := range emits {
			if err := r.Next(&m); err != nil {
				t.Fatal(err)
			}
			got := said{m.Command, m.Stream, m.Task, m.Anchors, string(m.ID), m.Values}
			if len(got.Anchors) == 0 {
				got.Anchors = want.Anchors[:0]
			}
			if diff := same(want, got); diff != "" || m.NeedTaskIDs || m.Arity != len(want.Values) {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
		for {
			if err := r.Next(&m); err != nil {
				t.Fatal(err)
			}
			if m.Command == Sync {
				break
			}
			from := acked
			if m.Command == Fail {
				from = failed
			}
			for id := m.TupleID; id <= m.LastID; id++ {
				if !from[id] {
					t.Fatalf("%v of %d", m.Command, id)
				}
				delete(from, id)
			}
		}
		if len(acked)+len(failed) > 0 {
			t.Fatalf("not answered: %v %v", acked, failed)
		}
	})
}

// TestAValueThatCanNotBePacked leaves what was gathered as it was.
func TestAValueThatCanNotBePacked(t *testing.T) {
	var b PackedBatch
	if err := b.Emit("default", 0, nil, 0, []any{"fine"}); err != nil {
		t.Fatal(err)
	}
	var bad *ValueError
	if err := b.Emit("late", 0, []uint64{1}, 0, []any{1, map[string]any{"deep": []any{make(chan int)}}}); !errors.As(err, &bad) || bad.Field != 1 || bad.Path != `[1].deep[0]` {
		t.Errorf("%v", err)
	}
	if err := b.Emit("default", 0, nil, 0, []any{"fine, too"}); err != nil {
		t.Fatal(err)
	}
	r := NewReader(bytes.NewReader(b.Take(nil)), ReaderOptions{})
	r.Packed()
	var m Message
	for _, want := range []string{"fine", "fine, too"} {
		if err := r.Next(&m); err != nil || m.Values[0] != want || m.Stream != "default" || len(m.Anchors) > 0 {
			t.Errorf("%+v, %v", m, err)
		}
	}
}

// TestAPackedFrameThatWasNotAgreedOn is text like any other.
func TestAPackedFrameThatWasNotAgreedOn(t *testing.T) {
	var b PackedBatch
	b.Ack(1)
	r := NewReader(bytes.NewReader(append(b.Take(nil), "\n{\"command\":\"sync\"}\nend\n"...)), ReaderOptions{})
	var m Message
	if err := r.Next(&m); err != nil || m.Command != Sync {
		t.Errorf("%+v, %v", m, err)
	}
}

// FuzzPacked reads anything as packed frames, both ways: it must end with an error or be read to the end, and take no more
// memory than there is text.
func FuzzPacked(f *testing.F) {
	var b PackedBatch
	_ = b.Emit("default", 3, []uint64{1, 2}, 7, []any{1, "a", nil, []any{2.5, map[string]any{"k": true}}})
	b.Ack(1)
	b.Fail(3)
	b.Sync()
	f.Add(b.Take(nil))
	tuples := BeginPackedTuples(nil, 1, "lines", "default", 3)
	tuples, _ = AppendPackedValues(tuples, []any{"to be", int8(-1), uint64(1 << 63)})
	f.Add(EndPacked(AppendPackedText(tuples, []byte(`["or not"]`)), 0))
	f.Add([]byte{packedMark, 0xff, 0xff, 0xff, 0xff, packedBatch})
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(bytes.NewReader(text), ReaderOptions{MaxFrame: 1 << 20})
		r.Packed()
		r.Batches()
		var m Message
		for n := 0; ; n++ {
			err := r.Next(&m)
			var frame *FrameError
			if err != nil && !errors.As(err, &frame) {
				break
			}
			if n > 2*len(text)+2 {
				t.Fatal("more messages than bytes")
			}
			if err == nil && m.Command == Emit && m.Values != nil && len(m.Values) != m.Arity {
				t.Fatalf("%d values, arity %d", len(m.Values), m.Arity)
			}
		}
		h := NewHostReader(bytes.NewReader(text))
		for {
			frame, packed, err := h.Next()
			if err != nil {
				break
			}
			var p PackedTuples
			if !packed || p.Read(frame) != nil {
				continue
			}
			for {
				values, _, ok, err := p.Next()
				if !ok || err != nil {
					break
				}
				if _, err := AppendPackedValues(nil, values); err != nil {
					t.Fatalf("what was read can't be written: %v", err)
				}
			}
		}
	})
}
