package javascript

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

const helloWorld = `import { bolt, spout, topology } from 'gstorm';
export const greeter = spout(['greeting'], () => ({ emit }) => emit(['hello ' + process.argv.slice(2).join(' ')]));
const shouter = bolt(['shout'], (t, { emit }) => emit([t[0].toUpperCase()]));
export const HelloWorld = topology('hello-world', (t) => {
  t.spout('greeter', greeter);
  t.bolt('shouter', shouter, { parallelism: 2 }).shuffle('greeter');
});
`

// topology writes a file into a working directory of its own.
func topology(t *testing.T, source string) (file string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if err := os.WriteFile("hello.js", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return "hello.js"
}

// open opens a file that has to be right.
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
	got := open(t, adapters.Request{File: topology(t, helloWorld)}).Topology()
	if got.Name != "hello-world" || got.Language != "javascript" || got.Class != "HelloWorld" || got.Driver {
		t.Errorf("got %+v", got)
	}
	want := &gstorm.Component{
		ID: "shouter", Kind: gstorm.BoltKind, Parallelism: 2, Tasks: 2, Config: gstorm.Config{},
		Implementation: gstorm.Implementation{Type: gstorm.FileImplementation},
		Outputs:        map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"shout"}}},
		Inputs: []gstorm.Input{{
			From: "greeter", Stream: "default", Grouping: gstorm.Shuffle, At: gstorm.Position{File: "hello.js", Line: 6},
		}},
		At: gstorm.Position{File: "hello.js", Line: 6},
	}
	if diff := cmp.Diff(want, got.Component("shouter")); diff != "" {
		t.Error(diff)
	}
}

func TestOpenHandsOnWhatIsAskedFor(t *testing.T) {
	source := helloWorld + `export const Other = topology('other', (t) => { t.spout('greeter', greeter); });
console.log(process.env.GSTORM_ROLE, process.argv.slice(2));
`
	file := topology(t, source)
	if got := open(t, adapters.Request{File: file}).Topology(); got.Class != "Other" || !slices.Equal(got.Classes, []string{"HelloWorld", "Other"}) {
		t.Errorf("without a class: got %s of %q, want the last", got.Class, got.Classes)
	}
	var printed []string // Close waits for who writes to it
	s := open(t, adapters.Request{
		File: file, Class: "HelloWorld", Name: "mine", Env: "cluster", Args: []string{"--name", "b c"},
		Logger: lineLogger(func(line string) { printed = append(printed, line) }),
	})
	if got := s.Topology(); got.Class != "HelloWorld" || got.Name != "mine" {
		t.Errorf("got %s as %s", got.Class, got.Name)
	}
	s.Close()
	if diff := cmp.Diff([]string{"describe [ '--name', 'b c' ]"}, printed); diff != "" {
		t.Error(diff)
	}
	parts := open(t, adapters.Request{File: file, Components: []string{"greeter"}}).Topology()
	if len(parts.Components) != 1 || parts.Components[0].ID != "greeter" {
		t.Errorf("asked for a component: got %+v", parts.Components)
	}
}

func TestOpenSaysWhatIsWrongWithTheFile(t *testing.T) {
	cases := map[string]struct{ source, want string }{
		"syntax":       {"import 'gstorm';\n\nconst x = = 1;\n", "hello.js:3: error: "},
		"exception":    {"\n\nthrow new Error('not today');\n", "hello.js:3: error: "},
		"no topology":  {"console.log('hi');\n", "there is no topology in hello.js"},
		"binary":       {"\x00\xff\xfe\x7fELF", "hello.js:1: error: "},
		"kills itself": {"process.kill(process.pid, 'SIGKILL');\n", "signal: killed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Adapter{}.Open(t.Context(), adapters.Request{File: topology(t, c.source)})
			var problems gstorm.Problems
			if !errors.As(err, &problems) || !strings.Contains(problems.Error(), c.want) {
				t.Errorf("got %v, want a problem that has %q", err, c.want)
			}
		})
	}
}

