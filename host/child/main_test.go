package child

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gstorm/gstorm/internal/clock"
	"github.com/gstorm/gstorm/multilang"
)

// roleEnv makes the test binary play another part: the guard, or a host that is to be killed.
const roleEnv = "CHILD_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleEnv) {
	case "guard":
		if err := RunGuard(os.Stdin, os.Stderr); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	case "host":
		playHost(nil)
		os.Exit(0)
	case "held":
		playHost(&Hold{LastWords: os.Stderr})
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// quickExit is for a guard with the race detector, which would otherwise wait for a second before it ends.
const quickExit = "GORACE=atexit_sleep_ms=0"

// guardArgv starts this test binary as the guard. env(1) sets the role, which must not be in the host's environment.
func guardArgv(t testing.TB) []string {
	t.Helper()
	env, err := exec.LookPath("env")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{env, roleEnv + "=guard", quickExit, self}
}

// prelude is what a component in sh needs to speak the protocol.
const prelude = `
read_frame() {
	frame=
	while IFS= read -r line; do
		[ "$line" = end ] && return 0
		frame="$frame$line"
	done
	return 1
}
say() { printf '%s\nend\n' "$1"; }
ready() { read_frame; say "{\"pid\":$$}"; }
until_eof() { while read_frame; do :; done; }
`

// shell is a component in sh.
func shell(body string) Spec {
	return Spec{Component: "split", Task: 3, Command: []string{"sh", "-c", prelude + body}}
}

// ruby is a component in Ruby, from testdata.
func ruby(t *testing.T, file string, args ...string) Spec {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return Spec{Component: "split", Task: 3, Command: append([]string{"ruby", "--disable-gems", path}, args...)}
}

func newTestLauncher(t *testing.T, o LauncherOptions) *Launcher {
	t.Helper()
	o.TempDir = t.TempDir()
	l, err := NewLauncher(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func mustStart(t *testing.T, l *Launcher, s Spec) *Process {
	t.Helper()
	p, err := l.Start(t.Context(), s)
	if err != nil {
		t.Fatal(report(err))
	}
	return p
}

// startFailure starts what can not start.
func startFailure(t *testing.T, l *Launcher, s Spec) *Death {
	t.Helper()
	_, err := l.Start(t.Context(), s)
	var d *Death
	if !errors.As(err, &d) {
		t.Fatalf("Start returned %v, want a *Death", err)
	}
	return d
}

func report(err error) string {
	var d *Death
	if errors.As(err, &d) {
		return d.Report()
	}
	return err.Error()
}

// receive takes the next message, which must be there.
func receive(t *testing.T, p *Process) *multilang.Message {
	t.Helper()
	m := new(multilang.Message)
	if err := p.Recv(m); err != nil {
		t.Fatal(report(err))
	}
	return m
}

// receiveAll takes messages up to the end of the process.
func receiveAll(t *testing.T, p *Process) ([]*multilang.Message, *Death) {
	t.Helper()
	var all []*multilang.Message
	for {
		m := new(multilang.Message)
		err := p.Recv(m)
		var d *Death
		var f *multilang.FrameError
		switch {
		case err == nil:
			all = append(all, m)
		case errors.As(err, &d):
			return all, d
		case !errors.As(err, &f):
			t.Fatal(err)
		}
	}
}

func commands(messages []*multilang.Message) (list []multilang.Command) {
	for _, m := range messages {
		list = append(list, m.Command)
	}
	return list
}

// patience is how long a test waits for what should happen at once.
const patience = 10 * time.Second

func within[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatalf("%s: not within %s", what, patience)
	}
	return v
}

// eventually polls where there is nothing to wait on, such as the end of somebody else's process.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for tick := time.NewTicker(2 * time.Millisecond); !ok(); {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// running reports whether a process still runs; one that has ended but that nobody has reaped does not.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	state, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(state)), "Z")
}

// journal keeps what is logged, a line of text for each record.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
}

func (j *journal) matching(parts ...string) (found []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range j.lines {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			found = append(found, line)
		}
	}
	return found
}

// playHost is a host with three children, one of which has started a process of its own. It prints all pids and waits
// for the end that the test has for it.
func playHost(held *Hold) {
	fail := func(err error) {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Unsetenv(roleEnv)
	self, err := os.Executable()
	if err != nil {
		fail(err)
	}
	l, err := NewLauncher(LauncherOptions{
		Guard: []string{"/usr/bin/env", roleEnv + "=guard", quickExit, self}, Hold: held,
		Print: func(_ string, _ int, line string) { fmt.Println(line) },
	})
	if err != nil {
		fail(err)
	}
	if held != nil {
		held.Until(clock.Now() + time.Hour)
	}
	for range 3 {
		p, err := l.Start(context.Background(), shell(`ready; sleep 600 & echo "$!" >&3; wait`))
		if err != nil {
			fail(err)
		}
		fmt.Println(p.PID())
	}
	fmt.Println("dir", l.pidDir)
	fmt.Println("guard", l.guard.proc.Pid)
	if held != nil {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		held.Until(clock.Now() + time.Second)
		fmt.Println("held")
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // ends early only if the test has failed
	if err := l.Close(); err != nil {
		fail(err)
	}
}
