package goplugin

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatAProgramGetsOfTheEnvironment(t *testing.T) {
	topology := gstorm.Config{gstorm.PluginEnv: []any{"TOKEN"}}
	component := gstorm.Config{gstorm.PluginEnv: "REGION"}
	for variable, want := range map[string]bool{
		"PATH": true, "HOME": true, "LC_ALL": true, "GSTORM_ROLE": true, "GOMAXPROCS": true, "https_proxy": true,
		"TOKEN": true, "REGION": true, "SECRET": false, "AWS_SECRET_ACCESS_KEY": false, "GOFLAGS": false, "LD_PRELOAD": false,
	} {
		if got := inherited(variable, topology, component); got != want {
			t.Errorf("%s: %v", variable, got)
		}
	}
	if !inherited("SECRET", gstorm.Config{gstorm.PluginEnv: "*"}) {
		t.Error("* is not everything")
	}
}

// TestTheHandshakesLineIsFound among what is printed before the library could take stdout.
func TestTheHandshakesLineIsFound(t *testing.T) {
	const line = "1|1|unix|/tmp/a|grpc|\n"
	var printed []string
	h := &handshakeLine{
		lines: bufio.NewReader(strings.NewReader("hello\n\n1|no line\n" + line + "later\r\nno break")),
		print: func(line string) { printed = append(printed, line) },
	}
	got, err := io.ReadAll(h)
	if string(got) != line || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if diff := cmp.Diff([]string{"hello", "", "1|no line", "later", "no break"}, printed); diff != "" {
		t.Error(diff)
	}
}

// TestProgramsAreKeptByTheirContent: what is built meanwhile does not change what runs, and what nobody uses goes.
func TestProgramsAreKeptByTheirContent(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	program := filepath.Join(t.TempDir(), "words")
	keepText := func(text string) string {
		t.Helper()
		if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		kept, err := keep(program, adapters.Request{File: program})
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	one := keepText("one")
	long := time.Now().Add(-2 * keptFor)
	if err := os.Chtimes(one, long, long); err != nil {
		t.Fatal(err)
	}
	if again := keepText("one"); again != one {
		t.Errorf("%s and then %s", one, again)
	}
	two := keepText("two")
	if content, err := os.ReadFile(one); err != nil || string(content) != "one" || one == two {
		t.Errorf("%s: %q, %v", one, content, err)
	}
	if err := os.Chtimes(two, long, long); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(one, []byte("damaged"), 0o755); err != nil {
		t.Fatal(err)
	}
	if mended := keepText("one"); mended != one {
		t.Errorf("%s and then %s", one, mended)
	}
	if _, err := os.Stat(two); !os.IsNotExist(err) {
		t.Errorf("what was not used for long is still there: %v", err)
	}
}

func TestWhatTheCompilerSays(t *testing.T) {
	said := "# command-line-arguments\n./words.go:12:3: cannot use x (variable of type int) as string value:\n\tneed type assertion\n../lib/a.go:3: undefined: y\nwords.go:1:1: no required module provides package github.com/gstorm/gstorm; to add it:\n"
	want := gstorm.Problems{
		{Severity: gstorm.Error, At: gstorm.Position{File: "top/words.go", Line: 12}, Message: "cannot use x (variable of type int) as string value:\n\tneed type assertion"},
		{Severity: gstorm.Error, At: gstorm.Position{File: "lib/a.go", Line: 3}, Message: "undefined: y"},
		{Severity: gstorm.Error, At: gstorm.Position{File: "top/words.go", Line: 1}, Message: "no required module provides package github.com/gstorm/gstorm; to add it:",
			Hint: "it has to be in a module that requires gstorm: go mod init NAME && go get github.com/gstorm/gstorm"},
	}
	if diff := cmp.Diff(want, buildProblems("top/words.go", "top", said, os.ErrInvalid)); diff != "" {
		t.Error(diff)
	}
	got := buildProblems("words.go", ".", "go: disk full\n", os.ErrInvalid)
	if len(got) != 1 || got[0].Message != "it can't be built: go: disk full" {
		t.Errorf("%+v", got)
	}
}
