package child

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/clock"
)

// sleeper starts a process that leads its own group, and returns its pid and its end.
func sleeper(t *testing.T) (int, <-chan struct{}) {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return background(t, cmd)
}

// background starts a process that does not end by itself, and returns its pid and its end.
func background(t *testing.T, cmd *exec.Cmd) (int, <-chan struct{}) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // says that it was killed
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return cmd.Process.Pid, ended
}

// pipe is what a host and its guard have between them.
func pipe(t *testing.T) (read, write *os.File) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = read.Close()
		_ = write.Close()
	})
	return read, write
}

func TestGuardKillsWhatIsLeft(t *testing.T) {
	left, leftEnded := sleeper(t)
	gone, goneEnded := sleeper(t)
	half, halfEnded := sleeper(t)
	dir := filepath.Join(t.TempDir(), "pids")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	id := strconv.Itoa
	told := strings.Join([]string{
		"", "?", "+", "+-1", "+0", "+1", // none of which may be taken for everybody
		"=" + dir, "+" + id(left), "+" + id(gone), "-" + id(gone), "+" + id(half),
	}, "\n")
	read, write := pipe(t)
	ended := make(chan error, 1)
	go func() { ended <- keepGuard(read, io.Discard) }()
	if _, err := io.WriteString(write, told); err != nil {
		t.Fatal(err)
	}
	if !running(left) {
		t.Error("the guard has killed before its input ended")
	}
	write.Close()
	if err := within(t, "end of the guard", ended); err != nil {
		t.Error(err)
	}
	within(t, "end of the group that was left", leftEnded)
	for pid, end := range map[int]<-chan struct{}{gone: goneEnded, half: halfEnded} {
		select {
		case <-end:
			t.Errorf("process %d was killed", pid)
		default:
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("directory for pid files: %v", err)
	}
}

// TestGuardOfABoundHost: what the host has said last counts, as long as it is not over.
func TestGuardOfABoundHost(t *testing.T) {
	read, write := pipe(t)
	var words strings.Builder
	ended := make(chan error, 1)
	go func() { ended <- keepGuard(read, &words) }()
	at := func(d time.Duration) string { return holdMark + strconv.FormatInt(int64(clock.Now()+d), 10) + "\n" }
	first, firstEnded := sleeper(t)
	// The guard may come to read only when the first time is over, and must have read the second before it acts.
	tell := func(text string) {
		if _, err := write.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	tell(addMark + strconv.Itoa(first) + "\n" + at(-time.Second) + at(time.Hour))
	second, secondEnded := sleeper(t)
	tell(addMark + strconv.Itoa(second) + "\n" + dropMark + strconv.Itoa(second) + "\n")
	if !running(first) {
		t.Error("the guard has killed before the time was over")
	}
	tell(at(50 * time.Millisecond))
	within(t, "end of the group, as its time is over", firstEnded)
	third, thirdEnded := sleeper(t)
	tell(addMark + strconv.Itoa(third) + "\n")
	write.Close()
	if err := within(t, "end of the guard", ended); err != nil {
		t.Error(err)
	}
	within(t, "end of what was started meanwhile", thirdEnded)
	select {
	case <-secondEnded:
		t.Error("a group that was gone was killed")
	default:
	}
	if strings.Count(words.String(), "\n") != 1 {
		t.Errorf("its words were %q", words.String())
	}
}

func (g *guard) pid() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.proc.Pid
}

// A guard that was killed, by the kernel or by hand, is replaced by one that knows all groups.
func TestGuardIsReplaced(t *testing.T) {
	log := new(journal)
	dir := filepath.Join(t.TempDir(), "pids")
	g := startGuard(guardArgv(t), dir, "run.", nil, log.logger())
	pid, ended := sleeper(t)
	g.add(pid)
	state := func() (proc int) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.began = g.began.Add(-guardShortLife) // it has lived long
		return g.proc.Pid
	}
	first := state()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another guard", func() bool { return state() != first })
	g.close()
	within(t, "end of the group, by the second guard", ended)
	if len(log.matching("level=WARN", "started another")) != 1 {
		t.Errorf("log: %v", log.lines)
	}
}

func TestGuardThatCanNotRunIsReported(t *testing.T) {
	for message, argv := range map[string][]string{
		"guard process can not be started": {"/nowhere/gstorm"},
		"guard process ended at once":      {"/bin/sh", "-c", "exit 1"},
	} {
		log := new(journal)
		g := startGuard(argv, "/nowhere", "run.", nil, log.logger())
		eventually(t, "an error in the log", func() bool { return len(log.matching("level=ERROR", message)) == 1 })
		g.add(os.Getpid()) // to nobody
		g.remove(os.Getpid())
		g.close()
	}
}
