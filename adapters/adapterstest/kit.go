// Package adapterstest holds what the tests of all languages' adapters have in common: the same things are asked of each,
// about files that say the same in each language.
package adapterstest

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// Language is one language's adapter, and files in it.
type Language struct {
	// Open opens a file that has to be loaded within limit (0: the adapter's own limit).
	Open func(limit time.Duration) adapters.Adapter
	// File is what files are called in the tests.
	File string
	// HelloWorld has one topology: the spout "greeter", which emits "hello " and its arguments as the field greeting, and
	// the bolt "shouter", two tasks, shuffled from it, which emits the field shout.
	HelloWorld Hello
	// Second is HelloWorld with another topology after it, and prints its role and arguments when it is loaded.
	Second Second
	// Wrong are files that hold no topology, and what is in the problems that say so.
	Wrong map[string]Wrong
	// Endless is a file that writes a line to stderr and never comes to its end.
	Endless string
	// Driven are files with code after the submission.
	Driven map[string]Driven
	// Waiting is one whose code after the submission writes its process id to stderr and waits for ever.
	Waiting string
}

// Hello is a file, and how its topology is described.
type Hello struct {
	Source      string
	Name, Class string
	Language    string
	ShouterLine int // where the bolt is declared
	ShouterType string
}

// Second is a file with two topologies.
type Second struct {
	Source  string
	Classes []string
	Default string // the one that is taken
	Other   string
	Printed string // what it prints with the role describe and the arguments --name and "b c"
}

// Wrong is a file that can't be described.
type Wrong struct{ Source, Want string }

// Driven is a file with code after the submission: what its failure says, "" for none, and whether it shuts down.
type Driven struct {
	Source, Want string
	Down         bool
}

// Write writes a file of the language into a working directory of the test's own.
func (l Language) Write(t *testing.T, source string) (file string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if err := os.WriteFile(l.File, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return l.File
}

// MustOpen opens a file that has to be right.
func (l Language) MustOpen(t *testing.T, r adapters.Request) adapters.Session {
	t.Helper()
	s, err := l.Open(0).Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Run runs the tests.
func Run(t *testing.T, l Language) {
	t.Run("describes the file", l.describes)
	t.Run("hands on what is asked for", l.handsOn)
	t.Run("says what is wrong with the file", l.saysWhatIsWrong)
	t.Run("a missing file", l.missing)
	t.Run("loading has a limit", l.limited)
	t.Run("loading ends with its context", l.interrupted)
	t.Run("launch starts a task", l.launches)
	t.Run("drives what follows the submission", l.drives)
	t.Run("survives the death of the driver", l.survivesTheDriver)
	t.Run("close ends the driver", l.closesTheDriver)
}

func (l Language) describes(t *testing.T) {
	h := l.HelloWorld
	got := l.MustOpen(t, adapters.Request{File: l.Write(t, h.Source)}).Topology()
	if got.Name != h.Name || got.Language != h.Language || got.Class != h.Class || got.Driver {
		t.Errorf("got %+v", got)
	}
	at := gstorm.Position{File: l.File, Line: h.ShouterLine}
	want := &gstorm.Component{
		ID: "shouter", Kind: gstorm.BoltKind, Class: h.ShouterType, Parallelism: 2, Tasks: 2, Config: gstorm.Config{},
		Implementation: gstorm.Implementation{Type: gstorm.FileImplementation},
		Outputs:        map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"shout"}}},
		Inputs:         []gstorm.Input{{From: "greeter", Stream: "default", Grouping: gstorm.Shuffle, At: at}},
		At:             at,
	}
	if diff := cmp.Diff(want, got.Component("shouter")); diff != "" {
		t.Error(diff)
	}
}

func (l Language) handsOn(t *testing.T) {
	s := l.Second
	file := l.Write(t, s.Source)
	if got := l.MustOpen(t, adapters.Request{File: file}).Topology(); got.Class != s.Default || !slices.Equal(got.Classes, s.Classes) {
		t.Errorf("without a class: got %s of %q, want %s", got.Class, got.Classes, s.Default)
	}
	var said Lines
	session := l.MustOpen(t, adapters.Request{
		File: file, Class: s.Other, Name: "mine", Env: "cluster", Args: []string{"--name", "b c"}, Logger: said.Logger(nil),
	})
	if got := session.Topology(); got.Class != s.Other || got.Name != "mine" {
		t.Errorf("got %s as %s", got.Class, got.Name)
	}
	session.Close()
	if diff := cmp.Diff([]string{s.Printed}, said.All()); diff != "" {
		t.Error(diff)
	}
	parts := l.MustOpen(t, adapters.Request{File: file, Components: []string{"greeter"}}).Topology()
	if len(parts.Components) != 1 || parts.Components[0].ID != "greeter" || len(parts.Components[0].Inputs) > 0 {
		t.Errorf("asked for a component: got %+v", parts.Components)
	}
}

