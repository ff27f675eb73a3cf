package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart measures from the command to the first executed tuple of a topology with one spout and one bolt, and
// beside it, in the same run, what starting as many Ruby interpreters costs: one that describes, then two at once.
func BenchmarkStart(b *testing.B) {
	gstorm, err := built()
	if err != nil {
		b.Fatal(err)
	}
	var started, interpreters time.Duration
	for range b.N {
		begin := time.Now()
		cmd, stdout := say(b, gstorm, "testdata/topology/hello.rb")
		if line, err := stdout.ReadString('\n'); err != nil || line != "hello\n" {
			b.Fatalf("%q, %v", line, err)
		}
		started += time.Since(begin)
		stop(b, cmd)

		begin = time.Now()
		bare(b, 1, "ruby", "-e", "1")
		bare(b, 2, "ruby", "-e", "1")
		interpreters += time.Since(begin)
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(started.Milliseconds())/n, "ms/start")
	b.ReportMetric(float64(interpreters.Milliseconds())/n, "ms/3-interpreters")
	b.ReportMetric(float64((started-interpreters).Milliseconds())/n, "ms/difference")
}

// BenchmarkStartAlone measures from the command to the first call of a topology's only component, and beside it, in the
// same run, what one start of the language's interpreter costs.
func BenchmarkStartAlone(b *testing.B) {
	gstorm, err := built()
	if err != nil {
		b.Fatal(err)
	}
	for file, interpreter := range map[string][]string{
		"alone.rb": {"ruby", "-e", "1"}, "alone.py": {"python3", "-c", "1"}, "alone.js": {"node", "-e", "1"},
	} {
		b.Run(file, func(b *testing.B) {
			var started, alone time.Duration
			for range b.N {
				begin := time.Now()
				cmd, stdout := say(b, gstorm, "testdata/topology/"+file)
				if line, err := stdout.ReadString('\n'); err != nil || line != "hello\n" {
					b.Fatalf("%q, %v", line, err)
				}
				started += time.Since(begin)
				stop(b, cmd)
				begin = time.Now()
				bare(b, 1, interpreter...)
				alone += time.Since(begin)
			}
			n := float64(b.N)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(started.Milliseconds())/n, "ms/start")
			b.ReportMetric(float64(alone.Milliseconds())/n, "ms/interpreter")
			b.ReportMetric(float64((started-alone).Milliseconds())/n, "ms/above")
		})
	}
}

// say runs a topology that says hello.
func say(b *testing.B, gstorm, file string) (*exec.Cmd, *bufio.Reader) {
	b.Helper()
	cmd := exec.Command(gstorm, "run", file)
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	return cmd, bufio.NewReader(stdout)
}

func stop(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}

// bare starts n interpreters at once, as they start by themselves, and waits for them.
func bare(b *testing.B, n int, argv ...string) {
	b.Helper()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := exec.Command(argv[0], argv[1:]...).Run(); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

var residentSet = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// BenchmarkMemoryAtRest measures the memory of the gstorm process itself after its first tuple, when nothing flows.
func BenchmarkMemoryAtRest(b *testing.B) {
	gstorm, err := built()
	if err != nil {
		b.Fatal(err)
	}
	var sum float64
	for range b.N {
		cmd, stdout := say(b, gstorm, "testdata/topology/hello.rb")
		if _, err := stdout.ReadString('\n'); err != nil {
			b.Fatal(err)
		}
		status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "status"))
		found := residentSet.FindSubmatch(status)
		if err != nil || found == nil {
			b.Fatalf("resident set of gstorm: %v", err)
		}
		kB, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += kB
		stop(b, cmd)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(sum/float64(b.N)/1024, "MB")
}

// BenchmarkRubyWordCount measures whole runs: lines of the example's text per second through a Ruby spout, splitter and
// counter, every line acked.
func BenchmarkRubyWordCount(b *testing.B) {
	gstorm, err := built()
	if err != nil {
		b.Fatal(err)
	}
	once, err := os.ReadFile(exampleText)
	if err != nil {
		b.Fatal(err)
	}
	const times = 200
	file := filepath.Join(b.TempDir(), "text")
	var text []byte
	for range times {
		text = append(text, once...)
	}
	if err := os.WriteFile(file, text, 0o666); err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	for range b.N {
		out, err := exec.Command(gstorm, "run", "testdata/topology/counted.rb", "--summary", "none", "--", "1", file).CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, lastLines(string(out), 20))
		}
	}
	seconds := time.Since(begin).Seconds()
	words := 0
	for _, n := range wordsOf(text) {
		words += n
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(words*b.N)/seconds, "words/s")
}
