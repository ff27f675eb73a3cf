package child

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/multilang"
)

func TestStop(t *testing.T) {
	for name, tc := range map[string]struct {
		body   string
		asked  bool
		code   int
		signal string
	}{
		"at the end of its input":         {`ready; until_eof; exit 2`, true, 2, ""},
		"at SIGTERM":                      {`ready; exec sleep 600`, false, -1, "SIGTERM"},
		"with a handler for SIGTERM":      {`trap 'exit 5' TERM; ready; while :; do sleep 0.01; done`, true, 5, ""},
		"deaf to everything":              {`trap "" TERM; ready; while :; do sleep 0.1; done`, false, -1, "SIGKILL"},
		"deaf, with a process of its own": {`trap "" TERM; ready; sleep 600 & wait; sleep 600`, false, -1, "SIGKILL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shell(tc.body)
			s.StopGrace = 300 * time.Millisecond
			p := mustStart(t, newTestLauncher(t, LauncherOptions{}), s)
			d := p.Stop(t.Context())
			if d.Phase != PhaseStop || d.Asked() != tc.asked || d.ExitCode != tc.code || d.Signal != tc.signal {
				t.Errorf("%v; want asked %v code %d signal %q", d, tc.asked, tc.code, tc.signal)
			}
			if tc.signal == "SIGKILL" && !strings.Contains(d.Error(), "did not end when asked to") {
				t.Errorf("error %q", d.Error())
			}
			receiveAll(t, p)
		})
	}
}

func TestStopDoesNotOutlastItsContext(t *testing.T) {
	s := shell(`trap "" TERM; ready; while :; do sleep 0.1; done`)
	s.StopGrace = time.Hour
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d := p.Stop(ctx); d.Signal != "SIGKILL" {
		t.Errorf("got %v", d)
	}
}

func TestKill(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; sleep 600`))
	if p.Death() != nil {
		t.Error("a death before the end")
	}
	p.Kill("hung: nothing heard for 30s")
	p.Kill("another reason")
	_, d := receiveAll(t, p)
	if d.Signal != "SIGKILL" || d.Phase != PhaseRun || d.OOM || d.Hint != "" ||
		!strings.HasSuffix(d.Error(), "was ended with SIGKILL: hung: nothing heard for 30s") {
		t.Errorf("got %v", d)
	}
	p.Kill("too late")
	if _, again := receiveAll(t, p); again.Reason != d.Reason {
		t.Errorf("then %v", again)
	}
}

// A child that does not read must not keep its writer for ever.
func TestKillReleasesWrite(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; exec sleep 600`))
	receive(t, p)
	frames := make([]byte, 1<<20)
	wrote := make(chan error, 1)
	go func() { wrote <- p.Write(frames) }()
	eventually(t, "a write that blocks", p.isWriting)
	p.Kill("test")
	if err := within(t, "the write's end", wrote); !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), `component "split" task 3`) {
		t.Errorf("Write returned %v, want ErrGone", err)
	}
	if err := p.Write(nil); !errors.Is(err, ErrGone) {
		t.Errorf("then Write returned %v, want ErrGone", err)
	}
	receiveAll(t, p)
}

func TestWriteFailsAfterTheEnd(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready`))
	receiveAll(t, p)
	if err := p.Write([]byte("{}\nend\n")); !errors.Is(err, ErrGone) {
		t.Errorf("Write returned %v, want ErrGone", err)
	}
}

// The end of the input must not cut a message in two.
func TestCloseInputWaitsForTheWriteUnderWay(t *testing.T) {
	s := shell(`ready; while [ ! -e "$GO_ON" ]; do sleep 0.01; done; say "{\"command\":\"log\",\"msg\":\"$(wc -c | tr -d ' ')\"}"`)
	goOn := filepath.Join(t.TempDir(), "go")
	s.Env = map[string]string{"GO_ON": goOn}
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), s)
	wrote := make(chan error, 1)
	go func() { wrote <- p.Write(make([]byte, 1<<20)) }()
	eventually(t, "a write that blocks", p.isWriting)
	if err := p.CloseInput(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goOn, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	messages, d := receiveAll(t, p)
	if err := within(t, "write", wrote); err != nil {
		t.Error(err)
	}
	if read := messages[1].Msg; read != strconv.Itoa(1<<20) || !d.Asked() {
		t.Errorf("the child read %s bytes of %d: %v", read, 1<<20, d)
	}
	if err := p.CloseInput(); err != nil {
		t.Errorf("once more: %v", err)
	}
}

func (p *Process) isWriting() bool {
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	return p.in.writing
}

func TestWhatAChildLeavesInItsGroupIsKilled(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; sleep 600 & say "{\"command\":\"log\",\"msg\":\"$!\"}"; exit 0`))
	messages, _ := receiveAll(t, p)
	pid, err := strconv.Atoi(messages[1].Msg)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "end of the grandchild", func() bool { return !running(pid) })
}

// A process that has left the group and has no mark is beyond reach, but must neither keep the host waiting nor cost what
// the child said.
func TestEscapedGrandchildDoesNotHoldUpTheEnd(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), ruby(t, "daemon.rb", "wipe"))
	within(t, "end", p.Done())
	messages, d := receiveAll(t, p)
	pid, err := strconv.Atoi(messages[1].Msg)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(pid, syscall.SIGKILL)
	if diff := cmp.Diff([]multilang.Command{multilang.Pid, multilang.Log, multilang.Sync}, commands(messages)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"last words"}, d.StderrTail); diff != "" || d.ExitCode != 0 {
		t.Errorf("%v, end of stderr (-want +got):\n%s", d, diff)
	}
	if !running(pid) {
		t.Error("the grandchild has not escaped: the test shows nothing")
	}
}

func TestCloseEndsAllThatRuns(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{Guard: guardArgv(t)})
	var all []*Process
	for range 3 {
		all = append(all, mustStart(t, l, shell(`trap "" TERM; ready; sleep 600 & wait; sleep 600`)))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if d := p.Death(); d == nil || d.Signal != "SIGKILL" || d.Reason != closing {
			t.Errorf("pid %d: %v", p.PID(), d)
		}
		if err := p.Recv(new(multilang.Message)); err != nil {
			t.Errorf("what was already read is lost: %v", err) // the pid message
		}
	}
	if _, err := os.Stat(l.pidDir); !os.IsNotExist(err) {
		t.Errorf("directory for pid files: %v", err)
	}
}

func TestStartAndStopLeaveNoDescriptorOpen(t *testing.T) {
	open := func() int {
		entries, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	l := newTestLauncher(t, LauncherOptions{Guard: guardArgv(t)})
	cycle := func() {
		p := mustStart(t, l, shell(`ready; until_eof`))
		stopped := make(chan *Death, 1)
		go func() { stopped <- p.Stop(t.Context()) }()
		receiveAll(t, p)
		within(t, "stop", stopped)
		startFailure(t, l, shell(`exit 1`))
		startFailure(t, l, Spec{Command: []string{"no-such-program"}})
	}
	cycle()
	before := open()
	for range 50 {
		cycle()
	}
	if after := open(); after > before {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
	if len(l.live) > 0 {
		t.Errorf("%d processes are remembered", len(l.live))
	}
}
