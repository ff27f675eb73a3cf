package multilang

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/packed"
)

// scalar makes some value; package packed has the rest.
func scalar() *rapid.Generator[any] {
	return rapid.OneOf(rapid.Just[any](nil), rapid.String().AsAny(), rapid.Int().AsAny(), rapid.StringN(200, 300, -1).AsAny())
}

// valuesOf are the values of a row, never nil.
func valuesOf(t interface{ Fatal(...any) }, row []byte) []any {
	values, err := packed.Values(row)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func TestPackedTuplesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tuples := rapid.SliceOfN(rapid.SliceOf(scalar()), 0, 5).Draw(t, "tuples")
		frames := append([]byte(nil), "{}\nend\n"...)
		start := len(frames)
		frames = BeginPackedTuples(frames, 7, "lines", "default", 3)
		for _, values := range tuples {
			var err error
			if frames, err = packed.AppendValues(frames, values); err != nil {
				t.Fatal(err)
			}
		}
		frames = packed.AppendText(frames, []byte(`["as it is"]`))
		frames = EndPacked(frames, start)
		frames = append(frames, "[1]\nend\n"...)

		r := NewHostReader(iotest.OneByteReader(bytes.NewReader(frames)))
		for i, want := range []string{"{}", "", "[1]"} {
			frame, isPacked, err := r.Next()
			if err != nil || isPacked != (i == 1) || !isPacked && string(frame) != want {
				t.Fatalf("frame %d: %q, %v, %v", i, frame, isPacked, err)
			}
			if !isPacked {
				continue
			}
			var p PackedTuples
			if err := p.Read(frame); err != nil || p.First != 7 || p.Comp != "lines" || p.Stream != "default" || p.Task != 3 {
				t.Fatalf("%+v, %v", p, err)
			}
			for i, want := range tuples {
				row, ok, err := p.Next()
				if !ok || err != nil {
					t.Fatalf("tuple %d: %v, %v", i, ok, err)
				}
				if diff := cmp.Diff(want, valuesOf(t, row)); diff != "" {
					t.Fatalf("tuple %d (-want +got):\n%s", i, diff)
				}
			}
			if row, ok, err := p.Next(); !ok || err != nil || string(row[1:]) != `["as it is"]` {
				t.Fatalf("%q, %v, %v", row, ok, err)
			}
			if _, ok, err := p.Next(); ok || err != nil {
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
					Values:  rapid.SliceOf(scalar()).Draw(t, "values"),
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
			got := said{m.Command, m.Stream, m.Task, m.Anchors, string(m.ID), valuesOf(t, m.Packed)}
			if len(got.Anchors) == 0 {
				got.Anchors = want.Anchors[:0]
			}
			if diff := cmp.Diff(want, got); diff != "" || m.NeedTaskIDs || m.Arity != len(want.Values) {
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
	var bad *packed.ValueError
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
		if err := r.Next(&m); err != nil || valuesOf(t, m.Packed)[0] != want || m.Stream != "default" || len(m.Anchors) > 0 {
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
	tuples, _ = packed.AppendValues(tuples, []any{"to be", int8(-1), uint64(1 << 63)})
	f.Add(EndPacked(packed.AppendText(tuples, []byte(`["or not"]`)), 0))
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
		}
		h := NewHostReader(bytes.NewReader(text))
		for {
			frame, isPacked, err := h.Next()
			if err != nil {
				break
			}
			var p PackedTuples
			if !isPacked || p.Read(frame) != nil {
				continue
			}
			for {
				if _, ok, err := p.Next(); !ok || err != nil {
					break
				}
			}
		}
	})
}
