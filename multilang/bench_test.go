package multilang

import (
	"bytes"
	"testing"
)

const benchTuple = `["the quick brown fox", 42, 3.25, true, null, {"city": "Berlin", "tags": ["a", "b", "c"], "count": 17}, "caf\u00e9", 1700000000123]`

const benchEmit = `{"command": "emit", "anchors": ["1234567890123456789"], "stream": "words", "need_task_ids": false, "tuple": ` + benchTuple + "}\nend\n"

// endless repeats a text for ever.
type endless struct {
	text []byte
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		c := copy(b[n:], e.text[e.at:])
		n += c
		e.at = (e.at + c) % len(e.text)
	}
	return n, nil
}

// BenchmarkReader is the scan of an emit of 245 bytes. What it allocates are the chunks that are read into.
func BenchmarkReader(b *testing.B) {
	r := NewReader(&endless{text: []byte(benchEmit)}, ReaderOptions{})
	var m Message
	b.SetBytes(int64(len(benchEmit)))
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Next(&m); err != nil || m.Arity != 8 {
			b.Fatal(err, m.Arity)
		}
	}
}

func BenchmarkReaderBigFrame(b *testing.B) {
	frame := append([]byte(`{"command":"emit","tuple":["`), bytes.Repeat([]byte("x"), 1<<20)...)
	frame = append(frame, "\"]}\nend\n"...)
	r := NewReader(&endless{text: frame}, ReaderOptions{})
	var m Message
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Next(&m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendTuple(b *testing.B) {
	values := []byte(benchTuple)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendTuple(dst[:0], 1234567890123456789, "split", "default", 7, values)
	}
}

func BenchmarkAppendValues(b *testing.B) {
	values := benchValues()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = AppendValues(dst[:0], values)
	}
}

func BenchmarkAppendValuesWord(b *testing.B) {
	values := []any{"word", 42}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = AppendValues(dst[:0], values)
	}
}

func benchValues() []any {
	return []any{"the quick brown fox", 42, 3.25, true, nil, map[string]any{"city": "Berlin", "count": 17}, "café", int64(1700000000123)}
}

func BenchmarkDecodeValues(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeValues([]byte(benchTuple)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	var dst []byte
	b.SetBytes(int64(len(benchTuple)))
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = Canonical(dst[:0], []byte(benchTuple))
	}
}
