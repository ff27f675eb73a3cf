package javascript

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/adapterstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const helloWorld = `import { bolt, spout, topology } from 'gstorm';
export const greeter = spout(['greeting'], () => ({ emit }) => emit(['hello ' + process.argv.slice(2).join(' ')]));
const shouter = bolt(['shout'], (t, { emit }) => emit([t[0].toUpperCase()]));
export const HelloWorld = topology('hello-world', (t) => {
  t.spout('greeter', greeter);
  t.bolt('shouter', shouter, { parallelism: 2 }).shuffle('greeter');
});
`

// driven is the hello world with code after its submission, which stands on line 10.
func driven(code string) string {
	return helloWorld + "import { run, submit } from 'gstorm';\n\n" + code + "\n"
}

var files = adapterstest.Language{
	Open: func(limit time.Duration) adapters.Adapter { return Adapter{Limit: limit} },
	File: "hello.js",
	HelloWorld: adapterstest.Hello{
		Source: helloWorld, Name: "hello-world", Class: "HelloWorld", Language: "javascript", ShouterLine: 6,
	},
	Second: adapterstest.Second{
		Source: helloWorld + `export const Other = topology('other', (t) => { t.spout('greeter', greeter); });
console.log(process.env.GSTORM_ROLE, process.argv.slice(2));
`,
		Classes: []string{"HelloWorld", "Other"}, Default: "Other", Other: "HelloWorld",
		Printed: "describe [ '--name', 'b c' ]",
	},
	Wrong: map[string]adapterstest.Wrong{
		"syntax":            {Source: "import 'gstorm';\n\nconst x = = 1;\n", Want: "hello.js:3: error: "},
		"exception":         {Source: "\n\nthrow new Error('not today');\n", Want: "hello.js:3: error: "},
		"missing package":   {Source: "\nrequire('no-such-package-anywhere');\n", Want: "hello.js:2: error: "},
		"no topology":       {Source: "console.log('hi');\n", Want: "there is no topology in hello.js"},
		"empty":             {Source: "", Want: "there is no topology in hello.js"},
		"binary":            {Source: "\x00\xff\xfe\x7fELF", Want: "hello.js:1: error: "},
		"prints a topology": {Source: "console.log('{\"topology\":{}}');\n", Want: "there is no topology in hello.js"},
		"exits":             {Source: "process.exit(3);\n", Want: "hello.js"},
		"exits at once":     {Source: "process.reallyExit(3);\n", Want: "hello.js: error: the process that loads it ended with exit status 3"},
		"kills itself":      {Source: "process.kill(process.pid, 'SIGKILL');\n", Want: "signal: killed"},
	},
	Endless: "console.error('connecting');\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n",
	Driven: map[string]adapterstest.Driven{
		"does nothing": {Source: driven("await run(HelloWorld);")},
		"shuts down":   {Source: driven("await run(HelloWorld, { seconds: 0.01 });"), Down: true},
		"throws":       {Source: driven("await submit(HelloWorld); throw new Error('not today');"), Want: "hello.js:10: error: "},
		"is killed":    {Source: driven("await submit(HelloWorld); process.kill(process.pid, 'SIGKILL');"), Want: "signal: killed"},
	},
	Waiting: driven("await submit(HelloWorld); console.error(process.pid); await new Promise((done) => setTimeout(done, 1e6));"),
}

func TestAdapter(t *testing.T) { adapterstest.Run(t, files) }

// topology writes a file into a working directory of its own.
func topology(t *testing.T, source string) (file string) {
	t.Helper()
	return files.Write(t, source)
}

func TestLaunchDebuggedWaitsForADebugger(t *testing.T) {
	s := files.MustOpen(t, adapters.Request{File: topology(t, helloWorld)})
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
