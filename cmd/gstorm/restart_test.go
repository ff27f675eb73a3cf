package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// TestNothingIsLostByRestarts: while a topology works, whatever its language, spout and bolts are given other processes, and the
// result is as if nobody had.
func TestNothingIsLostByRestarts(t *testing.T) {
	slow(t, "some seconds")
	for _, file := range []string{"kept.rb", "kept.py", "kept.mjs", "kept"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "pids"), 0o777); err != nil {
				t.Fatal(err)
			}
			text, content := repeated(t, 200)
			summary := filepath.Join(dir, "summary")
			gstorm, err := built()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(gstorm, "run", "testdata/topology/"+file, "-c", "SpoutDies", "--ui", ":0", "--summary", "json", "--summary-file", summary, "--", dir, text)
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			var said bytes.Buffer
			page := ""
			for lines := bufio.NewScanner(io.TeeReader(stderr, &said)); page == "" && lines.Scan(); {
				_, page, _ = strings.Cut(lines.Text(), "the page of this run is at http://")
			}
			var v ui.TopologyView
			for look := time.NewTicker(20 * time.Millisecond); v.State != stats.Running; <-look.C {
				var o ui.Overview
				if get(t, "http://"+page+"v1/overview", &o); len(o.Topologies) > 0 {
					get(t, "http://"+page+"v1/topologies/"+o.Topologies[0].Name+"/view", &v)
				}
			}
			page = strings.TrimSuffix(page, "/")
			for _, c := range v.Components[:2] { // the spout, and a bolt
				out, err := exec.Command(gstorm, "restart", v.Name, c.ID, "--run", page).CombinedOutput()
				if err != nil || strings.Count(string(out), "has taken the place of") != c.Tasks {
					t.Errorf("%s: %v: %s", c.ID, err, out)
				}
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(&said, stderr)
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, lastLines(said.String(), 60))
			}
			var s stats.Snapshot
			written, err := os.ReadFile(summary)
			if err == nil {
				err = json.Unmarshal(written, &s)
			}
			if err != nil {
				t.Fatal(err)
			}
			note, err := os.ReadFile(filepath.Join(dir, "offset")) // up to where the spout has heard of every line
			if err != nil {
				t.Fatal(err)
			}
			offset, err := strconv.Atoi(strings.TrimSpace(string(note)))
			if err != nil || offset == 0 {
				t.Fatalf("%d lines: %v", offset, err)
			}
			lost(t, wordsOf(bytes.Join(bytes.SplitAfter(content, []byte("\n"))[:offset], nil)), dir)
			if trees := s.Trees; trees.Pending != 0 || trees.Acked+trees.Failed != trees.Emitted || len(s.Errors) > 0 || restarts(s) > 0 {
				t.Errorf("%d lines: %+v, %d deaths, errors %+v", offset, trees, restarts(s), s.Errors)
			}
		})
	}
}

// TestWhatHasNoProcessIsNotRestarted: it is said why, before anything is done.
func TestWhatHasNoProcessIsNotRestarted(t *testing.T) {
	_, page := startOnPage(t)
	for path, want := range map[string]int{"components/w": http.StatusConflict, "tasks/1": http.StatusConflict, "tasks/7": http.StatusNotFound, "components/x": http.StatusNotFound} {
		if status := post(t, page+"v1/topologies/words/"+path+"/restart", ""); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}
