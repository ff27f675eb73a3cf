package route

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/gstorm/gstorm/internal/plan"
	"pgregory.net/rapid"
)

// values draws what JSON can carry, as Go values that decoding with UseNumber gives.
func values() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any { return drawValue(t, 3) })
}

func drawValue(t *rapid.T, depth int) any {
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,8})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number"))
	case 3:
		return rapid.String().Draw(t, "string")
	case 4:
		list := make([]any, rapid.IntRange(0, 4).Draw(t, "length"))
		for i := range list {
			list[i] = drawValue(t, depth-1)
		}
		return list
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "entries") {
		m[rapid.String().Draw(t, "key")] = drawValue(t, depth-1)
	}
	return m
}

// write writes a value as JSON in one of the many ways: blanks, escapes, forms of numbers and order of keys are drawn.
func write(t *rapid.T, b *strings.Builder, v any) {
	blank := rapid.SampledFrom([]string{"", "", " ", "\n\t"})
	b.WriteString(blank.Draw(t, "blank"))
	switch v := v.(type) {
	case json.Number:
		b.WriteString(rewriteNumber(t, string(v)))
	case string:
		writeString(t, b, v)
	case []any:
		b.WriteByte('[')
		for i, element := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			write(t, b, element)
		}
		b.WriteByte(']')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		b.WriteByte('{')
		for i, name := range rapid.Permutation(names).Draw(t, "order") {
			if i > 0 {
				b.WriteByte(',')
			}
			write(t, b, name)
			b.WriteByte(':')
			write(t, b, v[name])
		}
		b.WriteByte('}')
	default:
		fmt.Fprintf(b, "%v", map[any]string{nil: "null", true: "true", false: "false"}[v])
	}
	b.WriteString(blank.Draw(t, "blank"))
}

// rewriteNumber writes the same number with another exponent: the digits are shifted by moving the point.
func rewriteNumber(t *rapid.T, text string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	power, _ := strconv.Atoi(exponent)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	sign := text[:len(text)-len(strings.TrimPrefix(text, "-"))]
	digits := whole + fraction + strings.Repeat("0", rapid.IntRange(0, 3).Draw(t, "zeros"))
	power += len(whole)
	point := rapid.IntRange(1, len(digits)).Draw(t, "point")
	front, back := strings.TrimLeft(digits[:point-1], "0")+digits[point-1:point], digits[point:]
	if front[0] == '0' && len(front) > 1 {
		front = front[1:]
	}
	out := sign + front
	if back != "" {
		out += "." + back
	}
	return fmt.Sprintf("%s%s%d", out, rapid.SampledFrom([]string{"e", "E"}).Draw(t, "e"), power-point)
}

func writeString(t *rapid.T, b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r < ' ' || r == '"' || r == '\\' || rapid.Bool().Draw(t, "escape"):
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

func TestHashIgnoresHowAValueIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := values().Draw(t, "value")
		want, err := HashValue(v)
		if err != nil {
			t.Fatalf("HashValue: %v", err)
		}
		var text strings.Builder
		write(t, &text, v)
		if got, err := Hash([]byte(text.String())); err != nil || got != want {
			t.Errorf("Hash(%s) = %#x, %v; HashValue(%#v) = %#x", text.String(), got, err, v, want)
		}
	})
}

func TestHashTellsNumbersApart(t *testing.T) {
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-4])?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		hashA, errA := Hash([]byte(a))
		hashB, errB := Hash([]byte(b))
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if same := x.Cmp(y) == 0; same != (hashA == hashB) {
			t.Errorf("%s and %s: same number %v, same hash %v", a, b, same, hashA == hashB)
		}
	})
}

