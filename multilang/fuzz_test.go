package multilang

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// FuzzReader: whatever a component writes, the reader comes to its end without a panic, hands out only what may be passed
// on, and a frame that comes after all that, on lines of its own, is still read. How the bytes come in makes no
// difference.
func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 10
		followed := append(append([]byte(nil), data...), "\nend\n{\"command\":\"metrics\",\"name\":\"last\"}\nend\n"...)
		text := fuzzRead(t, bytes.NewReader(followed), limit)
		if text.err == io.EOF && text.last != "metrics name=last" {
			t.Errorf("the last message is %q", text.last)
		}
		single := fuzzRead(t, iotest.OneByteReader(bytes.NewReader(followed)), limit)
		if diff := cmp.Diff(text.all, single.all); diff != "" {
			t.Errorf("in single bytes it is read otherwise (-whole +single):\n%s", diff)
		}
		fuzzRead(t, bytes.NewReader(data), limit)
	})
}

type fuzzed struct {
	all  []string
	last string
	err  error
}

func fuzzRead(t *testing.T, src io.Reader, limit int) fuzzed {
	var out fuzzed
	r := NewReader(src, ReaderOptions{MaxFrame: limit, OnNoise: func(line []byte) { out.all = append(out.all, string(line)) }})
	r.Batches()
	var m Message
	for {
		err := r.Next(&m)
		var broken *FrameError
		switch {
		case errors.As(err, &broken):
			out.all = append(out.all, err.Error())
		case err != nil:
			out.err = err
			return out
		default:
			checkMessage(t, &m)
			out.last = describe(&m)
			out.all = append(out.all, out.last)
		}
		if len(r.Last()) > maxFrameText || cap(r.chunk) > chunkSize+2*limit+2*minRead {
			t.Fatalf("holds %d bytes, last frame %d", cap(r.chunk), len(r.Last()))
		}
	}
}

// checkMessage checks that the JSON texts of a message are fit to be written to another component.
func checkMessage(t *testing.T, m *Message) {
	texts := [][]byte{m.Tuple, m.Params, m.Extension}
	if m.Command == Emit || m.Command == Error {
		texts = append(texts, m.ID)
	}
	for _, text := range texts {
		if text != nil && !json.Valid(text) {
			t.Errorf("%v has %q, which is not JSON", m.Command, text)
		}
		checkASCIILine(t, text)
	}
	if m.Tuple != nil {
		values, err := DecodeValues(m.Tuple)
		if err != nil || len(values) != m.Arity {
			t.Errorf("tuple %s of %d values: %v, %v", m.Tuple, m.Arity, values, err)
		}
	}
	if m.Command == Emit && m.Stream == "" {
		t.Error("emit without a stream")
	}
}

// FuzzCanonical: what is accepted becomes ASCII on one line that encoding/json reads as the same value, and nothing that
// encoding/json reads is refused, unless it is nested deeper than allowed here.
func FuzzCanonical(f *testing.F) {
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, err := Canonical(nil, raw)
		if err != nil {
			var bad *ValueError
			if !errors.As(err, &bad) {
				t.Fatalf("error of type %T", err)
			}
			if json.Valid(raw) && bytes.Count(raw, []byte("["))+bytes.Count(raw, []byte("{")) <= maxDepth {
				t.Errorf("%q is refused: %v", raw, err)
			}
			return
		}
		checkASCIILine(t, text)
		if !json.Valid(text) {
			t.Fatalf("%q became %q, which is not JSON", raw, text)
		}
		again, err := Canonical(nil, text)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q became %q and then %q (%v)", raw, text, again, err)
		}
		if json.Valid(raw) {
			checkSameValue(t, raw, text)
		}
	})
}

// checkSameValue also checks DecodeValues against encoding/json.
func checkSameValue(t *testing.T, raw, text []byte) {
	var want, got any
	decode(t, string(raw), &want)
	decode(t, string(text), &got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q became %q (-want +got):\n%s", raw, text, diff)
	}
	if _, ok := want.([]any); !ok {
		return
	}
	values, err := DecodeValues(raw)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	if diff := cmp.Diff(plainNumbers(want), plainNumbers(values)); diff != "" {
		t.Errorf("%q is decoded otherwise (-want +got):\n%s", raw, diff)
	}
}

// plainNumbers makes every number a json.Number in one notation, so that 1.50 and 15e-1 are equal.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plainNumbers(v[i])
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for k := range v {
			m[k] = plainNumbers(v[k])
		}
		return m
	case int64, float64:
		return plainNumber(jsonText(v))
	case json.Number:
		return plainNumber(string(v))
	}
	return v
}

func plainNumber(text string) [2]any {
	digits, exp := decimal(nil, []byte(text))
	return [2]any{string(digits), exp}
}
