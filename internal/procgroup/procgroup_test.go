//go:build unix

package procgroup

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
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
