package ruby

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
)

// onlyProgram makes a shell script the only program on the PATH.
func onlyProgram(t *testing.T, name, script string) (file string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	file = filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRubyIsNotInstalled(t *testing.T) {
	const missing = "error: Ruby is not installed: there is no program "
	cases := map[string]struct{ named, manager, want string }{
		"Debian":  {"", "apt-get", missing + "ruby on the PATH (install it with: sudo apt-get install ruby; or set GSTORM_RUBY to another Ruby)"},
		"macOS":   {"", "brew", missing + "ruby on the PATH (install it with: brew install ruby; or"},
		"unknown": {"", "setup.exe", missing + "ruby on the PATH (see https://www.ruby-lang.org/"},
		"named":   {"ruby9", "brew", missing + "ruby9, which GSTORM_RUBY names ("},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ownCache(t)
			t.Setenv("GSTORM_RUBY", c.named)
			onlyProgram(t, c.manager, "")
			_, err := Adapter{}.Open(t.Context(), adapters.Request{File: topology(t, helloWorld)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestRubyIsTooOld(t *testing.T) {
	ownCache(t)
	ruby := onlyProgram(t, "ruby", `
		[ "$1" = -e ] && { printf 2.7.0; exit; }
		echo 'boot.rb:1: syntax error' >&2; exit 1`)
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: topology(t, helloWorld)})
	want := "error: Ruby is too old: " + ruby + " is version 2.7.0, gstorm needs 3.1 or later ("
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRubyIsBroken(t *testing.T) {
	ownCache(t)
	onlyProgram(t, "ruby", `echo "rbenv: version 9 is not installed" >&2; exit 1`)
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: topology(t, helloWorld)})
	if err == nil || !strings.Contains(err.Error(), "rbenv: version 9 is not installed") {
		t.Errorf("got %v, want what it said", err)
	}
}

func TestRubyGemsIsLeftOutWhereNothingAsksForIt(t *testing.T) {
	i := interpreter("ruby")
	t.Setenv("RUBYOPT", "")
	if got := strings.Join(i.command(), " "); got != "ruby --disable-gems" {
		t.Errorf("got %s", got)
	}
	t.Setenv("RUBYOPT", "-rbundler/setup")
	if got := strings.Join(i.command(), " "); got != "ruby" {
		t.Errorf("got %s", got)
	}
}
