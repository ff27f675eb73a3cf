package child

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTicks is the kernel's USER_HZ, which is 100 on every architecture that Go runs on.
const clockTicks = 100

// CPUTime is the processor time that the child has used so far, and waited for. It is that of the process which the
// child named in its pid message, if that is one of its group (a shell script that starts the real component), else of
// the process that was started. false: not known (not Linux, or the process is gone).
func (p *Process) CPUTime() (CPUTime, bool) {
	p.mu.Lock()
	claimed, reaped := p.claimedPID, p.reaped
	p.mu.Unlock()
	if reaped {
		return CPUTime{}, false
	}
	if claimed != 0 && claimed != p.pid {
		if used, group, ok := cpuTime(claimed); ok && group == p.pid {
			return CPUTime{Used: used, Queued: queuedTime(claimed)}, true
		}
	}
	used, _, ok := cpuTime(p.pid)
	if !ok {
		return CPUTime{}, false
	}
	return CPUTime{Used: used, Queued: queuedTime(p.pid)}, true
}

// cpuTime reads proc(5)'s stat file. The fields are counted after the command name, which may hold anything, in parens.
func cpuTime(pid int) (used time.Duration, group int, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const pgrp, utime, stime = 2, 11, 12
	if len(fields) <= stime {
		return 0, 0, false
	}
	group, gerr := strconv.Atoi(fields[pgrp])
	user, uerr := strconv.ParseInt(fields[utime], 10, 64)
	system, serr := strconv.ParseInt(fields[stime], 10, 64)
	if gerr != nil || uerr != nil || serr != nil {
		return 0, 0, false
	}
	return time.Duration(user+system) * (time.Second / clockTicks), group, true
}

// queuedTime is how long a process's threads were ready to run and had no core: the second field of the threads'
// schedstat files, in nanoseconds (the kernel's sched-stats document). 0 where the kernel does not keep them.
func queuedTime(pid int) (queued time.Duration) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, thread := range threads {
		stat, _ := os.ReadFile(thread) // a thread that has ended meanwhile has none
		if fields := strings.Fields(string(stat)); len(fields) > 1 {
			ns, _ := strconv.ParseInt(fields[1], 10, 64)
			queued += time.Duration(ns)
		}
	}
	return queued
}
