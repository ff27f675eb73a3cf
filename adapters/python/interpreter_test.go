package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
)

// script makes a program in a folder.
func script(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPythonIsTooOld(t *testing.T) {
	file := topology(t, helloWorld)
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	python := script(t, filepath.Join(bin, "python3"), `[ "$1" = -c ] && { echo 3.8.2; exit; }; echo 'SyntaxError' >&2; exit 1`)
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: file})
	want := "error: Python is too old: " + python + " is version 3.8.2, gstorm needs 3.9 or later ("
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPythonIsMissing(t *testing.T) {
	file := topology(t, helloWorld)
	t.Setenv("PATH", t.TempDir())
	_, err := Adapter{}.Open(t.Context(), adapters.Request{File: file})
	want := "error: Python is not installed: there is no program python3 or python on the PATH"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDebuggerIsMissing(t *testing.T) {
	bin := t.TempDir()
	python := script(t, filepath.Join(bin, "python3"), `printf "Traceback\nModuleNotFoundError: No module named 'debugpy'\n" >&2; exit 1`)
	_, _, err := debugger(t.Context(), python, 5678)
	want := "error: Python's debugger can't be loaded: ModuleNotFoundError: No module named 'debugpy' (" + python + " -m pip install debugpy)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

const projectConfig = `{"envs": {"prod": {"virtualenv_root": "venvs"}, "beta": {"virtualenv_root": "", "virtualenv_name": "x"}}}`

// TestTheBestInterpreterIsTaken adds one place after the other, the least wanted first, and looks which is taken.
func TestTheBestInterpreterIsTaken(t *testing.T) {
	topology(t, helloWorld)
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	for path, text := range map[string]string{"p/config.json": projectConfig, "p/src/x.py": "", "p/topologies/wc.py": helloWorld} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		path string
		why  string
		set  func()
	}{
		{filepath.Join(bin, "python3"), "the one on the PATH", nil},
		{".venv/bin/python", "of the folder's .venv", nil},
		{"p/.venv/bin/python", "of the folder's .venv", nil},
		{"p/topologies/.venv/bin/python", "of the folder's .venv", nil},
		{filepath.Join(root, "active/bin/python"), "of the active virtual environment", func() { t.Setenv("VIRTUAL_ENV", filepath.Join(root, "active")) }},
		{"p/venvs/wc/bin/python", "of the project's virtual environment", nil},
		{filepath.Join(root, "own"), "which GSTORM_PYTHON names", func() { t.Setenv("GSTORM_PYTHON", filepath.Join(root, "own")) }},
	} {
		script(t, step.path, "")
		if step.set != nil {
			step.set()
		}
		got, err := find(language(), "p/topologies/wc.py", "prod")
		if err != nil || filepath.Clean(got.path) != step.path || got.why != step.why {
			t.Errorf("got %+v, %v, want %s, %s", got, err, step.path, step.why)
		}
	}
}

func TestAnEnvironmentOfTheProjectWithoutAVirtualEnvironment(t *testing.T) {
	p := project(t.TempDir())
	if err := os.WriteFile(filepath.Join(string(p), "config.json"), []byte(projectConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	for env, want := range map[string]string{"prod": filepath.Join(string(p), "venvs", "wc"), "beta": "", "local": ""} {
		if got := p.environment("wc", env); got != want {
			t.Errorf("%s: got %q, want %q", env, got, want)
		}
	}
}

// Version managers put scripts on the PATH that look up which Python is meant: once is enough.
func TestTasksSkipTheScriptOfAVersionManager(t *testing.T) {
	program, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	file := topology(t, helloWorld)
	shim := script(t, filepath.Join(t.TempDir(), "shims", "python3"), "exec "+program+` "$@"`)
	t.Setenv("GSTORM_PYTHON", shim)
	s := pythonFiles.MustOpen(t, adapters.Request{File: file})
	launch, err := s.Launch(s.Topology().Component("greeter"))
	if err != nil || launch.Command[0] == shim {
		t.Errorf("a task is started by %q, %v", launch.Command, err)
	}
}
