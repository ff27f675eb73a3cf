package ui

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/spec/libraries"
)

// TestStreamparseShowsItsStatistics runs streamparse's own `sparse stats`, `worker_uptime` and `slot_usage`, but for their look
// at which Storm the project is built with, for which they start a build.
func TestStreamparseShowsItsStatistics(t *testing.T) {
	python := filepath.Join(libraries.Find(t, "venv"), "bin", "python")
	_, _, server := newTestServer(t)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	config := fmt.Sprintf(`{"envs": {"prod": {"nimbus": %q, "ui.port": %s, "use_ssh_for_nimbus": false}}}`, host, port)
	if err := os.WriteFile(filepath.Join(folder, "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-W", "ignore", "-c", `
from streamparse.cli import slot_usage, stats, worker_uptime
stats.display_stats("prod")
stats.display_stats("prod", topology_name="words")
for component in ["lines", "split", "count"]:
    stats.display_stats("prod", topology_name="words", component_name=component)
worker_uptime.display_worker_uptime("prod")
slot_usage.display_slot_usage("prod")
`)
	cmd.Dir = folder
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, want := range []string{
		"# Cluster summary", "# Supervisor summary", "words-1", "ACTIVE", "# Topology stats", "10m 0s", "# Spouts (All time)", "# Bolt (All time)", "# Bolt stats", "# Input stats (All time)",
		"# Output stats (All time)", "# Executors (All time)", "[4-4]", "# Worker Stats", "/v1/topologies/words/logs", "# Slot (and Executor) Counts by Topology", "1 (4)",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(string(text), "MISSING") {
		t.Error("something that streamparse reads is missing")
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}
