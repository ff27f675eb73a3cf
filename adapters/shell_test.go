package adapters_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// program makes an empty file in dir that can be executed if mode says so.
func program(t *testing.T, dir, name string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
		t.Fatal(err)
	}
}

func shellBolt(dir string, command ...string) *gstorm.Component {
	return &gstorm.Component{
		ID: "split", Kind: gstorm.BoltKind, At: gstorm.Position{File: "wc.rb", Line: 4},
		Implementation: gstorm.Implementation{Type: gstorm.ShellImplementation, Command: command, Dir: dir},
	}
}

func TestShellLaunch(t *testing.T) {
	resources, path := t.TempDir(), t.TempDir()
	t.Setenv("PATH", path)
	program(t, resources, "split.sh", 0o755)
	program(t, path, "python3", 0o755)
	program(t, path, "perl", 0o755)
	cases := map[string]struct {
		component *gstorm.Component
		want      []string
		log       []string
	}{
		"on the path":      {shellBolt("", "perl", "x.pl"), []string{"perl", "x.pl"}, nil},
		"in its directory": {shellBolt(resources, "./split.sh"), []string{"./split.sh"}, nil},
		"absolute":         {shellBolt(resources, path+"/perl"), []string{path + "/perl"}, nil},
		"old name":         {shellBolt(resources, "python", "a", "b"), []string{"python3", "a", "b"}, []string{"python is not installed, using python3"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var log record
			got, err := adapters.ShellLaunch(c.component, log.logger())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(adapters.Launch{Command: c.want, Dir: c.component.Implementation.Dir}, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.log, log.all()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestShellLaunchPassesTheEnvironmentOn(t *testing.T) {
	path := t.TempDir()
	t.Setenv("PATH", path)
	program(t, path, "perl", 0o755)
	c := shellBolt("", "perl")
	c.Implementation.Env = map[string]string{"LANG": "C"}
	got, err := adapters.ShellLaunch(c, nil)
	if diff := cmp.Diff(adapters.Launch{Command: []string{"perl"}, Env: map[string]string{"LANG": "C"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestShellLaunchSaysWhatIsMissing(t *testing.T) {
	resources, path := t.TempDir(), t.TempDir()
	t.Setenv("PATH", path)
	program(t, resources, "plain.txt", 0o644)
	cases := map[string]struct {
		component *gstorm.Component
		want      string
	}{
		"command":       {shellBolt(""), "its command is empty"},
		"directory":     {shellBolt(resources+"/none", "perl"), "there is no directory " + resources + "/none"},
		"program":       {shellBolt("", "perl", "x.pl"), `its command "perl x.pl": there is no program perl on the PATH`},
		"both pythons":  {shellBolt("", "python"), "there is no program python on the PATH"},
		"file":          {shellBolt(resources, "./none.sh"), "there is no file " + resources + "/none.sh"},
		"right to run":  {shellBolt(resources, "./plain.txt"), "can't be executed"},
		"not a program": {shellBolt("", resources), "can't be executed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := adapters.ShellLaunch(c.component, nil)
			var problems gstorm.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), `wc.rb:4: error: bolt "split": `) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
