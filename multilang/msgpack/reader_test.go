package msgpack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/gstorm/gstorm/multilang"
)

// packed is a value as some component's library would write it.
func packed(t testing.TB, v any) []byte {
	t.Helper()
	b, err := msgpack.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func emit(values ...any) map[string]any { return map[string]any{"tuple": values, "command": "emit"} }

// readAll is all that a Reader gives out, and the lines of noise.
func readAll(src io.Reader, maxFrame int) (text string, noise []string, err error) {
	r := NewReader(src, multilang.ReaderOptions{MaxFrame: maxFrame, OnNoise: func(line []byte) { noise = append(noise, string(line)) }})
	all, err := io.ReadAll(r)
	return string(all), noise, err
}

// tupleOf reads a message with one value in its tuple.
func tupleOf(t *testing.T, value []byte) (*multilang.Message, error) {
	t.Helper()
	head := append([]byte("\x82\xa7command\xa4emit\xa5tuple\x91"), value...)
	m := new(multilang.Message)
	err := multilang.NewReader(NewReader(bytes.NewReader(head), multilang.ReaderOptions{}), multilang.ReaderOptions{}).Next(m)
	return m, err
}

func TestValuesOfComponents(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{nil, "null"}, {true, "true"}, {false, "false"},
		{0, "0"}, {-1, "-1"}, {127, "127"}, {-32, "-32"}, {128, "128"}, {-33, "-33"}, {1 << 20, "1048576"},
		{int8(-128), "-128"}, {int16(-300), "-300"}, {int32(-70000), "-70000"}, {int64(math.MinInt64), "-9223372036854775808"},
		{uint8(200), "200"}, {uint16(60000), "60000"}, {uint32(4e9), "4000000000"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{1.0, "1.0"}, {-0.5, "-0.5"}, {1e21, "1e+21"}, {math.Copysign(0, -1), "-0.0"}, {float32(0.1), "0.10000000149011612"},
		{"", `""`}, {"größe 牛 😀", `"gr\u00f6\u00dfe \u725b \ud83d\ude00"`}, {"\"\\\n\x00end", `"\"\\\n\u0000end"`}, {"a\xff", `"a\ufffd"`},
		{strings.Repeat("x", 300), `"` + strings.Repeat("x", 300) + `"`},
		{[]byte("größe"), `"gr\u00f6\u00dfe"`},
		{[]any{}, "[]"}, {[]any{1, []any{"a"}}, `[1,["a"]]`}, {make([]any, 20), "[null" + strings.Repeat(",null", 19) + "]"},
		{map[string]any{}, "{}"}, {map[string]any{"é": 1}, `{"\u00e9":1}`},
		{map[int]any{7: "x"}, `{"7":"x"}`}, {map[bool]any{true: 1}, `{"true":1}`}, {map[any]any{nil: 1}, `{"null":1}`}, {map[float64]any{1.5: 1}, `{"1.5":1}`},
	}
	for _, test := range tests {
		m, err := tupleOf(t, packed(t, test.value))
		if err != nil || m.Invalid != nil || string(m.Tuple) != "["+test.want+"]" {
			t.Errorf("%#v became %s (%v, %v), want [%s]", test.value, m.Tuple, err, m.Invalid, test.want)
		}
	}
}

// What JSON can't carry spoils the tuple that it is in, says which value it is, and nothing else.
func TestValuesThatAreRefused(t *testing.T) {
	deep := bytes.Repeat([]byte{0x91}, 100_000)
	tests := []struct {
		value []byte
		want  string
	}{
		{packed(t, math.NaN()), `value at [0]: "NaN": JSON has no such number`},
		{packed(t, float32(math.Inf(-1))), `value at [0]: "-Infinity": JSON has no such number`},
		{packed(t, []byte{0xff, 0}), `value at [0]: "Binary": bytes that are no text in UTF-8 have no form in JSON; send them in base64`},
		{packed(t, map[string]any{"at": time.Unix(1, 2)}), `value at [0].at: "ExtensionType": an extension type has no form in JSON; send it as text or numbers`},
		{[]byte{0xc7, 2, 5, 1, 2}, `value at [0]: "ExtensionType": an extension type has no form in JSON; send it as text or numbers`},
		{[]byte{0x81, 0x92, 1, 2, 3}, `value at [0]["?"]: "Key": the key of a map has to be text or a number`},
		{[]byte{0x81, 0xc4, 1, 0xff, 3}, `value at [0]["?"]: "Key": the key of a map has to be text or a number`},
		{append(deep, 1), "nested deeper than 1000"},
	}
	for _, test := range tests {
		m, err := tupleOf(t, test.value)
		if err != nil || m.Invalid == nil || m.Invalid.Field != 0 || !strings.HasSuffix(m.Invalid.Error(), test.want) {
			t.Errorf("%.20x: %v, %v, want %s", test.value, err, m.Invalid, test.want)
		}
	}
}

// TestOneMessageIsGivenOutBeforeTheNextIsThere: a component may wait for the answer to what it wrote while the first
// bytes of its next message, flushed too early, are in the pipe already.
func TestOneMessageIsGivenOutBeforeTheNextIsThere(t *testing.T) {
	one := packed(t, map[string]any{"command": "sync"})
	for cut := range one {
		pipe, component := io.Pipe()
		go func() { _, _ = component.Write(append(append(bytes.Clone(one), one...), one[:cut]...)) }()
		r := multilang.NewReader(NewReader(pipe, multilang.ReaderOptions{}), multilang.ReaderOptions{})
		var m multilang.Message
		for i := range 2 {
			if err := r.Next(&m); err != nil || m.Command != multilang.Sync {
				t.Errorf("%d bytes of the third: message %d is %v, %v", cut, i, m.Command, err)
			}
			if i == 0 && !r.Buffered() {
				t.Error("the second message is not known to be there")
			}
		}
		if err := component.Close(); err != nil {
			t.Error(err)
		}
		_ = pipe.Close()
	}
}

func TestTextBetweenMessagesIsNoise(t *testing.T) {
	sync := string(packed(t, map[string]any{"command": "sync"}))
	src := "booting\n\ngröße 牛 😀\r\n" + sync + "no line break" + sync + sync + strings.Repeat("x", 5000) + "\nlast"
	for _, in := range []io.Reader{strings.NewReader(src), iotest.OneByteReader(strings.NewReader(src))} {
		text, noise, err := readAll(in, 0)
		if want := strings.Repeat("{\"command\":\"sync\"}\nend\n", 3); err != nil || text != want {
			t.Errorf("read %q, %v", text, err)
		}
		want := []string{"booting", "größe 牛 😀", "no line break", strings.Repeat("x", maxNoiseLine), "last"}
		if diff := cmp.Diff(want, noise); diff != "" {
			t.Errorf("noise (-want +got):\n%s", diff)
		}
	}
}

func TestWhatIsNoMessagePack(t *testing.T) {
	sync := string(packed(t, map[string]any{"command": "sync"}))
	tests := []struct{ src, want string }{
		{"{\"pid\":12}\nend\n", `not a message in MessagePack at byte 11: the component speaks JSON: {"pid":12}`},
		{`{"command": "log", "msg": "é"}`, `the component speaks JSON: {"command": "log", "msg": "é"}`},
		{"\x93\x01\x02\x03", "not a message in MessagePack at byte 0: 0x93 begins neither a map nor text"},
		{sync + "\xa3abc", fmt.Sprintf("not a message in MessagePack at byte %d: 0xa3 begins neither a map nor text", len(sync))},
		{"\xc3\x28", "c3 28 is neither a map nor text"},
		{"\x81\xa1a\xc1", "not a message in MessagePack at byte 3: 0xc1 begins no value"},
		{"\x81\xc1\x01", "not a message in MessagePack at byte 1: 0xc1 begins no value"},
	}
	for _, test := range tests {
		text, _, err := readAll(strings.NewReader(test.src), 0)
		var bad *SyntaxError
		if !errors.As(err, &bad) || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.src, err, test.want)
		}
		if text != "" && text != "{\"command\":\"sync\"}\nend\n" {
			t.Errorf("%q: read %q", test.src, text)
		}
	}
}

