package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// soakReport is what a soak has found, as report.json.
type soakReport struct {
	Started  time.Time      `json:"started"`
	Length   string         `json:"length"`
	Numbers  map[string]int `json:"numbers"` // drawn, by spout
	Trees    stats.Trees    `json:"trees"`
	Restarts uint64         `json:"restarts"`
	Faults   map[string]int `json:"faults"` // from outside, by signal
	CPU      float64        `json:"cpu_percent"`
	Samples  []soakSample   `json:"samples"`
	// Memory, Heap, ... compare the first quarter of the samples with the last.
	Memory    soakQuarters `json:"rss_mb"`
	Heap      soakQuarters `json:"heap_mb"`
	Threads   soakQuarters `json:"threads"`
	Files     soakQuarters `json:"descriptors"`
	Processes soakQuarters `json:"processes"`
	Broken    []string     `json:"broken"`
}

// soakSample is gstorm at one moment.
type soakSample struct {
	Seconds   float64 `json:"seconds"` // since the start
	Memory    float64 `json:"rss_mb"`
	Heap      float64 `json:"heap_mb"` // that was alive after the last collection
	Threads   float64 `json:"threads"`
	Files     float64 `json:"descriptors"`
	Processes float64 `json:"processes"` // of the topology's tasks
	CPU       float64 `json:"cpu_seconds"`
}

// sample takes a sample, and sees to it that what hangs is found out.
func (s *soak) sample() {
	now := time.Now()
	pids := s.components()
	for _, pid := range s.vandal.look(pids) {
		s.broken("process %d was stopped and not found out", pid)
	}
	for _, j := range s.acked {
		if n := j.read(); n > 0 {
			j.grew = now
		}
	}
	proc := filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid))
	files, err := os.ReadDir(filepath.Join(proc, "fd"))
	status, err2 := os.ReadFile(filepath.Join(proc, "status"))
	stat, err3 := os.ReadFile(filepath.Join(proc, "stat"))
	if now.After(s.until) || err != nil || err2 != nil || err3 != nil {
		return // it ends, or has ended
	}
	s.report.Samples = append(s.report.Samples, soakSample{
		Seconds: now.Sub(s.report.Started).Seconds(), Memory: field(status, "VmRSS:") / 1024, Heap: s.log.heapSize(),
		Threads: field(status, "Threads:"), Files: float64(len(files)), Processes: float64(len(pids)), CPU: cpuSeconds(stat),
	})
}

// field is a number in /proc/PID/status.
func field(status []byte, name string) float64 {
	_, rest, _ := strings.Cut(string(status), "\n"+name)
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0
	}
	n, _ := strconv.ParseFloat(words[0], 64)
	return n
}

// cpuSeconds is the sum of utime and stime in /proc/PID/stat, which count hundredths.
func cpuSeconds(stat []byte) (sum float64) {
	words := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, word := range words[11:13] {
		n, _ := strconv.ParseFloat(word, 64)
		sum += n / 100
	}
	return sum
}

// row prints a row of the table.
func (s *soak) row() {
	n := len(s.report.Samples)
	if n == 0 {
		return
	}
	now, acked := s.report.Samples[n-1], 0
	for _, j := range s.acked {
		acked += j.acked
	}
	if s.rows%20 == 0 {
		fmt.Println("   time     acked  SIGKILL  SIGSEGV  SIGSTOP   rss MB  heap MB  threads  descr.  processes  cpu %")
	}
	s.rows++
	fmt.Printf("%7s  %8d  %7d  %7d  %7d  %7.1f  %7.1f  %7.0f  %6.0f  %9.0f  %5.1f\n", time.Since(s.report.Started).Round(time.Second),
		acked, s.vandal.killed, s.vandal.crashed, s.vandal.stopped, now.Memory, now.Heap, now.Threads, now.Files, now.Processes,
		100*now.CPU/now.Seconds)
}

// soakQuarters compares the first and the last quarter of the samples.
type soakQuarters struct {
	First, Last  [3]float64 // min, median, max
	SlopePerHour float64    // of a straight line through all samples
}

