package ruby

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
)

// onlyRuby makes a shell script the only program on the PATH.
func onlyRuby(t *testing.T, script string) (file string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	file = filepath.Join(dir, "ruby")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRubyIsTooOld(t *testing.T) {
	file := topology(t, helloWorld)
	ruby := onlyRuby(t, `
		[ "$1" = -e ] && { printf 2.7.0; exit; }
		echo 'boot.rb:1: syntax error' >&2; exit 1`)
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: file})
	want := "error: Ruby is too old: " + ruby + " is version 2.7.0, gstorm needs 3.1 or later ("
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRubyIsBroken(t *testing.T) {
	file := topology(t, helloWorld)
	onlyRuby(t, `echo "rbenv: version 9 is not installed" >&2; exit 1`)
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: file})
	if err == nil || !strings.Contains(err.Error(), "rbenv: version 9 is not installed") {
		t.Errorf("got %v, want what it said", err)
	}
}

func TestRubyGemsIsLeftOutWhereNothingAsksForIt(t *testing.T) {
	t.Setenv("RUBYOPT", "")
	if got := strings.Join(command("ruby"), " "); got != "ruby --disable-gems" {
		t.Errorf("got %s", got)
	}
	t.Setenv("RUBYOPT", "-rbundler/setup")
	if got := strings.Join(command("ruby"), " "); got != "ruby" {
		t.Errorf("got %s", got)
	}
}

// Version managers put scripts on the PATH that look up which Ruby is meant: once is enough.
func TestTasksSkipTheScriptOfAVersionManager(t *testing.T) {
	real, err := exec.LookPath("ruby")
	if err != nil {
		t.Skip(err)
	}
	file := topology(t, helloWorld)
	for folder, want := range map[string]string{"shims": real, "bin": ""} {
		dir := filepath.Join(t.TempDir(), folder)
		script := filepath.Join(dir, "ruby")
		if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(script, []byte("#!/bin/sh\nexec "+real+` "$@"`), 0o755)); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GSTORM_RUBY", script)
		s := language.MustOpen(t, adapters.Request{File: file})
		launch, err := s.Launch(s.Topology().Component("greeter"))
		if want == "" {
			want = script // somebody else's script may do more than to look it up
		}
		if err != nil || !sameFile(t, launch.Command[0], want) {
			t.Errorf("in a folder %s: task is started by %s, %v", folder, launch.Command[0], err)
		}
	}
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	if err := errors.Join(err, otherErr); err != nil {
		t.Fatal(err)
	}
	return os.SameFile(one, other)
}

// TestNoRubyFileIsLeftOut looks for names that go:embed leaves out.
func TestNoRubyFileIsLeftOut(t *testing.T) {
	err := fs.WalkDir(os.DirFS("lib"), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, missing := fs.Stat(Library().Files, name); missing != nil && filepath.Ext(name) == ".rb" {
			t.Errorf("%s is not embedded", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
