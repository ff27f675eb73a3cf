package python

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/adapterstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

// driven is the hello world with code after its submission.
func driven(code string) string {
	return helloWorld + "    def on_submit(cls, env, cluster): " + code + "\n"
}

var pythonFiles = adapterstest.Language{
	Open: func(limit time.Duration) adapters.Adapter { return Adapter{Limit: limit} },
	File: "hello.py",
	HelloWorld: adapterstest.Hello{
		Source: helloWorld, Name: "hello_world", Class: "HelloWorld", Language: "python", ShouterLine: 16, ShouterType: "Shouter",
	},
	Second: adapterstest.Second{
		Source: helloWorld + `
class Other(HelloWorld):
    name = "their-own"
print(os.environ["GSTORM_ROLE"], sys.argv)
`,
		Classes: []string{"HelloWorld", "Other"}, Default: "Other", Other: "HelloWorld",
		Printed: `describe ['hello.py', '--name', 'b c']`,
	},
	Wrong: map[string]adapterstest.Wrong{
		"syntax":            {Source: "class Foo:\n  x = = 1\n", Want: "hello.py:2: error: "},
		"exception":         {Source: "\n\nraise ValueError('not today')\n", Want: "hello.py:3: error: "},
		"missing module":    {Source: "\nimport no_such_module_anywhere\n", Want: "hello.py:2: error: "},
		"no topology":       {Source: "print('hi')\n", Want: "there is no topology in hello.py"},
		"empty":             {Source: "", Want: "there is no topology in hello.py"},
		"binary":            {Source: "\x00\xff\xfe\x7fELF", Want: "hello.py:1: error: "},
		"prints a topology": {Source: "print('{\"topology\":{}}')\n", Want: "there is no topology in hello.py"},
		"exits":             {Source: "import sys; sys.exit(3)\n", Want: "hello.py"},
		"exits at once":     {Source: "import os; os._exit(3)\n", Want: "hello.py: error: the process that loads it ended with exit status 3"},
		"kills itself":      {Source: "import os; os.kill(os.getpid(), 9)\n", Want: "signal: killed"},
	},
	Endless: "import sys, time; print('connecting', file=sys.stderr, flush=True); time.sleep(600)\n",
	Driven: map[string]adapterstest.Driven{
		"nothing to do": {Source: driven("pass")},
		"shuts down":    {Source: driven("cluster.shutdown()"), Down: true},
		"raises":        {Source: driven("raise ValueError('not today')"), Want: "hello.py:17: error: "},
		"is killed":     {Source: driven("os.kill(os.getpid(), 9)"), Want: "signal: killed"},
	},
	Waiting: driven("print(os.getpid(), file=sys.stderr, flush=True); import time; time.sleep(600)"),
}

func TestAdapter(t *testing.T) {
	alone(t)
	adapterstest.Run(t, pythonFiles)
}

// alone takes away what chooses another interpreter or library.
func alone(t *testing.T) {
	t.Helper()
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("GSTORM_PYTHON_LIB", "")
}

// topology writes a Python file into a working directory of its own, in which no virtual environment is active.
func topology(t *testing.T, source string) (file string) {
	t.Helper()
	alone(t)
	return pythonFiles.Write(t, source)
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