// quarters says how gstorm has changed in the course of the run, and that it must not have grown. What is transient, such
// as the descriptors of a component that is being started, does not reach the medians.
func (s *soak) quarters() {
	r := &s.report
	if n := len(r.Samples); n > 0 {
		r.CPU = 100 * r.Samples[n-1].CPU / r.Samples[n-1].Seconds
	}
	r.Samples = slices.DeleteFunc(r.Samples, func(p soakSample) bool { return p.Seconds < s.length.Seconds()/10 && p.Seconds < 60 })
	if len(r.Samples) < 8 {
		s.broken("%d samples are too few to tell whether anything grows", len(r.Samples))
		return
	}
	for _, m := range []struct {
		name  string
		of    func(soakSample) float64
		into  *soakQuarters
		part  float64 // by which it may grow
		count float64 // and by how much beside
	}{
		{"memory", func(p soakSample) float64 { return p.Memory }, &r.Memory, 0.2, 8},
		{"heap", func(p soakSample) float64 { return p.Heap }, &r.Heap, 0.2, 4},
		{"threads", func(p soakSample) float64 { return p.Threads }, &r.Threads, 0.2, 2},
		{"descriptors", func(p soakSample) float64 { return p.Files }, &r.Files, 0, 2},
		{"processes", func(p soakSample) float64 { return p.Processes }, &r.Processes, 0, 1},
	} {
		*m.into = compareQuarters(r.Samples, m.of)
		first, last := m.into.First[1], m.into.Last[1]
		fmt.Printf("%-12s first quarter %6.1f %6.1f %6.1f   last quarter %6.1f %6.1f %6.1f (min, median, max)   %+.2f an hour\n", m.name,
			m.into.First[0], first, m.into.First[2], m.into.Last[0], last, m.into.Last[2], m.into.SlopePerHour)
		if last > first*(1+m.part)+m.count {
			s.broken("%s has grown from %.1f to %.1f", m.name, first, last)
		}
	}
}

func compareQuarters(samples []soakSample, of func(soakSample) float64) soakQuarters {
	var values []float64
	var meanX, meanY, xy, xx float64
	for _, p := range samples {
		values = append(values, of(p))
		meanX += p.Seconds / float64(len(samples))
		meanY += of(p) / float64(len(samples))
	}
	for _, p := range samples {
		xy += (p.Seconds - meanX) * (of(p) - meanY)
		xx += (p.Seconds - meanX) * (p.Seconds - meanX)
	}
	n := len(values) / 4
	return soakQuarters{First: spread(values[:n]), Last: spread(values[len(values)-n:]), SlopePerHour: 3600 * xy / xx}
}

// spread is the least, the middle and the greatest value.
func spread(values []float64) [3]float64 {
	sorted := slices.Sorted(slices.Values(values))
	return [3]float64{sorted[0], sorted[len(sorted)/2], sorted[len(sorted)-1]}
}

// write prints the report's counts, and writes all of it beside the log.
func (s *soak) write() error {
	r := &s.report
	r.Faults = map[string]int{"SIGKILL": s.vandal.killed, "SIGSEGV": s.vandal.crashed, "SIGSTOP": s.vandal.stopped}
	fmt.Printf("numbers %v   trees %+v   restarts %d   faults from outside %v   cpu %.1f %%\n", r.Numbers, r.Trees, r.Restarts, r.Faults, r.CPU)
	content, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	file := filepath.Join(s.folder, "report.json")
	fmt.Println("report:", file)
	return os.WriteFile(file, append(content, '\n'), 0o666)
}

// soakJournal counts what a spout writes down, as it comes.
type soakJournal struct {
	file  string
	at    int64 // up to where it was read
	acked int
	grew  time.Time
}

// read returns how many acks have come since the last call.
func (j *soakJournal) read() (n int) {
	f, err := os.Open(j.file)
	if err != nil {
		return 0 // the spout has not begun
	}
	defer f.Close()
	content, _ := io.ReadAll(io.NewSectionReader(f, j.at, 1<<30)) // what can't be read now comes the next time
	j.at += int64(len(content))
	n = bytes.Count(content, []byte("a"))
	j.acked += n
	return n
}

// soakLog keeps gstorm's stderr in a file, and what Go's collector says in it.
type soakLog struct {
	file *os.File

	mu   sync.Mutex // guards all below
	last []byte     // the end of it
	heap float64
}

// collected finds the live heap in a line of GODEBUG=gctrace=1: before, after and alive.
var collected = regexp.MustCompile(`\d+->\d+->(\d+) MB, `)

// Write implements io.Writer.
func (l *soakLog) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, text...)
	l.last = l.last[max(0, len(l.last)-8<<10):]
	if all := collected.FindAllSubmatch(l.last, -1); all != nil {
		l.heap, _ = strconv.ParseFloat(string(all[len(all)-1][1]), 64)
	}
	return l.file.Write(text)
}

func (l *soakLog) heapSize() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heap
}

// end is the end of the log.
func (l *soakLog) end() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lastLines(string(l.last), 30)
}
