package terminal

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/internal/stats"
)

// ended is how wordCount's run ended.
func ended() stats.Snapshot {
	s := wordCount()
	s.State, s.Reason, s.Trees.Pending, s.Trees.Late = stats.Finished, "every spout finished", 0, 2
	at := time.Date(2024, 5, 6, 9, 12, 3, 0, time.UTC)
	s.Errors = []stats.ComponentError{
		{Component: "split", Task: 3, PID: 4711, Time: at, File: "word_count.rb", Line: 12, Tuple: "77", Count: 1_311,
			Message: "divided by 0 (ZeroDivisionError)\n\tword_count.rb:12:in `/'\n\tword_count.rb:12:in `on_receive'\n"},
		{Component: "split", Task: 4, Time: at, Count: 1, Message: "killed by signal 9\x1b[2J" + strings.Repeat("\nlast words", 50)},
	}
	return s
}

func TestSummaryForPeople(t *testing.T) {
	var b strings.Builder
	for _, columns := range []int{0, 80} {
		if err := WriteSummary(&b, ended(), SummaryStyle{Columns: columns}); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "summary", b.String())
}

func TestSummaryKeepsWithinTheTerminal(t *testing.T) {
	var b strings.Builder
	s := ended()
	s.Errors = nil
	if err := WriteSummary(&b, s, SummaryStyle{Columns: 60, Colour: true}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if w := width(strings.TrimSuffix(withoutColour(line), "\n")); w >= 60 {
			t.Errorf("%d cells: %q", w, line)
		}
	}
}

func TestSummaryForProgramsIsTheSnapshot(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, ended()); err != nil {
		t.Fatal(err)
	}
	var got stats.Snapshot
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ended(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(b.String(), "{\n  \"topology\": \"word_count\",\n") || !strings.HasSuffix(b.String(), "}\n") {
		t.Errorf("it is not indented or does not end its line:\n%s", b.String())
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestSummaryThatCannotBeWrittenIsAnError(t *testing.T) {
	if err := WriteSummary(brokenWriter{}, ended(), SummaryStyle{}); !errors.Is(err, errBroken) {
		t.Errorf("text: %v", err)
	}
	if err := WriteJSON(brokenWriter{}, ended()); !errors.Is(err, errBroken) {
		t.Errorf("JSON: %v", err)
	}
}
