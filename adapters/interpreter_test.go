package adapters_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
)

func esperanto() adapters.Interpreter {
	return adapters.Interpreter{
		Language: "Esperanto", Programs: []string{"esperanto3", "esperanto"}, Variable: "GSTORM_ESPERANTO",
		Version: []string{"-V"}, Oldest: [2]int{3, 1}, Package: "zamenhof", Site: "https://esperanto.example/",
	}
}

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

func TestInterpreterIsNotInstalled(t *testing.T) {
	const missing = "error: Esperanto is not installed: there is no program "
	cases := map[string]struct{ named, manager, want string }{
		"Debian": {"", "apt-get", missing + "esperanto3 or esperanto on the PATH " +
			"(install it with: sudo apt-get install zamenhof; or set GSTORM_ESPERANTO to another Esperanto)"},
		"macOS":   {"", "brew", missing + "esperanto3 or esperanto on the PATH (install it with: brew install zamenhof; or"},
		"unknown": {"", "setup.exe", missing + "esperanto3 or esperanto on the PATH (see https://esperanto.example/"},
		"named":   {"esperanto9", "brew", missing + "esperanto9, which GSTORM_ESPERANTO names ("},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GSTORM_ESPERANTO", c.named)
			onlyProgram(t, c.manager, "")
			_, err := esperanto().Find()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestInterpreterIsFoundByAnyOfItsNames(t *testing.T) {
	want := onlyProgram(t, "esperanto", "")
	for _, named := range []string{"", "esperanto", want} {
		t.Setenv("GSTORM_ESPERANTO", named)
		if path, err := esperanto().Find(); path != want || err != nil {
			t.Errorf("with %q: %s, %v", named, path, err)
		}
	}
}

func TestInterpreterIsTooOld(t *testing.T) {
	for version, old := range map[string]bool{
		"2.7.0": true, "3.0.9": true, "3.1.0": false, "3.10": false, "4.0.0-preview1": false, "unknown": false,
	} {
		path := onlyProgram(t, "esperanto", `[ "$1" = -V ] && echo `+version)
		err := esperanto().TooOld(t.Context(), path)
		want := "error: Esperanto is too old: " + path + " is version " + version + ", gstorm needs 3.1 or later ("
		if old != (err != nil) || old && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("version %s: %v", version, err)
		}
	}
}