func TestHashOfGoNumbersIsThatOfTheirJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, v := range []any{rapid.Int64().Draw(t, "int64"), rapid.Uint64().Draw(t, "uint64"), rapid.Float64().Draw(t, "float64"), rapid.Float32().Draw(t, "float32")} {
			text, err := json.Marshal(v)
			if err != nil {
				continue // NaN and the infinities
			}
			want, err := Hash(text)
			if err != nil {
				t.Fatalf("Hash(%s): %v", text, err)
			}
			if got, err := HashValue(v); err != nil || got != want {
				t.Errorf("HashValue(%v) = %#x, %v; Hash(%s) = %#x", v, got, err, text, want)
			}
		}
	})
}

// TestKeysSpreadOverGroups checks by chi squared that likely keys fall evenly into the key groups. 1023 degrees of
// freedom have a mean of 1023 and a standard deviation of 45: 1250 is five of them away.
func TestKeysSpreadOverGroups(t *testing.T) {
	const keys = 200 * plan.KeyGroups
	kinds := map[string]func(i int) string{
		"numbers":          func(i int) string { return strconv.Itoa(i) },
		"even numbers":     func(i int) string { return strconv.Itoa(1024 * i) },
		"fractions":        func(i int) string { return fmt.Sprintf("%d.%d", i/100, i%100) },
		"words":            func(i int) string { return fmt.Sprintf(`"user-%d"`, i) },
		"short words":      func(i int) string { return strconv.Quote(strconv.FormatInt(int64(i), 36)) },
		"lists":            func(i int) string { return fmt.Sprintf(`[%d,%d]`, i%1000, i/1000) },
		"maps":             func(i int) string { return fmt.Sprintf(`{"x":%d,"y":%d}`, i%1000, i/1000) },
		"words with tails": func(i int) string { return fmt.Sprintf(`"%08x-0000-0000-0000"`, i) },
	}
	for name, key := range kinds {
		counts := make([]int, plan.KeyGroups)
		for i := range keys {
			counts[mustHash(t, key(i))%plan.KeyGroups]++
		}
		mean, chi := float64(keys)/plan.KeyGroups, 0.0
		for _, n := range counts {
			chi += (float64(n) - mean) * (float64(n) - mean) / mean
		}
		if chi > 1250 {
			t.Errorf("%s: chi squared is %.0f", name, chi)
		}
	}
}

// FuzzHash checks what must hold for any bytes: it is refused exactly if it is no JSON, it hashes like its decoded form,
// and finding elements in it comes to an end.
func FuzzHash(f *testing.F) {
	for _, text := range []string{`["the",1.50,{"a":[null,true]}]`, `"\ud83d\ude00\u00e9"`, `-0.0e-5`, `[1,"]\\\"",[{}]]`, `{"b":1,"a":2}`, `{"a":1,"a":2}`,
		`[[[[`, `"\ud800`, "\"\xff\"", ` [ 1 , 2 ] `} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := Hash(text)
		if valid := json.Valid(text); valid != (err == nil) {
			t.Fatalf("Hash(%q): %v, but json.Valid is %v", text, err, valid)
		}
		var k keys
		k.add([]int{2, 0})
		k.hashText(text)
		s := scanner{text: text}
		if s.skip() == nil && err == nil {
			if s.space(); s.at != len(text) {
				t.Fatalf("skip(%q) ended at %d", text, s.at)
			}
		}
		if err != nil || repeatsKey(text) {
			return
		}
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if got, err := HashValue(v); err != nil || got != h {
			t.Fatalf("HashValue(%#v) = %#x, %v; Hash(%q) = %#x", v, got, err, text, h)
		}
	})
}

// repeatsKey reports whether an object in a valid text may name a key twice: it then has more keys as text than as value.
func repeatsKey(text []byte) bool {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return true
	}
	colons, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case inString && text[i] == '\\':
			i++
		case text[i] == '"':
			inString = !inString
		case !inString && text[i] == ':':
			colons++
		}
	}
	return colons != entries(v)
}

func entries(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			n += entries(element)
		}
	case map[string]any:
		n = len(v)
		for _, element := range v {
			n += entries(element)
		}
	}
	return n
}
