package terminal

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/internal/stats"
)

var update = flag.Bool("update", false, "write what the tests get into testdata")

// golden compares a text with testdata/name.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// wordCount is a run in its third second.
func wordCount() stats.Snapshot {
	return stats.Snapshot{
		Topology: "word_count", State: stats.Running, Started: time.Date(2024, 5, 6, 9, 12, 1, 0, time.UTC), Seconds: 2.31,
		Trees: stats.Trees{Emitted: 1_204_311, Acked: 1_203_280, Failed: 3, TimedOut: 4, Pending: 1_024},
		Components: []stats.Component{
			{ID: "lines", Kind: "spout", Tasks: 1, Emitted: 1_204_311, Transferred: 1_204_311, Acked: 1_203_280, Failed: 7, InFlight: 1_024,
				Latency: stats.Latency{Count: 1_203_280, Mean: 14.2, P50: 12.71, P99: 48.3, Max: 1_204}},
			{ID: "split", Kind: "bolt", Tasks: 4, Emitted: 9_875_001, Transferred: 9_875_001, Executed: 1_203_900, Acked: 1_203_897, Failed: 3, Restarts: 1, Errors: 3, Queue: 411, InFlight: 12,
				Latency: stats.Latency{Count: 1_203_897, Mean: 0.41, P50: 0.3, P99: 2.75, Max: 91}},
			{ID: "count", Kind: "bolt", Tasks: 12, Executed: 9_870_112, Acked: 9_870_112, Queue: 4_889, Latency: stats.Latency{Count: 9_870_112, Mean: 0.09, P50: 0.04, P99: 1.27, Max: 16.5}},
			{ID: "notify_the_subscribers_of_counts", Kind: "bolt", Tasks: 1},
		},
	}
}
