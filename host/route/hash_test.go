package route

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// TestHashIsStable holds values that no version may change: tasks before and after an upgrade must agree on every key.
func TestHashIsStable(t *testing.T) {
	golden := []struct {
		text string
		hash uint64
	}{
		{`null`, 0xd6e8feb86659fd93},
		{`true`, 0xa0761d6478bd642f},
		{`false`, 0xe7037ed1a0b428db},
		{`0`, 0x9ca066f1a4ab2eea},
		{`1`, 0x3fd97cd536d5be1e},
		{`-1`, 0x7b51c3626de4ebb9},
		{`3.25`, 0xc23d8c529331be37},
		{`18446744073709551617`, 0x36641bdea62b6f05},
		{`1e400`, 0x9539f61ec5929a6c},
		{`""`, 0xefd01f60ba992926},
		{`"1"`, 0x7c3832dde020d3d6},
		{`"the"`, 0xcb3ff435b889fb31},
		{`"\u00e9\ud83d\ude00"`, 0xfa3908c97e90a7ab},
		{`[]`, 0xff2e69699c4857e},
		{`["the"]`, 0xf8435e8a15fe545d},
		{`[1,[2,"x"],null]`, 0x617d40b9db07fc50},
		{`{}`, 0xf490368aba8bfeac},
		{`{"a":1,"b":[true]}`, 0xeca2228986ceecfd},
	}
	for _, g := range golden {
		if got := mustHash(t, g.text); got != g.hash {
			t.Errorf("Hash(%s) = %#x, want %#x", g.text, got, g.hash)
		}
	}
}

