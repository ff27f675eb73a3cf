package child

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// daemonOf is the process that daemon.rb has started, as it says.
func daemonOf(t *testing.T, p *Process) int {
	t.Helper()
	receive(t, p)
	pid, err := strconv.Atoi(receive(t, p).Msg)
	receive(t, p) // by then it has left the group
	if err != nil || !running(pid) {
		t.Fatalf("process %d: %v", pid, err)
	}
	return pid
}

func TestDaemonsEndWithTheirComponent(t *testing.T) {
	log := new(journal)
	l := newTestLauncher(t, LauncherOptions{Logger: log.logger()})
	other := mustStart(t, l, ruby(t, "daemon.rb", "stay"))
	spared := daemonOf(t, other)
	p := mustStart(t, l, ruby(t, "daemon.rb", "stay"))
	daemon := daemonOf(t, p)
	p.Kill("test")
	receiveAll(t, p)
	eventually(t, "end of the daemon", func() bool { return !running(daemon) })
	if !running(spared) || other.Death() != nil {
		t.Error("another component, or its daemon, has ended")
	}
	if len(log.matching("level=WARN", "outside of its process group", "processes=1", "pid="+strconv.Itoa(p.PID()))) != 1 {
		t.Errorf("log: %v", log.lines)
	}
}

func TestDaemonsEndWithTheRun(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	p := mustStart(t, l, ruby(t, "daemon.rb", "stay"))
	daemon := daemonOf(t, p)
	if err := p.CloseInput(); err != nil {
		t.Fatal(err)
	}
	if _, d := receiveAll(t, p); !d.Asked() {
		t.Errorf("%v", d)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "end of the daemon", func() bool { return !running(daemon) })
}

// marked starts a process with one more environment variable, and returns its pid and its end.
func marked(t *testing.T, variable string) (int, <-chan struct{}) {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	cmd.Env = append(os.Environ(), variable)
	return background(t, cmd)
}

func TestOnlyTheMarkedAreKilled(t *testing.T) {
	m := newMarks()
	life := m.next(3)
	one, oneEnded := marked(t, markEnv+"="+life)
	_, siblingEnded := marked(t, markEnv+"="+m.next(3))
	var spared []int
	for _, variable := range []string{
		markEnv + "=" + life + "1", markEnv + "=" + newMarks().next(3), "NOT_" + markEnv + "=" + life, markEnv + "=",
		"X=" + markEnv + "=" + life,
	} {
		pid, _ := marked(t, variable)
		spared = append(spared, pid)
	}
	if n, first := killMarked(life); n != 1 || first != fmt.Sprintf("sleep[%d] of task 3", one) {
		t.Errorf("%d processes of the one life killed, want 1; the first is %s", n, first)
	}
	within(t, "end of the one", oneEnded)
	if n, _ := killMarked(m.all()); n != 2 { // the sibling, and the first of the spared
		t.Errorf("%d processes of the run killed, want 2", n)
	}
	within(t, "end of its sibling", siblingEnded)
	for _, pid := range spared[1:] {
		if !running(pid) {
			t.Errorf("process %d was killed", pid)
		}
	}
}

func TestGuardKillsDaemons(t *testing.T) {
	m := newMarks()
	_, ended := marked(t, markEnv+"="+m.next(3))
	read, write := pipe(t)
	if _, err := write.WriteString(markMark + m.all() + "\n"); err != nil {
		t.Fatal(err)
	}
	write.Close()
	if err := keepGuard(read, io.Discard); err != nil {
		t.Error(err)
	}
	within(t, "end of the daemon", ended)
}

// A gstorm that a component has started has a guard of its own, which must outlive that component.
func TestGuardHasNoMark(t *testing.T) {
	t.Setenv(markEnv, "run.3.1")
	g := startGuard(guardArgv(t), t.TempDir(), "run.", nil, new(journal).logger())
	defer g.close()
	if _, marked := markOf(g.pid(), "run."); marked {
		t.Error("the guard has the mark of the gstorm around this one")
	}
}

func BenchmarkKillMarked(b *testing.B) {
	for b.Loop() {
		killMarked("nobody.")
	}
	b.ReportMetric(float64(len(processes())), "processes")
}
