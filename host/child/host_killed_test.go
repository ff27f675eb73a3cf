package child

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The promise to a user: whatever happens to gstorm, none of its children stays behind.
func TestKilledHostLeavesNothingBehind(t *testing.T) {
	h := startHost(t, "host")
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	h.mustEnd(t)
}

// TestStoppedHostIsEnded: a host that is bound, and can't say in time that it goes on, ends with all that is its own, and
// somebody says why.
func TestStoppedHostIsEnded(t *testing.T) {
	h := startHost(t, "held")
	if _, err := io.WriteString(h.in, "hold\n"); err != nil {
		t.Fatal(err)
	}
	if !h.lines.Scan() || h.lines.Text() != "held" {
		t.Fatalf("the host said %q", h.lines.Text())
	}
	if err := h.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	h.mustEnd(t)
	words, err := os.ReadFile(h.words.Name())
	if err != nil || !strings.Contains(string(words), "it was ended by its guard") {
		t.Errorf("its last words were %q (%v)", words, err)
	}
}

// host is a process that plays one (playHost).
type host struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner // of its output
	words *os.File       // its stderr
	pids  []int          // three children, three grandchildren, the guard
	dir   string         // for pid files
}

func startHost(t *testing.T, role string) *host {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := &host{cmd: exec.Command(self)}
	h.cmd.Env = append(os.Environ(), roleEnv+"="+role)
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.in.Close() })
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if h.words, err = os.CreateTemp(t.TempDir(), "stderr"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.words.Close() })
	h.cmd.Stderr = h.words
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h.lines = bufio.NewScanner(out)
	for len(h.pids) < 7 || h.dir == "" {
		if !h.lines.Scan() {
			t.Fatalf("the host ended early; pids %v", h.pids)
		}
		line := strings.TrimPrefix(h.lines.Text(), "guard ")
		if after, ok := strings.CutPrefix(line, "dir "); ok {
			h.dir = after
			continue
		}
		pid, err := strconv.Atoi(line)
		if err != nil {
			t.Fatalf("the host said %q", line)
		}
		h.pids = append(h.pids, pid)
	}
	for _, pid := range h.pids {
		if !running(pid) {
			t.Errorf("process %d does not run", pid)
		}
	}
	return h
}

// mustEnd waits for the end of the host, and of all that is its own.
func (h *host) mustEnd(t *testing.T) {
	t.Helper()
	_ = h.cmd.Wait() // says that it was killed
	for _, pid := range h.pids {
		eventually(t, "end of process "+strconv.Itoa(pid), func() bool { return !running(pid) })
	}
	eventually(t, "removal of "+h.dir, func() bool {
		_, err := os.Stat(h.dir)
		return os.IsNotExist(err)
	})
}
