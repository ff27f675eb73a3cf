package child

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// The promise to a user: whatever happens to gstorm, none of its children stays behind.
func TestKilledHostLeavesNothingBehind(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	host := exec.Command(self)
	host.Env = append(os.Environ(), roleEnv+"=host")
	in, err := host.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int // three children, three grandchildren, the guard
	dir := ""
	for lines := bufio.NewScanner(out); len(pids) < 7 || dir == ""; {
		if !lines.Scan() {
			t.Fatalf("the host ended early; pids %v", pids)
		}
		line := strings.TrimPrefix(lines.Text(), "guard ")
		if after, ok := strings.CutPrefix(line, "dir "); ok {
			dir = after
			continue
		}
		pid, err := strconv.Atoi(line)
		if err != nil {
			t.Fatalf("the host said %q", line)
		}
		pids = append(pids, pid)
	}
	for _, pid := range pids {
		if !running(pid) {
			t.Errorf("process %d does not run before the host is killed", pid)
		}
	}

	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait() // says that it was killed

	for _, pid := range pids {
		eventually(t, "end of process "+strconv.Itoa(pid), func() bool { return !running(pid) })
	}
	eventually(t, "removal of "+dir, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	})
}