// TestEqualValuesHashEqual lists groups of texts: within a line all are the same value, and no two lines are.
func TestEqualValuesHashEqual(t *testing.T) {
	groups := [][]string{
		{`null`},
		{`true`},
		{`false`},
		{`0`, `-0`, `0.0`, `-0.000`, `0e5`, `0E-99999999999999999999`, ` 0 `},
		{`1`, `1.0`, `1e0`, `1E+0`, `10e-1`, `0.1e1`, `0.001e3`, `1000e-3`, `1.000`},
		{`-1`, `-1.0`, `-10e-1`},
		{`10`, `1e1`, `10.00`, `100e-1`},
		{`101`, `1.01e2`, `101.0`},
		{`1001`, `1.001e3`},
		{`0.1`, `1e-1`, `0.10`, `10e-2`},
		{`0.30000000000000004`},
		{`0.3`},
		{`9007199254740992`, `9007199254740992.0`},
		{`9007199254740993`},
		{`18446744073709551616`, `18446744073709551616.0`, `1844674407370955161.6e1`},
		{`18446744073709551617`},
		{`1e400`, `10e399`, `0.1e401`, `1` + strings.Repeat("0", 400)},
		{`1e401`},
		{`1e-400`, `0.` + strings.Repeat("0", 399) + `1`},
		{`1e99999999999999999999`, `10e99999999999999999998`, `0.01e100000000000000000001`},
		{`1e-99999999999999999999`, `0.1e-99999999999999999998`},
		{`""`},
		{`"1"`, `"\u0031"`},
		{`"1.0"`},
		{`"null"`},
		{`"é"`, `"\u00e9"`, `"\u00E9"`},
		{`"e\u0301"`}, // the same to a reader, not the same code points
		{`"😀"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`},
		{`"\ufffd"`, `"\ud83d"`, `"\ude00"`, "\"\xff\"", `"�"`},
		{`"\ufffd\ufffd"`, `"\ude00\ud83d"`, `"\ud83d\ud83d"`, "\"\xff\xfe\""},
		{`"\ufffdx"`, `"\ud83dx"`},
		{`"/"`, `"\/"`, `"\u002f"`},
		{`"\"\\\b\f\n\r\t"`, `"\u0022\u005c\u0008\u000c\u000a\u000d\u0009"`},
		{`"\u0000"`},
		{`"\u007f"`, "\"\x7f\""},
		{`[]`, ` [ ] `},
		{`[[]]`},
		{`[null]`},
		{`[1]`, `[1.0]`},
		{`["1"]`},
		{`[1,2]`, "[ 1 ,\t2\n]"},
		{`[2,1]`},
		{`[[1],2]`},
		{`[[1,2]]`},
		{`[1,[2]]`},
		{`{}`, `{ }`},
		{`[{}]`},
		{`{"a":1}`, `{ "\u0061" : 1e0 }`},
		{`{"a":"1"}`},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`},
		{`{"a":2,"b":1}`},
		{`{"a":{"b":1}}`},
		{`["a",1]`},
	}
	seen := map[uint64]string{}
	for _, group := range groups {
		want := mustHash(t, group[0])
		for _, text := range group[1:] {
			if got := mustHash(t, text); got != want {
				t.Errorf("Hash(%s) = %#x, Hash(%s) = %#x: want them equal", text, got, group[0], want)
			}
		}
		if other, taken := seen[want]; taken {
			t.Errorf("Hash(%s) = Hash(%s)", group[0], other)
		}
		seen[want] = group[0]
	}
}

func TestGoValuesHashLikeTheirJSON(t *testing.T) {
	values := []struct {
		value any
		text  string
	}{
		{nil, `null`}, {true, `true`}, {false, `false`},
		{7, `7`}, {int8(-7), `-7`}, {int16(-700), `-700`}, {int32(1 << 30), `1073741824`}, {int64(math.MinInt64), `-9223372036854775808`},
		{uint(7), `7.0`}, {uint8(7), `7`}, {uint16(700), `7e2`}, {uint32(7), `7`}, {uint64(math.MaxUint64), `18446744073709551615`},
		{1.0, `1`}, {0.1, `0.1`}, {float32(0.1), `0.1`}, {math.Copysign(0, -1), `0`}, {1e300, `1e300`}, {5e-324, `5e-324`},
		{float64(1 << 53), `9007199254740992`},
		{json.Number("12.50"), `12.5`}, {json.Number("1" + strings.Repeat("0", 100)), `1e100`},
		{"", `""`}, {"é\n😀", `"\u00e9\n\ud83d\ude00"`}, {"a\xffb", `"a\ufffdb"`},
		{[]any{}, `[]`}, {[]any(nil), `[]`}, {[]any{1, "x", nil}, `[1,"x",null]`},
		{map[string]any{"b": []any{2.0}, "a": nil}, `{"a":null,"b":[2]}`},
	}
	for _, v := range values {
		got, err := HashValue(v.value)
		if err != nil {
			t.Errorf("HashValue(%#v): %v", v.value, err)
		} else if want := mustHash(t, v.text); got != want {
			t.Errorf("HashValue(%#v) = %#x, Hash(%s) = %#x", v.value, got, v.text, want)
		}
	}
}

func TestHashRefuses(t *testing.T) {
	texts := []string{``, ` `, `x`, `nul`, `nulll`, `tru`, `falsey`, `-`, `01`, `1.`, `.5`, `1e`, `1e+`, `+1`, `- 1`, `1 2`, `NaN`, `Infinity`,
		`"`, `"a`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", `[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `]`, `[}`, `{`, `{"a"`, `{"a":`, `{"a":1`,
		`{"a":1,}`, `{a:1}`, `{1:1}`, `{"a" 1}`, `{"a":1]`, `"\ud800\u12"`,
		strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), strings.Repeat(`{"a":`, 1<<20), strings.Repeat("[", 1<<20)}
	for _, text := range texts {
		if h, err := Hash([]byte(text)); err == nil {
			t.Errorf("Hash(%.40q) = %#x, want an error", text, h)
		}
	}
	var deep any
	for range maxDepth + 1 {
		deep = []any{deep}
	}
	values := []any{math.NaN(), math.Inf(1), float32(math.Inf(-1)), json.Number("x"), json.Number("1 "), json.Number(""), struct{}{}, []string{"a"},
		[]any{math.NaN()}, map[string]any{"a": new(int)}, deep}
	for _, v := range values {
		if h, err := HashValue(v); err == nil {
			t.Errorf("HashValue(%T) = %#x, want an error", v, h)
		}
	}
}

func TestDeepestValueIsHashed(t *testing.T) {
	text := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	if _, err := Hash([]byte(text)); err != nil {
		t.Errorf("%d levels: %v", maxDepth, err)
	}
}

func mustHash(t *testing.T, text string) uint64 {
	t.Helper()
	h, err := Hash([]byte(text))
	if err != nil {
		t.Errorf("Hash(%.60q): %v", text, err)
	}
	return h
}