func (l Language) saysWhatIsWrong(t *testing.T) {
	for name, c := range l.Wrong {
		t.Run(name, func(t *testing.T) {
			l.refuses(t, adapters.Request{File: l.Write(t, c.Source)}, c.Want)
		})
	}
	t.Run("unknown class", func(t *testing.T) {
		l.refuses(t, adapters.Request{File: l.Write(t, l.HelloWorld.Source), Class: "Nope"}, l.HelloWorld.Class)
	})
}

func (l Language) refuses(t *testing.T, r adapters.Request, want string) {
	t.Helper()
	_, err := l.Open(0).Open(t.Context(), r)
	var problems gstorm.Problems
	if !errors.As(err, &problems) || !strings.Contains(problems.Error(), want) {
		t.Errorf("got %v, want a problem that has %q", err, want)
	}
}

func (l Language) missing(t *testing.T) {
	_, err := l.Open(0).Open(t.Context(), adapters.Request{File: "none" + l.File})
	if err == nil || err.Error() != "none"+l.File+": error: there is no such file" {
		t.Errorf("got %v", err)
	}
}

func (l Language) limited(t *testing.T) {
	_, err := l.Open(time.Second).Open(t.Context(), adapters.Request{File: l.Write(t, l.Endless)})
	if err == nil || !strings.Contains(err.Error(), "longer than 1s") {
		t.Errorf("got %v", err)
	}
}

func (l Language) interrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var said Lines
	request := adapters.Request{File: l.Write(t, l.Endless), Logger: said.Logger(func(string) { cancel() })}
	if _, err := l.Open(0).Open(ctx, request); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func (l Language) launches(t *testing.T) {
	s := l.MustOpen(t, adapters.Request{File: l.Write(t, l.HelloWorld.Source), Env: "local", Args: []string{"there"}})
	launch, err := s.Launch(s.Topology().Component("greeter"))
	if err != nil {
		t.Fatal(err)
	}
	if emitted := firstEmit(t, launch, "greeter"); !strings.Contains(emitted, "hello there") {
		t.Errorf("the spout emitted %q", emitted)
	}
}

// control is a Control that notes Shutdown.
type control struct {
	adapters.Control
	down bool
}

func (c *control) Shutdown() { c.down = true }

func (l Language) drives(t *testing.T) {
	for name, c := range l.Driven {
		t.Run(name, func(t *testing.T) {
			s := l.MustOpen(t, adapters.Request{File: l.Write(t, c.Source)})
			if !s.Topology().Driver {
				t.Fatal("no driver")
			}
			var made control
			err := s.Drive(t.Context(), &made)
			var problems gstorm.Problems
			if c.Want == "" && err != nil || c.Want != "" && (!errors.As(err, &problems) || !strings.Contains(err.Error(), c.Want)) {
				t.Errorf("got %v, want %q", err, c.Want)
			}
			if made.down != c.Down {
				t.Errorf("shut down: %v", made.down)
			}
		})
	}
}

// waits opens the file whose driver waits, and returns what drives it and the driver's process once it waits.
func (l Language) waits(t *testing.T, ctx context.Context) (s adapters.Session, driven <-chan error, pid int) {
	t.Helper()
	pids := make(chan int, 1)
	var said Lines
	s = l.MustOpen(t, adapters.Request{File: l.Write(t, l.Waiting), Logger: said.Logger(func(line string) {
		if pid := number(line); pid > 0 {
			pids <- pid
		}
	})})
	ended := make(chan error, 1)
	go func() { ended <- s.Drive(ctx, &control{}) }()
	return s, ended, <-pids
}

func (l Language) survivesTheDriver(t *testing.T) {
	_, driven, pid := l.waits(t, t.Context())
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := <-driven; err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("got %v", err)
	}
}

func (l Language) closesTheDriver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, driven, _ := l.waits(t, ctx)
	cancel()
	if err := <-driven; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	began := time.Now()
	s.Close()
	if took := time.Since(began); took >= adapters.DefaultGrace {
		t.Errorf("it did not exit by itself in %v", took)
	}
}
