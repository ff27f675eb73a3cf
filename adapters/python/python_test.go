package python

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

const helloWorld = `import os, sys
from gostorm import Bolt, Spout, Topology

class Greeter(Spout):
    outputs = ["greeting"]
    def next_tuple(self):
        return ["hello " + " ".join(sys.argv[1:])]

class Shouter(Bolt):
    outputs = ["shout"]
    def process(self, greeting):
        return [greeting.upper()]

class HelloWorld(Topology):
    greeter = Greeter.spec()
    shouter = Shouter.spec(inputs=[greeter], par=2)
`

// topology writes a Python file into a working directory of its own, in which no virtual environment is active.
func topology(t *testing.T, source string) (file string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("GSTORM_PYTHON_LIB", "")
	if err := os.WriteFile("hello.py", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return "hello.py"
}

// open opens a Python file that has to be right.
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
	if got.Name != "hello_world" || got.Language != "python" || got.Class != "HelloWorld" || got.Driver {
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
	if bolt.At.Line != 16 || len(bolt.Inputs) != 1 || bolt.Inputs[0].From != "greeter" {
		t.Errorf("got %+v", bolt)
	}
	bolt.At, bolt.Inputs, bolt.Tasks, bolt.Config = gstorm.Position{}, nil, 0, nil
	if diff := cmp.Diff(want, bolt); diff != "" {
		t.Error(diff)
	}
}

func TestOpenHandsOnWhatIsAskedFor(t *testing.T) {
	source := helloWorld + `
class Other(HelloWorld):
    name = "their-own"
print(os.environ["GSTORM_ROLE"], sys.argv)
`
	file := topology(t, source)
	if got := open(t, adapters.Request{File: file}).Topology(); got.Class != "HelloWorld" || !slices.Equal(got.Classes, []string{"HelloWorld", "Other"}) {
		t.Errorf("without a class: got %s of %q, want the first", got.Class, got.Classes)
	}
	var mu sync.Mutex
	var printed []string
	s := open(t, adapters.Request{
		File: file, Class: "Other", Name: "mine", Env: "cluster", Args: []string{"--name", "b c"},
		Logger: lineLogger(func(line string) {
			mu.Lock()
			defer mu.Unlock()
			printed = append(printed, line)
		}),
	})
	if got := s.Topology(); got.Class != "Other" || got.Name != "mine" {
		t.Errorf("got %s as %s", got.Class, got.Name)
	}
	s.Close()
	if diff := cmp.Diff([]string{`describe ['hello.py', '--name', 'b c']`}, printed); diff != "" {
		t.Error(diff)
	}
}

func TestOpenSaysWhatIsWrongWithTheFile(t *testing.T) {
	cases := map[string]struct{ source, want string }{
		"syntax":            {"class Foo:\n  x = = 1\n", "hello.py:2: error: "},
		"exception":         {"\n\nraise ValueError('not today')\n", "hello.py:3: error: "},
		"missing module":    {"\nimport no_such_module_anywhere\n", "hello.py:2: error: "},
		"no topology":       {"print('hi')\n", "there is no topology in hello.py"},
		"empty":             {"", "there is no topology in hello.py"},
		"binary":            {"\x00\xff\xfe\x7fELF", "hello.py:1: error: "},
		"unknown class":     {helloWorld, "HelloWorld"},
		"prints a topology": {"print('{\"topology\":{}}')\n", "there is no topology in hello.py"},
		"exits":             {"import sys; sys.exit(3)\n", "hello.py"},
		"exits at once":     {"import os; os._exit(3)\n", "hello.py: error: the process that loads it ended with exit status 3"},
		"kills itself":      {"import os; os.kill(os.getpid(), 9)\n", "signal: killed"},
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

func TestOpenHasALimit(t *testing.T) {
	file := topology(t, "import time; time.sleep(60)\n")
	_, err := Adapter{Limit: time.Second}.Open(t.Context(), adapters.Request{File: file})
	if err == nil || !strings.Contains(err.Error(), "longer than 1s") {
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
		"nothing to do": {"pass", "", false},
		"shuts down":    {"cluster.shutdown()", "", true},
		"raises":        {"raise ValueError('not today')", "hello.py:17: error: ", false},
		"is killed":     {"os.kill(os.getpid(), 9)", "signal: killed", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, adapters.Request{File: topology(t, helloWorld+"    def on_submit(cls, env, cluster): "+c.body+"\n")})
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

// TestNoPythonFileIsLeftOut looks for files that no pattern of go:embed is for, and for compiled ones that one is for.
func TestNoPythonFileIsLeftOut(t *testing.T) {
	err := fs.WalkDir(os.DirFS("lib"), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, missing := fs.Stat(Library().Files, name); missing != nil && filepath.Ext(name) == ".py" {
			t.Errorf("%s is not embedded", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(Library().Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if filepath.Ext(name) == ".pyc" {
			t.Errorf("%s is embedded", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
