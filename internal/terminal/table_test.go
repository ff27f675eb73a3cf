package terminal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/stats"
)

func TestTableFitsTheTerminal(t *testing.T) {
	var b strings.Builder
	for _, columns := range []int{120, 100, 80, 50, 30, 12, 9} {
		fmt.Fprintf(&b, "%d columns\n", columns)
		for _, line := range new(table).draw(View{Snapshot: wordCount()}, columns, 24) {
			b.WriteString("|" + line + "\n")
		}
	}
	golden(t, "table_widths", b.String())
}

func TestTableLeavesRoomForLogLines(t *testing.T) {
	v := View{Snapshot: stats.Snapshot{Topology: "wide", State: stats.Running}}
	for i := range 30 {
		v.Components = append(v.Components, stats.Component{ID: fmt.Sprintf("bolt%02d", i), Kind: "bolt", Tasks: 1})
	}
	lines := new(table).draw(v, 80, 12)
	if len(lines) != 8 || lines[7] != "... 25 more" {
		t.Errorf("on a terminal of 12 lines:\n%s", strings.Join(lines, "\n"))
	}
}

func TestTableShowsHowLongItDrains(t *testing.T) {
	v := View{Snapshot: wordCount(), DrainLeft: 27400 * time.Millisecond}
	v.State = stats.Draining
	header := new(table).draw(v, 80, 24)[0]
	if want := "word_count  draining, 27.4s left  2.3s  1,024 trees pending  521,347 in/s"; header != want {
		t.Errorf("header is %q, want %q", header, want)
	}
}

func TestTableAlignsWideNames(t *testing.T) {
	v := View{Snapshot: stats.Snapshot{Topology: "単語数", State: stats.Running, Components: []stats.Component{
		{ID: "行を読む", Kind: "spout", Tasks: 1, Emitted: 7}, {ID: "split", Kind: "bolt", Tasks: 2},
		{ID: "単語をとても長い名前で数える", Kind: "bolt", Tasks: 3}, {ID: "evil\x1b[2J", Kind: "bolt", Tasks: 4},
	}}}
	golden(t, "table_unicode", strings.Join(new(table).draw(v, 80, 24), "\n")+"\n")
}

func TestTablePaintsFailuresRed(t *testing.T) {
	lines := (&table{look: true}).draw(View{Snapshot: wordCount()}, 120, 24)
	if !strings.Contains(lines[2], "\x1b[31m      7\x1b[m") || strings.Contains(lines[4], "\x1b") {
		t.Errorf("failed is not painted where it should be: %q %q", lines[2], lines[4])
	}
}

func TestRatesAreTakenOverALittleWhile(t *testing.T) {
	at := func(seconds float64, emitted, executed uint64) stats.Snapshot {
		return stats.Snapshot{Seconds: seconds, Components: []stats.Component{
			{ID: "lines", Kind: "spout", Emitted: emitted}, {ID: "split", Kind: "bolt", Emitted: 1_000_000, Executed: executed}}}
	}
	var r rates
	r.observe(at(0.5, 50, 10))
	if r.of("lines") != 100 || r.of("split") != 20 {
		t.Errorf("since the start: %v, %v", r.of("lines"), r.of("split"))
	}
	for _, s := range []float64{1, 2, 3, 4, 5} {
		r.observe(at(s, uint64(1000*s), uint64(10*s)))
	}
	if r.of("lines") != 1000 || r.of("split") != 10 || len(r.samples) != 3 {
		t.Errorf("later: %v, %v, of %d samples", r.of("lines"), r.of("split"), len(r.samples))
	}
	r.observe(at(5, 5000, 50))
	r.observe(at(7, 5000, 50))
	if r.of("lines") != 0 || r.of("unknown") != 0 {
		t.Errorf("standing still: %v", r.of("lines"))
	}
}

func TestTableNeverExceedsTheTerminal(t *testing.T) {
	component := rapid.Custom(func(t *rapid.T) stats.Component {
		n := rapid.Uint64()
		return stats.Component{ID: rapid.String().Draw(t, "id"), Kind: rapid.SampledFrom([]string{"spout", "bolt"}).Draw(t, "kind"),
			Tasks: rapid.IntRange(1, 10_000).Draw(t, "tasks"), Emitted: n.Draw(t, "emitted"), Executed: n.Draw(t, "executed"),
			Failed: n.Draw(t, "failed"), Queue: rapid.Uint64Max(1e6).Draw(t, "queue"),
			Latency: stats.Latency{Count: 1, P50: rapid.Float64Range(0, 1e9).Draw(t, "p50"), P99: rapid.Float64Range(0, 1e9).Draw(t, "p99")}}
	})
	rapid.Check(t, func(t *rapid.T) {
		v := View{Snapshot: stats.Snapshot{Topology: rapid.String().Draw(t, "topology"), State: stats.Draining,
			Seconds: rapid.Float64Range(0, 1e9).Draw(t, "seconds"), Components: rapid.SliceOf(component).Draw(t, "components")}}
		columns, lines := rapid.IntRange(0, 140).Draw(t, "columns"), rapid.IntRange(0, 60).Draw(t, "lines")
		drawn := (&table{look: palette(rapid.Bool().Draw(t, "colour"))}).draw(v, columns, lines)
		if len(drawn) >= max(lines, 1) {
			t.Fatalf("%d lines on a terminal of %d", len(drawn), lines)
		}
		for _, line := range drawn {
			if w := width(withoutColour(line)); w >= columns || strings.Contains(line, "\n") {
				t.Fatalf("line of %d cells on a terminal of %d: %q", w, columns, line)
			}
		}
	})
}
