package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestKillingGstormLeavesNoGoProcessBehind kills gstorm at random moments, from its start on, while it starts and runs
// components in Go. KILLS says how often; five times unless set.
func TestKillingGstormLeavesNoGoProcessBehind(t *testing.T) {
	if !exists("/proc/self") {
		t.Skip("needs /proc to see the processes")
	}
	t.Parallel()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	kills := 5
	if text := os.Getenv("KILLS"); text != "" {
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := repeated(t, 2000)
	// A short path, as the sockets are in gstorm's own folder then, which the guard clears too.
	temp, err := os.MkdirTemp("", "k")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	if out, err := exec.Command(gstorm, "validate", "testdata/topology/kept").CombinedOutput(); err != nil { // it is built now
		t.Fatalf("%v\n%s", err, out)
	}
	seen := 0
	for range kills {
		folder := t.TempDir()
		if err := os.Mkdir(filepath.Join(folder, "pids"), 0o777); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(gstorm, "run", "testdata/topology/kept", "-c", "BoltsDie", "--summary", "none", "--", folder, text)
		cmd.Env = append(os.Environ(), "TMPDIR="+temp)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.NewTimer(rand.N(1500 * time.Millisecond))
		<-moment.C
		seen = max(seen, len(processesWith(folder))-1)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // killed
		waitFor(t, func() bool { return len(processesWith(folder)) == 0 })
	}
	waitFor(t, func() bool { // the guards clean up; one that was not yet told of its directory leaves an empty one
		left, err := filepath.Glob(filepath.Join(temp, "gstorm-*", "*"))
		return err == nil && len(left) == 0
	})
	t.Logf("killed %d times, up to %d processes", kills, seen)
}
