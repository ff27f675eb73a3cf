package main

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

const (
	// vandalSpares is how long a process is left alone before it is stopped: one that has not begun to work may hang for
	// as long as a start may take.
	vandalSpares = 10 * time.Second
	// vandalExposed is how long a stopped process may stay. The topology's limit of silence is 5 seconds.
	vandalExposed = 30 * time.Second
)

// vandal does to processes what comes from outside. It is told which there are each time that it is called.
type vandal struct {
	killed, crashed, stopped int

	seen    map[int]time.Time // when a process was there first
	hanging map[int]time.Time // since when a process is stopped
}

// look notes the processes that there are, and returns those that hang for too long; each only once.
func (v *vandal) look(pids []int) (late []int) {
	if v.seen == nil {
		v.seen, v.hanging = map[int]time.Time{}, map[int]time.Time{}
	}
	for _, pid := range pids {
		if _, known := v.seen[pid]; !known {
			v.seen[pid] = time.Now()
		}
	}
	for pid := range v.seen {
		since, hangs := v.hanging[pid]
		gone := !slices.Contains(pids, pid)
		if hangs && time.Since(since) > vandalExposed && !gone {
			late = append(late, pid)
		}
		if gone {
			delete(v.seen, pid)
		}
		if gone || time.Since(since) > vandalExposed {
			delete(v.hanging, pid)
		}
	}
	return late
}

// kill ends one of the processes.
func (v *vandal) kill(pids []int) {
	if len(pids) == 0 {
		return
	}
	pid := pids[rand.IntN(len(pids))]
	if rand.IntN(3) > 0 {
		v.killed += did(pid, syscall.SIGKILL)
	} else {
		v.crashed += did(pid, syscall.SIGSEGV)
	}
}

// stop makes one of the processes hang.
func (v *vandal) stop(pids []int) {
	rand.Shuffle(len(pids), func(i, j int) { pids[i], pids[j] = pids[j], pids[i] })
	for _, pid := range pids {
		since, known := v.seen[pid]
		if _, hangs := v.hanging[pid]; known && !hangs && time.Since(since) > vandalSpares {
			v.stopped += did(pid, syscall.SIGSTOP)
			v.hanging[pid] = time.Now()
			return
		}
	}
}

// did is 1 if a process could be sent a signal.
func did(pid int, signal syscall.Signal) int {
	if syscall.Kill(pid, signal) != nil {
		return 0
	}
	return 1
}
