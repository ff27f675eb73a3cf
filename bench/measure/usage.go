package measure

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Usage is what a process has used so far.
type Usage struct {
	CPU time.Duration
	RSS float64 // MiB
}

// Self is what this process has used.
func Self() Usage {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r) // it fails for no process's own
	return Usage{CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()), RSS: residentSet(os.Getpid())}
}

// Children is what the living descendants of this process have used together. Where there is no /proc it is zero.
func Children() (sum Usage) {
	for _, pid := range descendants(os.Getpid()) {
		fields := statFields(pid)
		if len(fields) <= sysTime {
			continue // it has ended
		}
		for _, field := range fields[userTime : sysTime+1] {
			ticks, _ := strconv.ParseInt(field, 10, 64)
			sum.CPU += time.Duration(ticks) * time.Second / ticksPerSecond
		}
		sum.RSS += residentSet(pid)
	}
	return sum
}

// Positions in /proc/PID/stat after the name of the program, and its unit of time, which is the same on every Linux.
const (
	parent         = 1
	userTime       = 11
	sysTime        = 12
	ticksPerSecond = 100
)

func statFields(pid int) []string {
	content, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	text := string(content)
	return strings.Fields(text[strings.LastIndexByte(text, ')')+1:]) // the name may hold anything
}

func residentSet(pid int) float64 {
	content, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	fields := strings.Fields(string(content))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()) / (1 << 20)
}

func descendants(ancestor int) []int {
	children := map[int][]int{}
	files, _ := filepath.Glob("/proc/[0-9]*")
	for _, file := range files {
		pid, _ := strconv.Atoi(filepath.Base(file))
		if fields := statFields(pid); len(fields) > parent {
			of, _ := strconv.Atoi(fields[parent])
			children[of] = append(children[of], pid)
		}
	}
	found := slices.Clone(children[ancestor])
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}

// Busy is how long the machine's processors have been at work since it started, and how long its host gave them to
// others meanwhile ("steal").
func Busy() (work, steal time.Duration) {
	content, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(content), "\n")
	fields := strings.Fields(line)
	const user, nice, system, irq, softIRQ, stolen = 1, 2, 3, 6, 7, 8
	if len(fields) <= stolen {
		return 0, 0
	}
	ticks := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i], 10, 64)
		return time.Duration(n) * time.Second / ticksPerSecond
	}
	return ticks(user) + ticks(nice) + ticks(system) + ticks(irq) + ticks(softIRQ), ticks(stolen)
}
