package child

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// sweeps is how often all processes are looked through at most: what a process forks while it is being killed is found by
// the next look.
const sweeps = 10

// killMarked kills every process that has markEnv in its environment with the value mark, or with one that begins with it
// if it ends in a dot. It returns how many that were, and for people which was the first. It looks at every process of this
// user (some 10 µs each), so it is called at ends only.
//
// Out of reach are processes that have wiped out their environment, as servers do that write a title over it, and those
// whose user has changed.
func killMarked(mark string) (n int, first string) {
	killed := make(map[int]struct{})
	for range sweeps {
		before := len(killed)
		for _, pid := range processes() {
			if _, done := killed[pid]; done {
				continue
			}
			found, marked := markOf(pid, mark)
			if !marked {
				continue
			}
			name := commandName(pid)
			if !killIfMarked(pid, mark) {
				continue
			}
			if len(killed) == 0 {
				first = fmt.Sprintf("%s[%d] of task %s", name, pid, taskOf(found))
			}
			killed[pid] = struct{}{}
		}
		if len(killed) == before {
			break
		}
	}
	return len(killed), first
}

// killIfMarked kills a process that bears the mark. Where the kernel has process descriptors (Linux 5.4), os.Process holds
// one: a process that gets the number after it was opened can not be hit, and one that had it before is looked at again.
func killIfMarked(pid int, mark string) bool {
	proc, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer proc.Release()
	_, marked := markOf(pid, mark)
	return marked && proc.Signal(syscall.SIGKILL) == nil
}

// processes are the ids of all processes but this one.
func processes() (pids []int) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1) // what was read before an error counts
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && pid > 1 && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// taskOf is the task that a mark is of.
func taskOf(mark string) string {
	_, rest, _ := strings.Cut(mark, ".")
	task, _, _ := strings.Cut(rest, ".")
	return task
}

// commandName is the name of the program that a process runs, cut to 15 bytes by the kernel.
func commandName(pid int) string {
	name, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm")) // it may have ended
	return strings.TrimSpace(string(name))
}

// markOf returns the mark of a process if it is that one, or begins so. It reads proc(5)'s environ: the environment as it was when the program began, each entry ended by a zero byte. It is
// empty for processes that have ended, and not to be read for those of other users.
func markOf(pid int, mark string) (found string, ok bool) {
	environ, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil {
		return "", false
	}
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		value, found := bytes.CutPrefix(entry, []byte(markEnv+"="))
		if !found {
			continue
		}
		if string(value) == mark || mark[len(mark)-1] == '.' && bytes.HasPrefix(value, []byte(mark)) {
			return string(value), true
		}
	}
	return "", false
}
