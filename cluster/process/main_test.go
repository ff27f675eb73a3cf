package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// roleEnv makes the test binary play another part: a worker, or an agent that is to be killed.
const roleEnv = "PROCESS_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleEnv) {
	case "worker":
		playWorker(os.Args[len(os.Args)-1])
	case "agent":
		playAgent(os.Args[1])
	}
	goleak.VerifyTestMain(m)
}

// What workers of the tests do, by their spec.
const (
	runs       = "run until told to end"
	crashes    = "crash"
	stubborn   = "do not end when told to"
	lateToLock = "wait for the file go.PID before the lock is taken"
)

// refused is the exit status of a worker that does not get its lock.
const refused = 3

func playWorker(folder string) {
	time.AfterFunc(2*time.Minute, func() { os.Exit(9) }) // if the test fails to end it
	var do string
	text, err := os.ReadFile(filepath.Join(folder, specName))
	if err == nil {
		err = json.Unmarshal(text, &do)
	}
	if err != nil {
		fmt.Println("spec:", err)
		os.Exit(4)
	}
	if do == lateToLock {
		for !exists(filepath.Join(filepath.Dir(folder), fmt.Sprintf("go.%d", os.Getpid()))) {
			time.Sleep(time.Millisecond)
		}
	}
	told := make(chan os.Signal, 1)
	if do == stubborn {
		signal.Ignore(syscall.SIGTERM)
	} else {
		signal.Notify(told, syscall.SIGTERM)
	}
	if _, err := Hold(folder); err != nil {
		fmt.Println(err)
		os.Exit(refused)
	}
	if do == stubborn {
		child := exec.Command("sleep", "120")
		if err := child.Start(); err != nil {
			os.Exit(5)
		}
		if err := os.WriteFile(filepath.Join(folder, "child"), []byte(strconv.Itoa(child.Process.Pid)+"\n"), 0o600); err != nil {
			os.Exit(6)
		}
	}
	if do == crashes {
		fmt.Fprintln(os.Stderr, "panic: out of words")
		os.Exit(1)
	}
	<-told
	os.Exit(0)
}

// playAgent has one worker, and waits to be killed.
func playAgent(folder string) {
	time.AfterFunc(2*time.Minute, func() { os.Exit(9) })
	o := testOptions(folder)
	o.Logger = slog.New(slog.DiscardHandler)
	s, err := Open(o)
	if err == nil {
		err = s.Want([]Wanted{wanted("words-1", 1, runs)})
	}
	if err == nil {
		err = s.Run(context.Background())
	}
	fmt.Println(err)
	os.Exit(1)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// testOptions have the test binary as the worker. The race detector would have it wait for a second before it ends.
func testOptions(folder string) Options {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Options{
		Folder: folder, Command: []string{self}, Env: append(os.Environ(), roleEnv+"=worker", "GORACE=atexit_sleep_ms=0"),
		FirstRestart: 10 * time.Millisecond, LongestRestart: 50 * time.Millisecond,
	}
}

func wanted(topology string, worker int, do string) Wanted {
	spec, err := json.Marshal(do)
	if err != nil {
		panic(err)
	}
	return Wanted{Topology: topology, Worker: worker, Spec: spec}
}

// agent is a Supervisor at work.
type agent struct {
	*Supervisor
	t   *testing.T
	log *record
	end func() // it goes, and leaves the workers
}

func open(t *testing.T, o Options) *agent {
	t.Helper()
	a := &agent{t: t, log: &record{changed: make(chan struct{})}}
	o.Logger = slog.New(slog.NewTextHandler(a.log, nil))
	var err error
	if a.Supervisor, err = Open(o); err != nil {
		t.Fatal(err)
	}
	return a
}

func start(t *testing.T, o Options) *agent {
	t.Helper()
	a := open(t, o)
	a.run()
	return a
}

func (a *agent) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	a.end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			a.t.Error(err)
		}
	})
	a.t.Cleanup(a.end)
}

// clean ends whatever a test has left in a folder.
func clean(t *testing.T, o Options) {
	t.Helper()
	t.Cleanup(func() {
		o.Grace = time.Millisecond
		a := start(t, o)
		a.want()
		a.until("nobody is left", func(all []State) bool { return len(all) == 0 })
		a.end()
	})
}

func (a *agent) want(all ...Wanted) {
	a.t.Helper()
	if err := a.Want(all); err != nil {
		a.t.Fatal(err)
	}
}

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// until waits for states of which something is true.
func (a *agent) until(what string, ok func([]State) bool) []State {
	a.t.Helper()
	for limit := time.After(patience); ; {
		states, changed := a.States()
		if ok(states) {
			return states
		}
		select {
		case <-changed:
		case <-limit:
			a.t.Fatalf("%s: not within %s, but %+v\n%s", what, patience, states, a.log)
		}
	}
}

// atWork waits until a worker runs and has its lock, and returns its process id.
func (a *agent) atWork(topology string, worker int) (pid int) {
	a.t.Helper()
	a.until("it runs", func(all []State) bool {
		at := slices.IndexFunc(all, func(s State) bool { return s.Topology == topology && s.Worker == worker && s.Running && s.PID != 0 })
		if at >= 0 {
			pid = all[at].PID
		}
		return at >= 0
	})
	a.locked(topology, worker, pid)
	return pid
}

// locked waits until a process has the lock of a worker.
func (a *agent) locked(topology string, worker, pid int) {
	a.t.Helper()
	eventually(a.t, "it has its lock", func() bool {
		holder, held, err := look(filepath.Join(a.options.Folder, key{topology, worker}.name()))
		return err == nil && held && holder == pid
	})
}

// eventually polls where there is nothing to wait on, such as the end of somebody else's process.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// alive reports whether a process runs; one that has ended but that nobody has reaped does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	state, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(state)), "Z")
}

// record keeps what is logged.
type record struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// waitFor waits until a text was logged.
func (r *record) waitFor(t *testing.T, text string) {
	t.Helper()
	for limit := time.After(patience); ; {
		r.mu.Lock()
		found, changed := strings.Contains(r.text.String(), text), r.changed
		r.mu.Unlock()
		if found {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("%q was not logged, but\n%s", text, r)
		}
	}
}

func isHeld(err error) bool {
	_, held := errors.AsType[*HeldError](err)
	return held
}
