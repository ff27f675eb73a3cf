package msgpack

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/multilang"
)

// TestFramesOfTheHost has one of every kind: they stand back to back, with string keys and without end lines.
func TestFramesOfTheHost(t *testing.T) {
	frames, err := multilang.AppendHandshake(nil, &multilang.Handshake{
		PidDir: "/pids", Conf: map[string]any{"topology.debug": false, "f": 1.0, "big": uint64(1 << 63), "none": nil},
		Context: multilang.Context{TaskID: 3, ComponentID: "split", TaskComponents: map[int]string{3: "split", 1: "lines"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	frames = multilang.AppendTuple(frames, 17, "lines", "default", 1, []byte(`["é\ud83d\ude00",[1,-2],{"a":{}},0.5,"end\nend\n"]`))
	frames = multilang.AppendTick(frames, 18, 5)
	frames = multilang.AppendHeartbeat(frames, 19)
	frames = multilang.AppendTaskIDs(frames, []int32{4, 300})
	frames = multilang.AppendTaskIDs(frames, nil)
	frames = multilang.AppendSpoutAck(frames, []byte(`{"k":[1,"x"]}`))
	wire, err := NewEncoder().Append(nil, frames)
	if err != nil {
		t.Fatal(err)
	}
	type object = map[string]any
	want := []any{
		object{
			"pidDir": "/pids", "conf": object{"topology.debug": false, "f": 1.0, "big": uint64(1 << 63), "none": nil},
			"context": object{
				"taskid": int64(3), "componentid": "split", "task->component": object{"1": "lines", "3": "split"},
				"streams": []any{}, "stream->outputfields": object{}, "stream->target->grouping": object{},
				"source->stream->grouping": object{}, "source->stream->fields": object{},
			},
		},
		object{"id": "17", "comp": "lines", "stream": "default", "task": int64(1),
			"tuple": []any{"é😀", []any{int64(1), int64(-2)}, object{"a": object{}}, 0.5, "end\nend\n"}},
		object{"id": "18", "comp": "__system", "stream": "__tick", "task": int64(-1), "tuple": []any{int64(5)}},
		object{"id": "19", "comp": nil, "stream": "__heartbeat", "task": int64(-1), "tuple": []any{}},
		[]any{int64(4), uint64(300)},
		[]any{},
		object{"command": "ack", "id": object{"k": []any{int64(1), "x"}}},
	}
	in := bytes.NewReader(wire)
	dec := msgpack.NewDecoder(in)
	dec.UseLooseInterfaceDecoding(true)
	var got []any
	for in.Len() > 0 {
		v, err := dec.DecodeInterface()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNumbersOfTheHost(t *testing.T) {
	for text, want := range map[string]string{
		"9223372036854775807": "\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615": "\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
		"-9223372036854775808": "\xd3\x80\x00\x00\x00\x00\x00\x00\x00", "1": "\x01", "-1": "\xff", "1.0": "\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00",
		"18446744073709551616": "\xcb\x43\xf0\x00\x00\x00\x00\x00\x00", "1e400": "\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00", "1e-400": "\xcb\x00\x00\x00\x00\x00\x00\x00\x00",
	} {
		got, err := NewEncoder().Append(nil, []byte(text+"\nend\n"))
		if err != nil || string(got) != want {
			t.Errorf("%s is % x (%v), want % x", text, got, err, want)
		}
	}
}

func TestAppendRefusesWhatIsNotJSON(t *testing.T) {
	e := NewEncoder()
	for _, line := range []string{"", "{", "[1", `{"a"}`, "[1]]", "[1] 2", `"`, "}", "nul", "[1,]"} {
		got, err := e.Append([]byte("kept"), []byte("[]\nend\n"+line+"\nend\n"))
		if err == nil || string(got) != "kept" {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
	if got, err := e.Append(nil, []byte("[1]\nend\n")); err != nil || string(got) != "\x91\x01" {
		t.Errorf("after all that: %x, %v", got, err)
	}
}

// TestRoundTrip: what Go values become in JSON is what they become in JSON on the way over MessagePack and back.
func TestRoundTrip(t *testing.T) {
	e := NewEncoder()
	rapid.Check(t, func(t *rapid.T) {
		var frames []byte
		var want []string
		for range rapid.IntRange(1, 5).Draw(t, "messages") {
			text, err := multilang.AppendValues([]byte(`{"tuple":`), rapid.SliceOfN(value(3), 0, 20).Draw(t, "values"))
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, '}')
			want = append(want, string(text))
			frames = append(append(frames, text...), frameEnd...)
		}
		wire, err := e.Append(nil, frames)
		if err != nil {
			t.Fatal(err)
		}
		text, noise, err := readAll(bytes.NewReader(wire), 0)
		if err != nil || noise != nil {
			t.Fatal(err, noise)
		}
		if diff := cmp.Diff(strings.Join(want, frameEnd)+frameEnd, text); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// value generates what AppendValues takes and MessagePack has a form for.
func value(depth int) *rapid.Generator[any] {
	plain := []*rapid.Generator[any]{
		rapid.String().AsAny(), rapid.Int64().AsAny(), rapid.Uint64().AsAny(), rapid.Bool().AsAny(),
		rapid.Float64().AsAny(), rapid.Just(any(nil)),
	}
	if depth == 0 {
		return rapid.OneOf(plain...)
	}
	return rapid.OneOf(append(plain,
		rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) }), 0, 20).AsAny(),
		rapid.MapOfN(rapid.String(), rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) }), 0, 20).AsAny(),
	)...)
}
