package ruby

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

func TestYJITIsASwitchForOldRubiesOnly(t *testing.T) {
	for _, c := range []struct {
		mode    any
		version string
		want    string
	}{
		{"always", "3.1.2", "--yjit --yjit-exec-mem-size=4"},
		{"always", "3.2.0", "--yjit"},
		{"always", "3.3.0", ""},
		{"always", "4.0.1", ""},
		{"always", "?", ""},
		{"auto", "3.1.2", ""},
		{nil, "3.2.0", ""},
		{"never", "3.2.0", ""},
	} {
		file := onlyRuby(t, "printf "+c.version)
		got := yjit{interpreter(), file}.switches(gstorm.Config{gstorm.RubyYJIT: c.mode})
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v with Ruby %s: %q, want %q", c.mode, c.version, got, c.want)
		}
	}
}

// TestYJITOfATask: what the task is started with, and that Ruby takes it.
func TestYJITOfATask(t *testing.T) {
	for _, name := range []string{"RUBYOPT", "RUBY_YJIT_ENABLE"} {
		t.Setenv(name, "") // so that it comes back
		os.Unsetenv(name)
	}
	path, err := exec.LookPath("ruby")
	if err = errors.Join(err, exec.Command("ruby", "--yjit", "-e", "exit RubyVM::YJIT.enabled?").Run()); err != nil {
		t.Skip("not every Ruby is built with YJIT, this one is not: ", err)
	}
	s := language.MustOpen(t, adapters.Request{File: topology(t, helloWorld)})
	s.Topology().Config = gstorm.Config{gstorm.RubyYJIT: "always"}
	greeter, shouter := s.Topology().Component("greeter"), s.Topology().Component("shouter")
	shouter.Config = gstorm.Config{gstorm.RubyYJIT: "never"}
	for c, want := range map[*gstorm.Component][]string{greeter: yjit{interpreter(), path}.switches(s.Topology().Config), shouter: nil} {
		launch, err := s.Launch(c)
		boot := slices.IndexFunc(launch.Command, func(word string) bool { return strings.HasSuffix(word, "boot.rb") })
		if err != nil || boot < 0 {
			t.Fatal(launch, err)
		}
		interpreter := launch.Command[:boot]
		if got := interpreter[len(command(path)):]; !slices.Equal(got, want) {
			t.Errorf("%s is started with %q, want %q", c.ID, got, want)
		}
		run := append(slices.Clone(interpreter), "-e", "p RubyVM::YJIT.enabled?")
		out, err := exec.Command(run[0], run[1:]...).CombinedOutput()
		if on := strings.TrimSpace(string(out)) == "true"; err != nil || on != (len(want) > 0) {
			t.Errorf("%s: %s, %v", c.ID, out, err)
		}
	}
}
