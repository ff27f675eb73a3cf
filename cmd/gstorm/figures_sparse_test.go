package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	testlibraries "github.com/gstorm/gstorm/spec/libraries"
)

// sparseAccount is what streamparse's own command shows of a topology, figures, at the agent of a page: `sparse stats`, as it is
// installed. In the place of lein, which it asks for the version of Storm that a project is built with, is a line with that.
func sparseAccount(t *testing.T, page string) (accounts []account) {
	t.Helper()
	t.Run("by sparse stats", func(t *testing.T) {
		sparse := filepath.Join(testlibraries.Find(t, "venv"), "bin", "sparse")
		host, port, err := net.SplitHostPort(strings.Trim(strings.TrimPrefix(page, "http://"), "/"))
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		for name, text := range map[string]string{
			"config.json": fmt.Sprintf(`{"envs": {"prod": {"nimbus": %q, "ui.port": %s, "use_ssh_for_nimbus": false}}}`, host, port),
			"lein":        "#!/bin/sh\necho '[org.apache.storm/storm-core \"2.8.1\"]'\n",
		} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		run := func(args ...string) string {
			t.Helper()
			cmd := exec.CommandContext(ctx, sparse, args...)
			cmd.Dir, cmd.Env = folder, append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "PYTHONWARNINGS=ignore", "LEIN_ROOT=1")
			text, err := cmd.CombinedOutput()
			if err != nil || strings.Contains(string(text), "MISSING") || strings.Contains(string(text), "Traceback") {
				t.Errorf("sparse %s: %v\n%s", strings.Join(args, " "), err, text)
			}
			return string(text)
		}
		f := figures{}
		for line := range strings.Lines(run("stats", "-e", "prod", "-n", "figures")) {
			var cells []string
			for _, cell := range strings.Split(strings.Trim(line, "|\n"), "|") {
				cells = append(cells, strings.TrimSpace(cell))
			}
			n := func(i int) uint64 {
				number, err := strconv.ParseUint(cells[i], 10, 64)
				if err != nil {
					t.Errorf("%s: %v", line, err)
				}
				return number
			}
			switch {
			case len(cells) == 6 && cells[0] == "numbers":
				f.counts("component", cells[0], n(1), n(2), 0, n(4), n(5))
			case len(cells) == 6 && cells[0] == "All time":
				f.counts("topology", "", n(1), n(2), 0, n(4), n(5))
				delete(f, figure{"topology", "", "executed"})
			case len(cells) == 12 && (cells[0] == "pass" || cells[0] == "sink"):
				f.counts("component", cells[0], n(3), n(4), n(7), n(9), n(10))
			}
		}
		accounts = append(accounts, account{"sparse stats", f, []string{"topology emitted transferred acked failed", "component" + plain}})
		for args, want := range map[string]string{
			"stats -e prod": "figures", "stats -e prod -n figures -c pass": "# Input stats (All time)", "stats -e prod -n figures -c numbers": "# Executors (All time)",
			"worker_uptime -e prod": "figures", "slot_usage -e prod": "figures",
		} {
			if text := run(strings.Fields(args)...); !strings.Contains(text, want) {
				t.Errorf("sparse %s does not show %s:\n%s", args, want, text)
			}
		}
	})
	return accounts
}