// speak starts a command, gives it a handshake and a first command, and returns what it answers to that.
func speak(t *testing.T, launch adapters.Launch) string {
	t.Helper()
	cmd := exec.Command(launch.Command[0], launch.Command[1:]...)
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
		"conf": map[string]any{}, "pidDir": t.TempDir(), "context": map[string]any{"taskid": 1, "componentid": "greeter"},
	})
	if _, err := stdin.Write([]byte(string(handshake) + "\nend\n{\"command\":\"next\"}\nend\n")); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), "emit") {
	}
	emitted := lines.Text()
	stdin.Close()
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return emitted
}

func TestLaunchStartsATask(t *testing.T) {
	s := open(t, adapters.Request{File: topology(t, helloWorld), Args: []string{"there"}})
	launch, err := s.Launch(s.Topology().Component("greeter"))
	if err != nil {
		t.Fatal(err)
	}
	if got := speak(t, launch); !strings.Contains(got, "hello there") {
		t.Errorf("the spout emitted %q", got)
	}
}

func TestLaunchDebuggedWaitsForADebugger(t *testing.T) {
	s := open(t, adapters.Request{File: topology(t, helloWorld)})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	launch, attach, err := s.(adapters.Debugged).LaunchDebugged(t.Context(), s.Topology().Component("greeter"), port)
	if err != nil || !strings.Contains(attach, "node inspect 127.0.0.1:") {
		t.Fatalf("%q, %v", attach, err)
	}
	cmd := exec.Command(launch.Command[0], launch.Command[1:]...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	if lines.Scan(); !strings.HasPrefix(lines.Text(), "Debugger listening on ws://127.0.0.1:") {
		t.Errorf("it said %q", lines.Text())
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func TestDriveRunsWhatFollowsTheSubmission(t *testing.T) {
	cases := map[string]struct {
		body, want string
		down       bool
	}{
		"shuts down":   {"await run(HelloWorld, { seconds: 0.01 });", "", true},
		"does nothing": {"await run(HelloWorld);", "", false},
		"throws":       {"await submit(HelloWorld); throw new Error('not today');", "hello.js:10: error: ", false},
		"is killed":    {"await submit(HelloWorld); process.kill(process.pid, 'SIGKILL');", "signal: killed", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, adapters.Request{File: topology(t, helloWorld+"import { run, submit } from 'gstorm';\n\n"+c.body+"\n")})
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

// control is a Control that notes Shutdown.
type control struct {
	adapters.Control
	down bool
}

func (c *control) Shutdown() { c.down = true }

// onlyProgram makes a shell script the only program on the PATH.
func onlyProgram(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestNodeIsMissingOrTooOld(t *testing.T) {
	tooOld := `[ "$1" = -p ] && { printf 16.20.2; exit; }
		echo 'boot.js:1: SyntaxError' >&2; exit 1`
	cases := map[string]struct{ program, script, want string }{
		"missing":           {"apt-get", "", "Node.js is not installed: there is no program node or nodejs on the PATH (install it with: sudo apt-get install nodejs; or"},
		"too old":           {"node", tooOld, "is version 16.20.2, gstorm needs 18.0 or later"},
		"too old as nodejs": {"nodejs", tooOld, "is version 16.20.2, gstorm needs 18.0 or later"},
		"broken":            {"node", "echo 'nvm: no such version' >&2; exit 1", "nvm: no such version"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := topology(t, helloWorld)
			onlyProgram(t, c.program, c.script)
			_, err := Adapter{}.Open(t.Context(), adapters.Request{File: file})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestNoFileIsLeftOut looks for names that go:embed leaves out.
func TestNoFileIsLeftOut(t *testing.T) {
	err := fs.WalkDir(os.DirFS("."), "lib", func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, missing := fs.Stat(Library().Files, name); missing != nil && strings.HasSuffix(filepath.Ext(name), "js") {
			t.Errorf("%s is not embedded", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The npm package and gstorm are one thing, so they have one version.
func TestThePackageHasTheVersionOfGstorm(t *testing.T) {
	text, err := embedded.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if want, _, _ := strings.Cut(gstorm.Version(), "-"); manifest.Version != want {
		t.Errorf("package.json has %s, gstorm is %s", manifest.Version, gstorm.Version())
	}
}
