package sheet

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/cockroachdb/datadriven"
)

// The scripts in testdata act on one sheet each. "new" makes it; "at SECONDS" does what its input says, a line each, and prints
// the errors, then the rows:
//
//	set LABEL NUMBER...    of a latest; all are JSON without blanks
//	rank SOURCE VALUE
//	add VALUE...
//	nothing
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var s *Sheet
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "new" {
				o := Options{Top: 3}
				var forget int
				d.ScanArgs(t, "keep", &o.Keep)
				d.MaybeScanArgs(t, "top", &o.Top)
				d.MaybeScanArgs(t, "forget", &forget)
				o.Forget = time.Duration(forget) * time.Second
				s = New(o)
				return "ok"
			}
			seconds, err := strconv.Atoi(d.CmdArgs[0].Key)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			now := time.Unix(int64(seconds), 0)
			var out strings.Builder
			for line := range strings.SplitSeq(d.Input, "\n") {
				if err := act(s, strings.Fields(line), now); err != nil {
					fmt.Fprintf(&out, "%v\n", err)
				}
			}
			for _, r := range s.Rows(now) {
				text, err := json.Marshal(r.Cells)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				fmt.Fprintf(&out, "%s of %d\n", text, r.At.Unix())
			}
			return out.String()
		})
	})
}

func act(s *Sheet, words []string, now time.Time) error {
	var values []any
	for _, word := range words[1:] {
		var v any
		in := json.NewDecoder(strings.NewReader(word))
		in.UseNumber() // as tuples have them
		if err := in.Decode(&v); err != nil {
			return err
		}
		values = append(values, v)
	}
	switch words[0] {
	case "set":
		var numbers []float64
		for _, v := range values[1:] {
			n, err := Number(v)
			if err != nil {
				return err
			}
			numbers = append(numbers, n)
		}
		s.Set(values[0], numbers, now)
	case "rank":
		source, err := strconv.Atoi(words[1])
		if err != nil {
			return err
		}
		return s.Rank(source, values[1], now)
	case "add":
		s.Add(values, now)
	}
	return nil
}

// TestItIsBounded: whatever comes, little is kept, and the highest of it is still right.
func TestItIsBounded(t *testing.T) {
	now := time.Unix(1, 0)
	s := New(Options{Keep: Latest, Top: MostRows})
	for i := range 21_000 {
		s.Set(fmt.Sprint("key ", i, " ", strings.Repeat("🐄", 200)), []float64{float64(i)}, now)
	}
	if n := len(s.labels); n > 2*keptLabels {
		t.Errorf("%d labels are kept", n)
	}
	for i, r := range s.Rows(now) {
		if label := r.Cells[0].(string); !strings.HasPrefix(label, fmt.Sprint("key ", 20_999-i, " ")) || utf8.RuneCountInString(label) != longest+1 || r.Cells[1] != float64(20_999-i) {
			t.Fatalf("row %d is %v", i, r.Cells)
		}
	}
	r := New(Options{Keep: Ranking, Top: MostRows})
	long := []any{}
	for i := range 120 {
		long = append(long, []any{fmt.Sprint(i, strings.Repeat("\x00", 200)), i})
	}
	for source := range 510 {
		if err := r.Rank(source, long, now.Add(time.Duration(source))); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.sources); n > keptSources || len(r.sources[509].rows) != MostRows {
		t.Errorf("rankings of %d sources are kept, of one %d rows", n, len(r.sources[509].rows))
	}
	if text, err := json.Marshal(r.Rows(now)); err != nil || len(text) > 2*mostBytes {
		t.Errorf("it shows %d bytes, %v", len(text), err)
	}
	l := New(Options{Keep: Last, Top: 5})
	for i := range 1000 {
		l.Add([]any{i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, now)
	}
	if rows := l.Rows(now); len(l.last) != 5 || len(rows[0].Cells) != MostNumbers+1 || rows[0].Cells[0] != 999.0 {
		t.Errorf("%d tuples are kept: %v", len(l.last), rows)
	}
}
