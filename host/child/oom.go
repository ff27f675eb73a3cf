package child

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// oomWatch tells whether a SIGKILL came from the kernel because memory ran out. The kernel does not say so to a parent;
// but the memory cgroup counts such kills, so each kill that was counted since the start explains one death.
type oomWatch struct {
	file string // "": there is no such counter

	mu        sync.Mutex // guards explained
	explained int
}

// newOOMWatch finds the counter of this process's cgroup, of version 2 or 1. root is "/" but in tests.
func newOOMWatch(root string) *oomWatch {
	w := new(oomWatch)
	groups, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return w
	}
	for line := range strings.Lines(string(groups)) {
		// hierarchy:controllers:path
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		var file string
		switch parts[1] {
		case "":
			file = filepath.Join(root, "sys/fs/cgroup", parts[2], "memory.events")
		case "memory":
			file = filepath.Join(root, "sys/fs/cgroup/memory", parts[2], "memory.oom_control")
		}
		if _, ok := oomKills(file); ok {
			w.file = file
		}
	}
	w.explained, _ = oomKills(w.file)
	return w
}

// claim reports whether there is a kill that explains a death, and uses it up.
func (w *oomWatch) claim() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	kills, _ := oomKills(w.file)
	if kills <= w.explained {
		return false
	}
	w.explained++
	return true
}

// oomKills reads the counter, which both versions write as a line of its own.
func oomKills(file string) (int, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte("oom_kill ")); ok {
			n, err := strconv.Atoi(string(bytes.TrimSpace(value)))
			return n, err == nil
		}
	}
	return 0, false
}
