package ruby

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

const helloWorld = `require 'red_storm'
class Greeter < RedStorm::DSL::Spout
  output_fields :greeting
  on_send { 'hello ' + ARGV.join(' ') }
end
class Shouter < RedStorm::DSL::Bolt
  output_fields :shout
  on_receive { |tuple| tuple[0].upcase }
end
class HelloWorldTopology < RedStorm::DSL::Topology
  spout Greeter
  bolt(Shouter, parallelism: 2) { source Greeter, :shuffle }
end
`

// topology writes a Ruby file into a working directory of its own.
func topology(t *testing.T, source string) (file string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if err := os.WriteFile("hello.rb", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return "hello.rb"
}

// open opens a Ruby file that has to be right.
func open(t *testing.T, r adapters.Request) adapters.Session {
	t.Helper()
	s, err := Adapter{}.Open(t.Context(), r)
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

func TestOpenDescribesTheFile(t *testing.T) {
	file := topology(t, helloWorld)
	got := open(t, adapters.Request{File: file}).Topology()
	if got.Name != "hello_world_topology" || got.Language != "ruby" || got.Class != "HelloWorldTopology" || got.Driver {
		t.Errorf("got %+v", got)
	}
	bolt := got.Component("shouter")
	if bolt == nil {
		t.Fatalf("no bolt in %+v", got)
	}
	want := &gstorm.Component{
		ID: "shouter", Kind: gstorm.BoltKind, Class: "Shouter", Parallelism: 2,
		Implementation: gstorm.Implementation{Type: gstorm.FileImplementation},
		Outputs:        map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"shout"}}},
	}
	if bolt.At.Line != 12 || len(bolt.Inputs) != 1 || bolt.Inputs[0].From != "greeter" {
		t.Errorf("got %+v", bolt)
	}
	bolt.At, bolt.Inputs, bolt.Tasks, bolt.Config = gstorm.Position{}, nil, 0, nil
	if diff := cmp.Diff(want, bolt); diff != "" {
		t.Error(diff)
	}
}

func TestOpenHandsOnWhatIsAskedFor(t *testing.T) {
	source := helloWorld + `
class OtherTopology < RedStorm::DSL::Topology
  spout Greeter
end
$stdout.puts "#{ENV['GSTORM_ROLE']} #{ARGV}"
`
	file := topology(t, source)
	if got := open(t, adapters.Request{File: file}).Topology(); got.Class != "OtherTopology" || !slices.Equal(got.Classes, []string{"HelloWorldTopology", "OtherTopology"}) {
		t.Errorf("without a class: got %s of %q, want the last", got.Class, got.Classes)
	}
	var mu sync.Mutex
	var printed []string
	s := open(t, adapters.Request{
		File: file, Class: "HelloWorldTopology", Name: "mine", Env: "cluster", Args: []string{"--name", "b c"},
		Logger: lineLogger(func(line string) {
			mu.Lock()
			defer mu.Unlock()
			printed = append(printed, line)
		}),
	})
	if got := s.Topology(); got.Class != "HelloWorldTopology" || got.Name != "mine" {
		t.Errorf("got %s as %s", got.Class, got.Name)
	}
	s.Close()
	if diff := cmp.Diff([]string{`describe ["--name", "b c"]`}, printed); diff != "" {
		t.Error(diff)
	}
}

func TestOpenSaysWhatIsWrongWithTheFile(t *testing.T) {
	cases := map[string]struct{ source, want string }{
		"syntax":            {"class Foo\n  x = = 1\nend\n", "hello.rb:2: error: "},
		"exception":         {"\n\nraise ArgumentError, 'not today'\n", "hello.rb:3: error: "},
		"missing gem":       {"\nrequire 'no_such_gem_anywhere'\n", "hello.rb:2: error: "},
		"no topology":       {"puts 'hi'\n", "there is no topology in hello.rb"},
		"empty":             {"", "there is no topology in hello.rb"},
		"binary":            {"\x00\xff\xfe\x7fELF", "hello.rb:1: error: "},
		"unknown class":     {helloWorld, "HelloWorldTopology"},
		"prints a topology": {"$stdout.puts '{\"topology\":{}}'\n", "there is no topology in hello.rb"},
		"exits":             {"exit 3\n", "hello.rb"},
		"exits at once":     {"exit! 3\n", "hello.rb: error: the process that loads it ended with exit status 3"},
		"kills itself":      {"$stderr.puts 'bye'; Process.kill(:KILL, $$); sleep\n", "signal: killed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := adapters.Request{File: topology(t, c.source)}
			if name == "unknown class" {
				request.Class = "Nope"
			}
			_, err := Adapter{}.Open(t.Context(), request)
			var problems gstorm.Problems
			if !errors.As(err, &problems) || !strings.Contains(problems.Error(), c.want) {
				t.Errorf("got %v, want a problem that has %q", err, c.want)
			}
		})
	}
}

