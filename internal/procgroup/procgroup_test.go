//go:build unix

package procgroup

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// TestReapEndsTheGroup has a child of the leader hold a pipe open, which therefore ends with the child.
func TestReapEndsTheGroup(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	leader := exec.Command("sh", "-c", "sleep 1000 & echo 1; exit 7")
	leader.Stdout = w
	leader.SysProcAttr = Attributes()
	err = leader.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	state, err := Reap(leader.Process)
	if err != nil || state.ExitCode() != 7 {
		t.Errorf("leader: %v, %v, want exit status 7", state, err)
	}
	var n int
	if _, err := fmt.Fscanln(r, &n); err != nil {
		t.Error(err)
	}
	if _, err := fmt.Fscanln(r, &n); err == nil {
		t.Error("the pipe goes on")
	}
}

// lead starts a leader that waits for its input's end and has a child. The child holds the pipe open that is returned.
func lead(t *testing.T) (leader *exec.Cmd, end func(), left *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	leader = exec.Command("sh", "-c", "sleep 1000 & echo 1; read line; exit 7")
	leader.Stdout, leader.SysProcAttr = w, Detached()
	stdin, err := leader.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	err = leader.Start()
	_ = w.Close()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if _, err := fmt.Fscanln(r, &n); err != nil {
		t.Fatal(err)
	}
	return leader, func() { _ = stdin.Close() }, r
}

// gone waits for the end of the pipe that the child of a leader holds.
func gone(t *testing.T, left *os.File) {
	t.Helper()
	if err := left.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := left.Read(make([]byte, 1)); n > 0 || os.IsTimeout(err) {
		t.Errorf("what the leader has started goes on: %v", err)
	}
}

func TestTryReapEndsTheGroup(t *testing.T) {
	leader, end, left := lead(t)
	pid := leader.Process.Pid
	if status, ended, err := TryReap(pid); ended || err != nil {
		t.Errorf("it runs: %v, %v, %v", status, ended, err)
	}
	end()
	for {
		status, ended, err := TryReap(pid)
		if err != nil {
			t.Fatal(err)
		}
		if ended {
			if status.ExitStatus() != 7 {
				t.Errorf("exit status %d", status.ExitStatus())
			}
			break
		}
		runtime.Gosched()
	}
	gone(t, left)
	if _, ended, err := TryReap(pid); ended || err == nil {
		t.Errorf("reaped again: %v, %v", ended, err)
	}
}

func TestKill(t *testing.T) {
	leader, _, left := lead(t)
	Kill(leader.Process)
	gone(t, left)
	_ = leader.Wait()

	member := exec.Command("sleep", "1000") // in the group of the test, which must not end
	if err := member.Start(); err != nil {
		t.Fatal(err)
	}
	Kill(member.Process)
	if err := member.Wait(); err == nil {
		t.Error("a process that leads no group was not killed")
	}
}

// TestKillLeft finds the leader by its number, as who has not started it does.
func TestKillLeft(t *testing.T) {
	leader, end, left := lead(t)
	found, err := os.FindProcess(leader.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	end()
	if err := leader.Wait(); err == nil {
		t.Error("it has exited with 0")
	}
	KillLeft(found)
	gone(t, left)
}
