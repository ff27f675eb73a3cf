package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gstorm/gstorm/adapters"
	fluxadapter "github.com/gstorm/gstorm/adapters/flux"
	"github.com/gstorm/gstorm/adapters/ruby"
	"github.com/gstorm/gstorm/connectors/builtin"
)

// TestMain makes the test binary two commands for scripts: gstorm as it is shipped, and gstorm-test, which also opens
// topology descriptions (.json) with the components of components_test.go, so that scripts need no other language.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"gstorm": main,
		"gstorm-test": func() {
			p := &program{
				stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
				adapters: []adapters.Adapter{ruby.Adapter{}, fluxadapter.Adapter{}, descriptions{}}, builtins: withTestComponents(builtin.All()),
			}
			os.Exit(p.main(context.Background(), os.Args))
		},
	})
}

// TestScripts runs testdata/script/*.txtar. Each is a story of what a user does and sees. Beside the usual commands:
//
//	code N COMMAND...    runs the command, which must end with the exit code N
//	bad PATTERN ARGS...  runs gstorm-test, which must end with 2 and one line on stderr with the pattern, and print nothing
//	await FILE PATTERN   waits until the file holds the pattern
//
// The condition [lacks:PROGRAM] holds where a program is not installed; never in CI, where that is a failure.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else every command takes a second longer under -race
			e.Setenv("HOME", e.WorkDir+"/.home")    // for the libraries that gstorm unpacks
			return goOutside(e)
		},
		Condition:     lacks,
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"code": code, "bad": bad, "await": await},
	})
}

// goOutside lets scripts build with what Go has in the caches of the user.
func goOutside(e *testscript.Env) error {
	repo, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	e.Setenv("REPO", repo)
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GONOSUMDB", "GOSUMDB"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return fmt.Errorf("go env: %w", err)
		}
		e.Setenv(name, strings.TrimSpace(string(value)))
	}
	return nil
}

// slow leaves a test out of go test -short, which is for who works on something else.
func slow(t *testing.T, takes string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("it takes %s, too long for -short", takes)
	}
}

func lacks(condition string) (bool, error) {
	program, ok := strings.CutPrefix(condition, "lacks:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", condition)
	}
	_, err := exec.LookPath(program)
	return err != nil && os.Getenv("CI") == "", nil
}

func code(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case err == nil:
		ts.Fatalf("ended with 0, not %s", args[0])
	case !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0]:
		ts.Fatalf("%v, not %s", err, args[0])
	}
}

func bad(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: bad PATTERN ARGS...")
	}
	code(ts, false, append([]string{"2", "gstorm-test"}, args[1:]...))
	stderr := ts.ReadFile("stderr")
	if found, err := regexp.MatchString(args[0], stderr); err != nil || !found || strings.Count(stderr, "\n") != 1 {
		ts.Fatalf("stderr is no line with %s (%v)", args[0], err)
	}
	if ts.ReadFile("stdout") != "" {
		ts.Fatalf("stdout is not empty")
	}
}

// awaitLimit is long, since it is only ever reached by a failure.
const awaitLimit = 30 * time.Second

func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await FILE PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	limit := time.After(awaitLimit)
	var content []byte
	for {
		content, _ = os.ReadFile(ts.MkAbs(args[0])) // it may not be there yet
		if pattern.Match(content) {
			return
		}
		select {
		case <-look.C:
		case <-limit:
			ts.Fatalf("%s never held %s:\n%s", args[0], pattern, content)
		}
	}
}
