package msgpack

import (
	"bytes"
	"io"
	"testing"

	"github.com/gstorm/gstorm/multilang"
)

// repeated is the same message again and again.
type repeated struct {
	message []byte
	from    int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		k := copy(p[n:], r.message[r.from:])
		r.from = (r.from + k) % len(r.message)
		n += k
	}
	return n, nil
}

var word = map[string]any{"command": "emit", "tuple": []any{"jumps", 17}, "anchors": []string{"12345"}, "need_task_ids": false}

// BenchmarkReader is what a message from a component costs, up to the multilang.Message.
func BenchmarkReader(b *testing.B) {
	message := packed(b, word)
	r := multilang.NewReader(NewReader(&repeated{message: message}, multilang.ReaderOptions{}), multilang.ReaderOptions{})
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	var m multilang.Message
	for b.Loop() {
		if err := r.Next(&m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBigTuple is a tuple of 5 MB, as it comes.
func BenchmarkBigTuple(b *testing.B) {
	message := packed(b, emit(string(bytes.Repeat([]byte("größe "), 5<<20/8))))
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		if _, err := io.Copy(io.Discard, NewReader(bytes.NewReader(message), multilang.ReaderOptions{})); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncoder is what a tuple for a component costs, beyond its JSON.
func BenchmarkEncoder(b *testing.B) {
	frame := multilang.AppendTuple(nil, 12345, "split", "default", 3, []byte(`["jumps",17]`))
	e := NewEncoder()
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		var err error
		if dst, err = e.Append(dst[:0], frame); err != nil {
			b.Fatal(err)
		}
	}
}
