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
	stat, ok := p.stat(claimed)
	if !ok {
		return CPUTime{}, false
	}
	return CPUTime{Used: stat.used, Queued: queuedTime(stat.pid)}, true
}

// Usage is what the child takes, of the same process as CPUTime. Of one that has ended it is the processor time, with that
// of the processes that it has waited for.
func (p *Process) Usage() Usage {
	p.mu.Lock() // as long as it is held the child is not reaped, and its number nobody else's
	defer p.mu.Unlock()
	if p.reaped {
		return Usage{CPU: p.spent}
	}
	stat, _ := p.stat(p.claimedPID)
	p.spent = max(p.spent, stat.used)
	return Usage{CPU: p.spent, Memory: stat.resident}
}

// stat is what the kernel says of the process that the child has named, if that is one of its group, else of the child.
func (p *Process) stat(claimed int) (procStat, bool) {
	if claimed != 0 && claimed != p.pid {
		if stat, ok := readStat(claimed); ok && stat.group == p.pid {
			return stat, true
		}
	}
	return readStat(p.pid)
}

// procStat is a part of proc(5)'s stat file.
type procStat struct {
	pid, group int
	used       time.Duration // processor time
	resident   uint64        // bytes
}

// readStat reads it. The fields are counted after the command name, which may hold anything, in parens.
func readStat(pid int) (procStat, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, false
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const pgrp, utime, stime, rss = 2, 11, 12, 21
	if len(fields) <= rss {
		return procStat{}, false
	}
	group, gerr := strconv.Atoi(fields[pgrp])
	user, uerr := strconv.ParseInt(fields[utime], 10, 64)
	system, serr := strconv.ParseInt(fields[stime], 10, 64)
	pages, rerr := strconv.ParseUint(fields[rss], 10, 64)
	if gerr != nil || uerr != nil || serr != nil || rerr != nil {
		return procStat{}, false
	}
	return procStat{
		pid: pid, group: group, used: time.Duration(user+system) * (time.Second / clockTicks), resident: pages * uint64(os.Getpagesize()),
	}, true
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