// A message that the end of the component has cut off is told as one that is not complete, as in JSON.
func TestCutOffMessage(t *testing.T) {
	whole := append(packed(t, map[string]any{"command": "sync"}), packed(t, emit("größe", 70000, 1.5))...)
	first := len(packed(t, map[string]any{"command": "sync"}))
	for cut := first + 1; cut < len(whole); cut++ {
		r := multilang.NewReader(NewReader(bytes.NewReader(whole[:cut]), multilang.ReaderOptions{}), multilang.ReaderOptions{})
		var m multilang.Message
		if err := r.Next(&m); err != nil {
			t.Fatal(err)
		}
		var frame *multilang.FrameError
		if err := r.Next(&m); !errors.As(err, &frame) || frame.Cause != io.ErrUnexpectedEOF {
			t.Errorf("cut at %d: %v", cut, err)
		}
		if err := r.Next(&m); err != io.EOF {
			t.Errorf("cut at %d: then %v", cut, err)
		}
	}
}

// TestLongestMessage: neither a message nor what it claims to be can take more memory than MaxFrame allows for.
func TestLongestMessage(t *testing.T) {
	const limit = 1 << 12
	tests := map[string]string{
		"long text":                "\x81\xa1a\xda\x20\x00" + strings.Repeat("x", 0x2000),
		"claims to be long":        "\x81\xa1a\xdb\xff\xff\xff\xff",
		"many values":              "\x81\xa1a\xdd\xff\xff\xff\xff" + strings.Repeat("\x01", limit),
		"long extension":           "\x81\xa1a\xc9\xff\xff\xff\xff\x05",
		"longer in JSON":           "\x81\xa1a\xda\x03\xe8" + strings.Repeat("\x01", 1000),
		"deep":                     "\x81\xa1a" + strings.Repeat("\x91", 2*limit),
		"much inside of a bad key": "\x81\xdd\xff\xff\xff\xff" + strings.Repeat("\x80", 2*limit),
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			ok := "\x81\xa1a\xda\x01\x00" + strings.Repeat("x", 0x100)
			text, _, err := readAll(strings.NewReader(ok+src), limit)
			if err != multilang.ErrFrameTooLarge {
				t.Errorf("%v, want %v", err, multilang.ErrFrameTooLarge)
			}
			if want := `{"a":"` + strings.Repeat("x", 0x100) + "\"}\nend\n"; text != want {
				t.Errorf("before that: %q", text)
			}
		})
	}
}

// TestErrorOfTheSource: what was written before comes first, then the error as it is.
func TestErrorOfTheSource(t *testing.T) {
	broken := errors.New("broken")
	src := io.MultiReader(bytes.NewReader(packed(t, emit("a"))), iotest.ErrReader(broken))
	text, _, err := readAll(src, 0)
	if err != broken || !strings.HasSuffix(text, "\nend\n") {
		t.Errorf("%q, %v", text, err)
	}
}
