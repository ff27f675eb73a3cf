package msgpack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/multilang"
)

// FuzzReader: whatever a component writes, the reader comes to an end without a panic, holds no more than it may, and
// gives out nothing but frames that multilang.Reader understands. How the bytes come in makes no difference.
func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 10
		whole, noise, err := fuzzRead(t, bytes.NewReader(data), limit)
		single, noise1, err1 := fuzzRead(t, iotest.OneByteReader(bytes.NewReader(data)), limit)
		if diff := cmp.Diff(whole, single); diff != "" {
			t.Errorf("in single bytes it is read otherwise (-whole +single):\n%s", diff)
		}
		if diff := cmp.Diff(noise, noise1); diff != "" || err.Error() != err1.Error() {
			t.Errorf("in single bytes the noise or the end is another (%v, %v):\n%s", err, err1, diff)
		}
	})
}

func fuzzRead(t *testing.T, src io.Reader, limit int) (text string, noise []string, err error) {
	r := NewReader(src, multilang.ReaderOptions{MaxFrame: limit, OnNoise: func(line []byte) { noise = append(noise, string(line)) }})
	var all bytes.Buffer
	for buf := make([]byte, 100); err == nil; {
		var n int
		n, err = r.Read(buf)
		all.Write(buf[:n])
		if cap(r.in.buf) > chunkSize+2*limit || cap(r.out) > 2*(chunkSize+8*limit) || len(r.line) > maxNoiseLine+4 {
			t.Fatalf("holds %d, %d and %d bytes", cap(r.in.buf), cap(r.out), len(r.line))
		}
	}
	checkFrames(t, all.Bytes(), err)
	return all.String(), noise, err
}

// checkFrames reads the frames. They are messages, or maps that are none; only the last may be cut off.
func checkFrames(t *testing.T, text []byte, end error) {
	r := multilang.NewReader(bytes.NewReader(text), multilang.ReaderOptions{OnNoise: func(line []byte) {
		t.Errorf("noise: %q", line)
	}})
	for {
		var m multilang.Message
		err := r.Next(&m)
		var frame *multilang.FrameError
		switch {
		case errors.As(err, &frame):
			cutOff := frame.Cause == io.ErrUnexpectedEOF && end == io.EOF
			if !cutOff && !strings.Contains(frame.Error(), "neither a command nor a pid") {
				t.Errorf("%q: %v", frame.Text, frame)
			}
		case err == io.EOF:
			return
		case err != nil:
			t.Fatal(err)
		}
	}
}

// FuzzRoundTrip: JSON that goes over MessagePack comes back as the same values, but for numbers that no 64 bits can hold.
func FuzzRoundTrip(f *testing.F) {
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, err := multilang.Canonical([]byte(`{"v":`), raw)
		if err != nil {
			return
		}
		text = append(text, "}\nend\n"...)
		wire, err := NewEncoder().Append(nil, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		back, noise, err := readAll(bytes.NewReader(wire), 0)
		if err != nil || noise != nil {
			t.Fatalf("%s became % x: %v, %q", text, wire, err, noise)
		}
		want, infinite := asPacked(t, string(text))
		if infinite {
			return
		}
		got, _ := asPacked(t, back)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s became % x (-want +got):\n%s", text, wire, diff)
		}
	})
}

// asPacked is the value of a frame with all numbers as MessagePack has them.
func asPacked(t *testing.T, frame string) (v any, infinite bool) {
	d := json.NewDecoder(strings.NewReader(strings.TrimSuffix(frame, frameEnd)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil && !strings.Contains(frame, "Infinity") {
		t.Fatalf("%s: %v", frame, err)
	}
	var plain func(v any) any
	plain = func(v any) any {
		switch v := v.(type) {
		case []any:
			for i := range v {
				v[i] = plain(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = plain(v[k])
			}
		case json.Number:
			if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
				return n
			}
			if n, err := strconv.ParseUint(string(v), 10, 64); err == nil {
				return n
			}
			f, _ := v.Float64() // out of range it is infinite
			infinite = infinite || math.IsInf(f, 0)
			return f
		}
		return v
	}
	return plain(v), infinite
}
