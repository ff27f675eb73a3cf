package child

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ignores reports whether a process ignores a signal.
func ignores(t *testing.T, pid int, sig syscall.Signal) bool {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "SigIgn:")
	mask, err := strconv.ParseUint(strings.Fields(after)[0], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return mask&(1<<(sig-1)) != 0
}

func TestCPUTimeGrowsWithWork(t *testing.T) {
	for name, body := range map[string]string{
		"of the child": `ready; while :; do :; done`,
		// sh gives a process in the background an empty stdin
		"of the process that it stands for": `exec 4<&0
			sh -c 'while read -r line && [ "$line" != end ]; do :; done
				printf "{\"pid\":$$}\nend\n"; while :; do :; done' <&4 &
			wait`,
	} {
		t.Run(name, func(t *testing.T) {
			p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(body))
			eventually(t, "processor time", func() bool {
				used, ok := p.CPUTime()
				return ok && used.Used >= 30*time.Millisecond
			})
			before := p.Usage()
			if before.CPU < 30*time.Millisecond || before.Memory < 100<<10 {
				t.Errorf("it takes %+v", before)
			}
			p.Kill("test")
			receiveAll(t, p)
			if after := p.Usage(); after.CPU < before.CPU || after.Memory != 0 {
				t.Errorf("it took %+v, before its end %+v", after, before)
			}
			if used, ok := p.CPUTime(); ok {
				t.Errorf("%v of processor time after the end", used)
			}
		})
	}
}

func TestCPUTimeCountsTheQueueForACore(t *testing.T) {
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip("a kernel that does not count it:", err)
	}
	var crowd []*Process
	for range runtime.NumCPU() + 1 {
		crowd = append(crowd, mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; while :; do :; done`)))
	}
	eventually(t, "time in the queue", func() bool {
		used, ok := crowd[0].CPUTime()
		return ok && used.Queued >= 30*time.Millisecond
	})
	for _, p := range crowd {
		p.Kill("test")
		receiveAll(t, p)
	}
}

// The terminal's Ctrl-C and a service manager's SIGTERM reach every process: the guard must outlive them.
func TestGuardIgnoresSignals(t *testing.T) {
	g := startGuard(guardArgv(t), filepath.Join(t.TempDir(), "pids"), "run.", nil, slog.New(slog.DiscardHandler))
	defer g.close()
	pid := g.pid()
	eventually(t, "a guard that ignores signals", func() bool { return ignores(t, pid, syscall.SIGTERM) })
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if err := syscall.Kill(pid, sig); err != nil {
			t.Fatal(err)
		}
	}
	group, ended := sleeper(t)
	g.add(group)
	if g.pid() != pid {
		t.Fatal("the guard was replaced")
	}
	g.close()
	within(t, "end of the group", ended)
}

// Go's own ends of the pipes do not block. A child's must, as programs rely on it.
func TestPipesBlockForTheChild(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; until_eof`))
	for fd := range 4 {
		info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", p.PID(), fd))
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(info), "flags:")
		flags, err := strconv.ParseUint(strings.Fields(after)[0], 8, 64)
		if err != nil {
			t.Fatal(err)
		}
		if flags&syscall.O_NONBLOCK != 0 {
			t.Errorf("descriptor %d does not block", fd)
		}
	}
}
