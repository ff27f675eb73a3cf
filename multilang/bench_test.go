package multilang

import (
	"bytes"
	"fmt"
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

// BenchmarkReaderBatch is the scan of a hundred words, each anchored to a tuple, and of the acks of ten: one batch.
func BenchmarkReaderBatch(b *testing.B) {
	const words = 100
	frame := []byte(`{"command":"batch","emits":[{"tuples":[`)
	for i := range words {
		if i > 0 {
			frame = append(frame, ',')
		}
		frame = fmt.Appendf(frame, `[%d,["word"]]`, 1_000_000+i/10)
	}
	frame = append(frame, "]}],\"acks\":[[1000000,1000009]]}\nend\n"...)
	r := NewReader(&endless{text: frame}, ReaderOptions{})
	r.Batches()
	var m Message
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		for range words + 1 {
			if err := r.Next(&m); err != nil {
				b.Fatal(err)
			}
		}
		if m.Command != Ack || r.dec.more() {
			b.Fatal(m.Command)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*words), "ns/tuple")
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

func BenchmarkAppendBatch(b *testing.B) {
	const tuples = 100
	values := []byte(benchTuple)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendBatch(dst[:0], 1234567890, "split", "default", 7)
		for i := range tuples {
			dst = AppendBatched(dst, i, values)
		}
		dst = AppendBatchEnd(dst)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*tuples), "ns/tuple")
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
