package line

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/connectors/catalog"
)

// splitAll is what a Splitter makes of a text: the lines, each of which stands where it says.
func splitAll(t *testing.T, text string, from io.Reader, v catalog.Values) ([]string, error) {
	t.Helper()
	s := NewSplitter("text", from, NewLimits(v))
	var lines []string
	for n := int64(1); ; n++ {
		line, offset, number, err := s.Next()
		if errors.Is(err, io.EOF) {
			var ok bool
			if line, offset, number, ok, err = s.Rest(); err == nil && !ok {
				return lines, nil
			}
		}
		if err != nil {
			return lines, err
		}
		if v.Text("long_lines") != skipLong && number != n {
			t.Errorf("line %d has the number %d", n, number)
		}
		if at := strings.ToValidUTF8(text[offset:], "\uFFFD"); !strings.HasPrefix(at, line) {
			t.Errorf("%q does not stand at %d in %q", line, offset, text)
		}
		lines = append(lines, line)
	}
}

// model is what lines are, said in another way.
func model(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	last := len(lines) - 1
	for i := range lines[:last] {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	if lines[last] == "" {
		lines = lines[:last]
	}
	for i := range lines {
		lines[i] = strings.ToValidUTF8(lines[i], "\uFFFD")
	}
	return lines
}

func FuzzSplitter(f *testing.F) {
	for _, seed := range []string{"", "a", "a\n", "a\r\nb\r", "\n\r\n\r\r\n", "ü\xff\n\xfe", strings.Repeat("x", 40) + "\ny"} {
		f.Add(seed, 5)
	}
	f.Fuzz(func(t *testing.T, text string, longest int) {
		longest = max(1, longest%64)
		all, err := splitAll(t, text, iotest.OneByteReader(strings.NewReader(text)), catalog.Values{"max_line_bytes": len(text) + 1, "long_lines": failLong})
		if diff := cmp.Diff(model(text), all); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
		for _, onLong := range []string{skipLong, cutLong, failLong} {
			some, err := splitAll(t, text, strings.NewReader(text), catalog.Values{"max_line_bytes": longest, "long_lines": onLong})
			if onLong == cutLong && len(some) != len(all) || onLong != failLong && err != nil || onLong == failLong && err == nil && len(some) != len(all) {
				t.Errorf("%q, %s at %d: %q, %v", text, onLong, longest, some, err)
			}
			for _, line := range some {
				if len(strings.ReplaceAll(line, "\uFFFD", "?")) > longest {
					t.Errorf("%q is longer than %d", line, longest)
				}
			}
		}
	})
}
