package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/packed"
)

// streams are those of the tests' only component.
var streams = []string{"default", "other", "rare"}

func streamNumber(s *gstorm.Source) int { return slices.Index(streams, s.Stream) }

func streamSource(task, stream int) *gstorm.Source {
	if stream >= len(streams) {
		return nil
	}
	return &gstorm.Source{Component: "words", Stream: streams[stream], Task: task}
}

// seen is a delivery as its receiver sees it.
type seen struct {
	Stream string
	Edges  []acker.Edge
	Values string
}

func see(t interface{ Fatal(...any) }, b *Batch) (list []seen) {
	for i := range b.Deliveries {
		d := &b.Deliveries[i]
		s := seen{Stream: d.Tuple.Source.Stream}
		for e := range d.Lineage.Edges() {
			s.Edges = append(s.Edges, e)
		}
		values, err := d.Tuple.Decode()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			s.Values += fmt.Sprintf("%T %v;", v, v)
		}
		list = append(list, s)
	}
	return list
}

// TestBatchesComeThrough: tuples of Go code, of children and of plugins, of no tree, one and many.
func TestBatchesComeThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		to, b := rapid.IntRange(1, acker.MaxTask).Draw(t, "to"), &Batch{From: rapid.IntRange(1, acker.MaxTask).Draw(t, "from")}
		for range rapid.IntRange(0, 5).Draw(t, "tuples") {
			d := b.slot()
			d.Tuple.Source = streamSource(b.From, rapid.IntRange(0, len(streams)-1).Draw(t, "stream"))
			values := gstorm.Values{rapid.String().Draw(t, "text"), rapid.Int().Draw(t, "number")}
			switch rapid.SampledFrom([]string{"values", "JSON", "packed"}).Draw(t, "form") {
			case "values":
				d.Tuple.Values = values
			case "JSON":
				d.Tuple.JSON = []byte(rapid.SampledFrom([]string{`[]`, `["a",1.0,null]`, `[{"k":[1,2]}]`}).Draw(t, "JSON"))
			case "packed":
				row, err := packed.AppendValues(nil, values)
				if err != nil {
					t.Fatal(err)
				}
				d.Tuple.Packed = row[len(row)-rowLength(row):]
			}
			var edges []acker.Edge
			for i := range rapid.IntRange(0, 4).Draw(t, "trees") {
				edges = append(edges, acker.Edge{Root: acker.NewRoot(i+1, rapid.Uint64().Draw(t, "root")), ID: rapid.Uint64().Draw(t, "id")})
			}
			d.Lineage = acker.NewLineage(edges...)
		}
		frame := AppendBatch([]byte("in front"), to, b, streamNumber, func(_ *Delivery, err error) { t.Fatal(err) })
		gotTo, got, err := ReadBatch(frame[len("in front"):], streamSource)
		if err != nil || gotTo != to || got.From != b.From {
			t.Fatalf("to %d from %d, want to %d from %d (%v)", gotTo, got.From, to, b.From, err)
		}
		if d := cmp.Diff(see(t, b), see(t, got)); d != "" {
			t.Fatal(d)
		}
		got.Release()
	})
}

// rowLength is the length of a row without its own length in front.
func rowLength(row []byte) int {
	for size := 1; size < len(row); size++ {
		if n := len(row) - size; bytes.Equal(packed.AppendRow(nil, row[size:]), row) {
			return n
		}
	}
	return 0
}

// TestATupleThatCanNotGo is left out, and the others go.
func TestATupleThatCanNotGo(t *testing.T) {
	b := &Batch{From: 1}
	for _, v := range []any{"a", make(chan int), "b"} {
		*b.slot() = Delivery{Tuple: gstorm.Tuple{Source: streamSource(1, 0), Values: gstorm.Values{v}}, Lineage: acker.NewLineage(acker.Edge{Root: acker.NewRoot(1, 1), ID: 7})}
	}
	var refused []error
	frame := AppendBatch(nil, 2, b, streamNumber, func(d *Delivery, err error) {
		if d != &b.Deliveries[1] {
			t.Errorf("refused is %+v", d)
		}
		refused = append(refused, err)
	})
	_, got, err := ReadBatch(frame, streamSource)
	if err != nil || len(got.Deliveries) != 2 || len(refused) != 1 {
		t.Fatalf("%+v, refused %v, %v", got, refused, err)
	}
}

func TestUpdatesComeThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := []acker.Update{{Root: 1}} // is there before
		for range rapid.IntRange(0, 5).Draw(t, "updates") {
			u := acker.Update{Root: acker.Root(rapid.Uint64().Draw(t, "root")), Xor: rapid.Uint64().Draw(t, "xor"), Failed: rapid.Bool().Draw(t, "failed")}
			if u.Failed && rapid.Bool().Draw(t, "because") {
				u.Cause = &acker.Cause{
					Component: rapid.String().Draw(t, "component"), Task: rapid.Int().Draw(t, "task"), PID: rapid.Int().Draw(t, "pid"),
					Tuple: rapid.String().Draw(t, "tuple"), Reason: rapid.String().Draw(t, "reason"), Stderr: rapid.String().Draw(t, "stderr"),
				}
			}
			want = append(want, u)
		}
		got, err := ReadUpdates(AppendUpdates(nil, want[1:]), []acker.Update{{Root: 1}})
		if err != nil || !cmp.Equal(want, got) {
			t.Fatalf("%v %s", err, cmp.Diff(want, got))
		}
	})
}

// FuzzReadBatch: whatever comes over a link is a batch or an error, and takes no more memory than it is long.
func FuzzReadBatch(f *testing.F) {
	b := &Batch{From: 1}
	*b.slot() = Delivery{Tuple: gstorm.Tuple{Source: streamSource(1, 1), JSON: []byte(`["a"]`)}, Lineage: acker.NewLineage(acker.Edge{Root: 1, ID: 2}, acker.Edge{Root: 3, ID: 4})}
	*b.slot() = Delivery{Tuple: gstorm.Tuple{Source: streamSource(1, 0), Values: gstorm.Values{"a", 1}}}
	f.Add(AppendBatch(nil, 2, b, streamNumber, nil))
	f.Fuzz(func(t *testing.T, frame []byte) {
		_, b, err := ReadBatch(bytes.Clone(frame), streamSource)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		for i := range b.Deliveries {
			_, _ = b.Deliveries[i].Tuple.Decode() // values or an error
		}
		b.Release()
	})
}

// FuzzReadUpdates is the same of updates.
func FuzzReadUpdates(f *testing.F) {
	f.Add(AppendUpdates(nil, []acker.Update{{Root: 1, Xor: 2}, {Root: 3, Failed: true}, {Root: 4, Failed: true, Cause: &acker.Cause{Component: "split", Task: 2, Reason: "no"}}}))
	f.Fuzz(func(t *testing.T, frame []byte) {
		list, err := ReadUpdates(frame, nil)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		again, err := ReadUpdates(AppendUpdates(nil, list), nil)
		if err != nil || !cmp.Equal(list, again) {
			t.Fatal(err, cmp.Diff(list, again))
		}
	})
}
