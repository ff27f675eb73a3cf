// The topology of bolts.yaml with a bolt in Go that does, once, what FAULT says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/plugin"
)

const after = 10 // tuples of the first life that go well

func main() {
	b := gstorm.NewBuilder("bolts")
	b.Set(gstorm.TopologyMaxSpoutPending, os.Getenv("PENDING")).Set(gstorm.TopologyMessageTimeout, os.Getenv("TIMEOUT"))
	b.Set(gstorm.PluginEnv, []string{"DIR", "FAULT"})
	b.ShellSpout("feed", "python3", "feed.py").Dir("testdata/misbehave").Output("default", "number", "pad")
	b.ShellSpout("other", "ruby", "--disable-gems", "other.rb").Dir("testdata/misbehave").Output("default", "number")
	b.Bolt("faulty", func() gstorm.Bolt { return &faulty{} }).From("feed", "", gstorm.Shuffle).Output("default", "number", "pad").
		Set(gstorm.TopologySubprocessTimeout, os.Getenv("SILENCE"))
	b.ShellBolt("sink", "ruby", "--disable-gems", "sink.rb").Dir("testdata/misbehave").From("faulty", "", gstorm.Shuffle)
	b.ShellBolt("bystander", "python3", "bystander.py").Dir("testdata/misbehave").From("other", "", gstorm.Shuffle)
	plugin.Main(b.Topology())
}

var faults = map[string]func(){
	"panics":           func() { panic("on purpose") },
	"panics elsewhere": func() { go panic("on purpose"); wait() },
	"exits 0":          func() { os.Exit(0) },
	"exits 1":          func() { os.Exit(1) },
	"is killed":        func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) },
	"races":            races,
	"computes": func() {
		for n := 0; ; n++ {
			_ = n
		}
	},
	"sleeps":              wait,
	"is stopped":          func() { _ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) },
	"overflows its stack": func() { overflow(0) },
	"deadlocks":           func() { var c chan int; <-c },
	"prints":              prints,
	"leaves a process":    func() { _ = exec.Command("sleep", "600").Start(); os.Exit(1) },
	"closes all files":    closes,
}

// wait is longer than any run: it is the fault, or keeps the process for a fault that is on its way.
func wait() { time.Sleep(10 * time.Minute) }

// races writes to a map from two goroutines, which ends the program.
func races() {
	m := map[int]int{}
	for range 4 {
		go func() {
			for i := range 1 << 30 {
				m[i%100] = i
			}
		}()
	}
	wait()
}

func overflow(n int) int { return overflow(n+1) + 1 }

func prints() {
	fmt.Println("a line to stdout")
	fmt.Fprintln(os.Stderr, "a line to stderr")
	command := exec.Command("echo", "a line of a child")
	command.Stdout = os.Stdout
	_ = command.Run()
	if _, err := os.Stdin.Read(make([]byte, 1)); err == nil {
		fmt.Println("stdin was not empty")
	}
}

// closes closes what go-plugin and gstorm need.
func closes() {
	for fd := 3; fd < 64; fd++ {
		_ = syscall.Close(fd)
	}
}

type faulty struct{ n int }

func (f *faulty) Open(context.Context, *gstorm.TaskContext) error {
	return note("pids.faulty", os.Getpid())
}

func (f *faulty) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	number, err := t.Int("number")
	if err != nil {
		return err
	}
	if f.n++; f.n > after && once("fault") {
		othersGoOn()
		faults[os.Getenv("FAULT")]()
	}
	pad, err := t.String("pad")
	out.Emit(number, pad)
	return err
}

func path(name string) string { return filepath.Join(os.Getenv("DIR"), name) }

func note(name string, n int) error {
	file, err := os.OpenFile(path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strconv.Itoa(n) + "\n")
	return errors.Join(err, file.Close())
}

// once is true the first time in a run that any process asks.
func once(name string) bool {
	file, err := os.OpenFile(path(name), os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return false
	}
	return file.Close() == nil
}

// othersGoOn waits until the component bystander has handled some more tuples.
func othersGoOn() {
	lines := func() int {
		content, _ := os.ReadFile(path("bystander"))
		n := 0
		for _, c := range content {
			if c == '\n' {
				n++
			}
		}
		return n
	}
	look := time.NewTicker(5 * time.Millisecond) // files have no other way to tell
	defer look.Stop()
	limit := time.After(time.Minute)
	for enough := lines() + 20; lines() < enough; {
		select {
		case <-look.C:
		case <-limit:
			panic("the bystander does not go on")
		}
	}
}
