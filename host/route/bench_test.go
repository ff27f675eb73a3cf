package route

import (
	"strings"
	"testing"

	"github.com/gstorm/gstorm"
)

func BenchmarkRoute(b *testing.B) {
	word := text(`["the quick",12,"a sentence that nobody groups by"]`)
	benchmarks := []struct {
		name     string
		consumer consumer
		tuple    *gstorm.Tuple
	}{
		{"shuffle", consumer{grouping: gstorm.Shuffle, tasks: 4}, word},
		{"none", consumer{grouping: gstorm.None, tasks: 4}, word},
		{"all", consumer{grouping: gstorm.All, tasks: 4}, word},
		{"fields/string", consumer{gstorm.FieldsGrouping, []string{"word"}, 4}, word},
		{"fields/number", consumer{gstorm.FieldsGrouping, []string{"n"}, 4}, word},
		{"fields/two", consumer{gstorm.FieldsGrouping, []string{"rest", "word"}, 4}, word},
		{"fields/values", consumer{gstorm.FieldsGrouping, []string{"n", "word"}, 4}, &gstorm.Tuple{Values: gstorm.Values{"the quick", 12}}},
		{"partial_key", consumer{gstorm.PartialKey, []string{"word"}, 4}, word},
	}
	for _, bm := range benchmarks {
		b.Run(bm.name, func(b *testing.B) {
			s := streamTo(b, bm.consumer)
			dst := make([]Target, 0, 8)
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if dst, err = s.Route(dst[:0], bm.tuple); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	benchmarks := map[string]string{
		"word": `"consectetur"`, "integer": `123456`, "float": `-12.375e3`, "escapes": `"\u00e9\ud83d\ude00\n"`,
		"map": `{"user":"ada","id":17,"tags":["a","b"]}`, "64KiB": `"` + strings.Repeat("x", 64<<10) + `"`,
	}
	for name, text := range benchmarks {
		b.Run(name, func(b *testing.B) {
			raw := []byte(text)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Hash(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestRouteAllocatesNothing holds what the benchmarks show.
func TestRouteAllocatesNothing(t *testing.T) {
	s := streamTo(t, consumer{gstorm.FieldsGrouping, []string{"word", "rest"}, 4}, consumer{grouping: gstorm.Shuffle, tasks: 4},
		consumer{gstorm.PartialKey, []string{"n"}, 4}, consumer{grouping: gstorm.None, tasks: 4}, consumer{grouping: gstorm.All, tasks: 4})
	byText := text(`["the\u00e9",-1.25e3,{"a":[1,2,"x"],"b":null}]`)
	byValues := &gstorm.Tuple{Values: gstorm.Values{"thé", -1250.0, map[string]any{"a": []any{1, 2, "x"}, "b": nil}}}
	dst := make([]Target, 0, 16)
	for name, tuple := range map[string]*gstorm.Tuple{"text": byText, "values": byValues} {
		allocs := testing.AllocsPerRun(100, func() {
			if _, err := s.Route(dst, tuple); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("by %s: %v allocations", name, allocs)
		}
	}
}