func TestOpenOfAMissingFile(t *testing.T) {
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: "none.rb"})
	if err == nil || err.Error() != "none.rb: error: there is no such file" {
		t.Errorf("got %v", err)
	}
}

func TestOpenHasALimit(t *testing.T) {
	file := topology(t, "$stderr.puts 'connecting'\nsleep\n")
	_, err := Adapter{Limit: time.Second}.Open(t.Context(), adapters.Request{File: file})
	if err == nil || !strings.Contains(err.Error(), "longer than 1s") {
		t.Errorf("got %v", err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	request := adapters.Request{File: topology(t, "$stderr.puts 'loading'\nsleep\n"), Logger: lineLogger(func(string) { cancel() })}
	if _, err := (Adapter{}).Open(ctx, request); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestLaunchStartsATask(t *testing.T) {
	s := open(t, adapters.Request{File: topology(t, helloWorld), Env: "local", Args: []string{"there"}})
	launch, err := s.Launch(s.Topology().Component("greeter"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(launch.Command[0], launch.Command[1:]...)
	cmd.Dir = launch.Dir
	cmd.Env = os.Environ()
	for name, value := range launch.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	handshake, _ := json.Marshal(map[string]any{
		"conf": map[string]any{}, "pidDir": t.TempDir(),
		"context": map[string]any{"taskid": 1, "componentid": "greeter", "task->component": map[string]string{"1": "greeter"}},
	})
	if _, err := stdin.Write([]byte(string(handshake) + "\nend\n{\"command\":\"next\"}\nend\n")); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), "hello there") {
	}
	if lines.Text() == "" {
		t.Error("the spout has not emitted its greeting")
	}
	stdin.Close()
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// control is a Control that notes Shutdown.
type control struct {
	adapters.Control
	down bool
}

func (c *control) Shutdown() { c.down = true }

func TestDriveRunsOnSubmit(t *testing.T) {
	cases := map[string]struct {
		body, want string
		down       bool
	}{
		"nothing to do": {"", "", false},
		"shuts down":    {"cluster.shutdown", "", true},
		"raises":        {"raise 'not today'", "hello.rb:15: error: ", false},
		"is killed":     {"Process.kill(:KILL, $$); sleep", "signal: killed", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, adapters.Request{File: topology(t, helloWorld+"class HelloWorldTopology\n  on_submit { "+c.body+" }\nend\n")})
			if !s.Topology().Driver {
				t.Fatal("no driver")
			}
			var made control
			err := s.Drive(t.Context(), &made)
			var problems gstorm.Problems
			if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &problems) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if made.down != c.down {
				t.Errorf("shut down: %v", made.down)
			}
		})
	}
}

func TestDriveSurvivesTheDeathOfItsProcess(t *testing.T) {
	pid := make(chan int, 1)
	source := helloWorld + "class HelloWorldTopology\n  on_submit { $stderr.puts $$; sleep }\nend\n"
	s := open(t, adapters.Request{File: topology(t, source), Logger: lineLogger(func(line string) {
		var n int
		if json.Unmarshal([]byte(line), &n) == nil {
			pid <- n
		}
	})})
	driven := make(chan error)
	go func() { driven <- s.Drive(t.Context(), &control{}) }()
	if err := syscall.Kill(<-pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := <-driven; err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("got %v", err)
	}
}

func TestCloseEndsADriver(t *testing.T) {
	started := make(chan struct{}, 1)
	source := helloWorld + "class HelloWorldTopology\n  on_submit { $stderr.puts 'driving'; sleep }\nend\n"
	s := open(t, adapters.Request{File: topology(t, source), Logger: lineLogger(func(string) { started <- struct{}{} })})
	ctx, cancel := context.WithCancel(t.Context())
	driven := make(chan error)
	go func() { driven <- s.Drive(ctx, &control{}) }()
	<-started
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
