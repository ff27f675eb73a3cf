package child

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/multilang"
)

func TestStartHandsOverTheHandshake(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	file := filepath.Join(t.TempDir(), "handshake")
	s := shell(`read_frame; printf '%s' "$frame" > "$SAVE_TO"; say "{\"pid\":$$}"; until_eof`)
	s.Env = map[string]string{"SAVE_TO": file}
	s.Handshake = multilang.Handshake{
		Conf:    map[string]any{"topology.debug": true, "text": "h\u00e9"},
		Context: multilang.Context{TaskID: 3, ComponentID: "split", TaskComponents: map[int]string{3: "split"}},
	}
	p := mustStart(t, l, s)

	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.Handshake.PidDir = l.pidDir
	want, err := multilang.AppendHandshake(nil, &s.Handshake)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSuffix(string(want), "\nend\n"), string(got)); diff != "" {
		t.Errorf("handshake (-want +got):\n%s", diff)
	}
	var read struct{ PidDir string }
	if err := json.Unmarshal(got, &read); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(read.PidDir); err != nil || !info.IsDir() {
		t.Errorf("pidDir %q is no directory: %v", read.PidDir, err)
	}
	if m := receive(t, p); m.Command != multilang.Pid || m.PID != p.PID() {
		t.Errorf("first message is %v of %d, want the pid message of %d", m.Command, m.PID, p.PID())
	}
	if p.Extension() != nil {
		t.Errorf("extension %v without an offer", p.Extension())
	}
}

func TestStartAgreesOnTheExtension(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	s := shell(`read_frame; say "{\"pid\":$$,\"gstorm\":{\"v\":1,\"features\":[\"busy\",\"unheard\"]}}"; until_eof`)
	s.Handshake.Extension = multilang.Offer()
	p := mustStart(t, l, s)
	want := &multilang.Extension{V: 1, Features: []string{multilang.FeatureBusy}}
	if diff := cmp.Diff(want, p.Extension()); diff != "" {
		t.Errorf("extension (-want +got):\n%s", diff)
	}
}

// A JavaScript component initializes before it sends its pid, and may log and emit meanwhile.
func TestStartKeepsWhatComesBeforeThePid(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	p := mustStart(t, l, shell(`read_frame
		say '{"command":"log","msg":"opening"}'
		say '{"command":"emit","tuple":["a"],"anchors":["5"]}'
		say '{"pid":1}'
		say '{"command":"sync"}'`))
	if !p.Buffered() {
		t.Error("nothing is buffered after Start")
	}
	messages, _ := receiveAll(t, p)
	want := []multilang.Command{multilang.Log, multilang.Emit, multilang.Pid, multilang.Sync}
	if diff := cmp.Diff(want, commands(messages)); diff != "" {
		t.Fatalf("commands (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint64{5}, messages[1].Anchors); diff != "" {
		t.Errorf("anchors of the early emit (-want +got):\n%s", diff)
	}
}

// Neither a handshake nor answers that are larger than any pipe may lead to both sides waiting.
func TestStartWithMuchToSayOnBothSides(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	s := shell(`i=0; while [ $i -lt 20 ]; do
			head -c 100000 /dev/zero | tr '\0' x | sed 's/^/{"command":"log","msg":"/; s/$/"}/'; printf '\nend\n'; i=$((i+1))
		done; ready; until_eof`)
	s.Handshake.Conf = map[string]any{"big": strings.Repeat("x", 1<<20)}
	s.StartTimeout = patience
	p := mustStart(t, l, s)
	p.Kill("enough")
	if messages, _ := receiveAll(t, p); len(messages) != 21 {
		t.Errorf("%d messages, want 20 logs and a pid", len(messages))
	}
}

func TestStartFailures(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	plain := write("plain.rb", "puts 1\n", 0o644)
	headless := write("headless", "\x00\x01\x02", 0o755)
	lost := write("lost", "#!/nowhere/bin/ruby\n", 0o755)
	command := func(argv ...string) Spec { return Spec{Component: "split", Task: 3, Command: argv} }

	for name, tc := range map[string]struct {
		spec      Spec
		phase     Phase
		code      int
		signal    string
		err, hint string // parts of Error() and Hint
	}{
		"no command":        {spec: command(), phase: PhaseStart, code: -1, err: "no command"},
		"unknown command":   {spec: command("no-such-program"), phase: PhaseStart, code: -1, err: `"no-such-program" not found`, hint: "looked in PATH="},
		"missing file":      {spec: command("./no-such-file"), phase: PhaseStart, code: -1, err: `no file "no-such-file"`, hint: "working directory"},
		"not executable":    {spec: command(plain), phase: PhaseStart, code: -1, err: "no permission", hint: "chmod +x"},
		"no program":        {spec: command(headless), phase: PhaseStart, code: -1, err: "is no program", hint: "#!/usr/bin/env ruby"},
		"lost interpreter":  {spec: command(lost), phase: PhaseStart, code: -1, err: `asks for "/nowhere/bin/ruby"`, hint: "apt-get install ruby"},
		"missing directory": {spec: Spec{Command: []string{"sh"}, Dir: dir + "/gone"}, phase: PhaseStart, code: -1, err: "gone: does not exist"},
		"file as directory": {spec: Spec{Command: []string{"sh"}, Dir: plain}, phase: PhaseStart, code: -1, err: "is not a directory"},

		"exit 0":            {spec: shell(`exit 0`), phase: PhaseHandshake, hint: "does the command speak multilang?"},
		"exit 0 after read": {spec: shell(`read_frame`), phase: PhaseHandshake, hint: "does the command speak multilang?"},
		"exit 1":            {spec: shell(`echo "bad things" >&2; exit 1`), phase: PhaseHandshake, code: 1, err: "exited with code 1 before"},
		"python module":     {spec: shell(`echo "ModuleNotFoundError: No module named 'nltk'" >&2; exit 1`), phase: PhaseHandshake, code: 1, hint: `no Python module "nltk"`},
		"python import":     {spec: shell(`echo "ImportError: cannot import name 'x' from 'y'" >&2; exit 1`), phase: PhaseHandshake, code: 1, hint: "cannot import name 'x'"},
		"ruby library":      {spec: command("ruby", "--disable-gems", "-e", "require 'no_such_gem'"), phase: PhaseHandshake, code: 1, hint: `Ruby has no "no_such_gem"`},
		"ruby script":       {spec: command("ruby", "no_such.rb"), phase: PhaseHandshake, code: 1, hint: "no script no_such.rb"},
		"node module":       {spec: shell(`echo "Error: Cannot find module 'redis'" >&2; exit 1`), phase: PhaseHandshake, code: 1, hint: `no module "redis"`},
		"env":               {spec: command("/usr/bin/env", "no-such-interpreter"), phase: PhaseHandshake, code: 127, hint: `asks for "no-such-interpreter"`},
		"shell":             {spec: shell(`no_such_program`), phase: PhaseHandshake, code: 127, hint: `no command "no_such_program"`},
		"error reported":    {spec: shell(`say '{"command":"error","msg":"cannot load such file -- kafka"}'; exit 0`), phase: PhaseHandshake, err: "cannot load such file -- kafka", hint: `no "kafka"`},
		"noise":             {spec: shell(`echo "booting..."; echo more; exit 0`), phase: PhaseHandshake, hint: `before the handshake: "booting..."`},
		"killed":            {spec: shell(`kill -KILL $$`), phase: PhaseHandshake, code: -1, signal: "SIGKILL", hint: "somebody killed it"},
		"crash":             {spec: shell(`kill -SEGV $$`), phase: PhaseHandshake, code: -1, signal: "SIGSEGV", hint: "native code"},

		"no pid in time":      {spec: timeout(shell(`until_eof`)), phase: PhaseHandshake, code: -1, signal: "SIGKILL", err: "no pid message within 200ms", hint: "does the command speak multilang?"},
		"noise but no pid":    {spec: timeout(shell(`echo hello; until_eof`)), phase: PhaseHandshake, code: -1, signal: "SIGKILL", err: "no pid message within 200ms", hint: `before the handshake: "hello"`},
		"closed stdout":       {spec: shell(`exec >&-; sleep 600`), phase: PhaseHandshake, code: -1, signal: "SIGKILL", err: "closed its stdout"},
		"a flood, but no pid": {spec: shell(`while say '{"command":"sync"}'; do :; done`), phase: PhaseHandshake, code: -1, signal: "SIGKILL", err: "1000 messages"},
		"config beyond JSON":  {spec: Spec{Command: []string{"cat"}, Handshake: multilang.Handshake{Conf: map[string]any{"x": make(chan int)}}}, phase: PhaseHandshake, code: -1, signal: "SIGKILL", err: "can not be written as JSON"},
		"too large a message": {spec: tooLarge(shell(`say '{"command":"log","msg":"0123456789012345678901234567890123456789"}'; sleep 600`)), phase: PhaseHandshake, code: -1, signal: "SIGKILL", err: "larger than the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newTestLauncher(t, LauncherOptions{})
			d := startFailure(t, l, tc.spec)
			if d.Phase != tc.phase || d.ExitCode != tc.code || d.Signal != tc.signal {
				t.Errorf("phase %s code %d signal %q, want %s %d %q", d.Phase, d.ExitCode, d.Signal, tc.phase, tc.code, tc.signal)
			}
			if !strings.Contains(d.Error(), tc.err) || !strings.Contains(d.Hint, tc.hint) {
				t.Errorf("want %q in the error and %q in the hint of\n%s\n%s", tc.err, tc.hint, d.Error(), d.Report())
			}
			if strings.Contains(d.Error(), "\n") {
				t.Errorf("error of several lines: %q", d.Error())
			}
		})
	}
}

func timeout(s Spec) Spec {
	s.StartTimeout = 200 * time.Millisecond
	return s
}

func tooLarge(s Spec) Spec {
	s.MaxFrame = 32
	return s
}

func TestStartIsGivenUpWithItsContext(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := l.Start(ctx, shell(`until_eof`))
	var d *Death
	if !errors.As(err, &d) || !strings.Contains(d.Reason, "given up: context canceled") {
		t.Errorf("Start returned %v", err)
	}
}

func TestStartAfterCloseIsRefused(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Start(t.Context(), shell(`ready`)); !errors.Is(err, ErrClosed) {
		t.Errorf("Start returned %v, want ErrClosed", err)
	}
}

func TestCommandAndDirectoryArePassedOn(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	s := shell(`read_frame; printf '%s\n%s' "$1" "$(pwd -P)" > seen; say "{\"pid\":$$}"; until_eof`)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const argument = `a  b "$HOME" *`
	s.Dir, s.Command = dir, append(s.Command, "sh", argument)
	mustStart(t, l, s)
	seen, err := os.ReadFile(filepath.Join(dir, "seen"))
	if err != nil {
		t.Fatal(err)
	}
	if want := argument + "\n" + dir; string(seen) != want {
		t.Errorf("the child saw %q, want %q", seen, want)
	}
}

func TestEnvironment(t *testing.T) {
	for name, tc := range map[string]struct {
		host []string
		spec Spec
		want []string
	}{
		"bare": {
			want: []string{"GSTORM_STDOUT_FD=3", "GSTORM_TASK_MARK=run.3.1", "LC_ALL=" + utf8Locale(), "PATH=", "PYTHONUNBUFFERED=1"},
		},
		"replaced": {
			host: []string{"A=1", "B=2", "LANG=C", "PYTHONUNBUFFERED=x", "PATH=/bin"},
			spec: Spec{Env: map[string]string{"B": "3", "C": ""}},
			want: []string{"A=1", "B=3", "C=", "GSTORM_STDOUT_FD=3", "GSTORM_TASK_MARK=run.3.1", "LANG=C", "PATH=/bin", "PYTHONUNBUFFERED=x"},
		},
		"path is appended": {
			host: []string{"LC_CTYPE=de_DE.UTF-8", "PATH=/bin"},
			spec: Spec{Env: map[string]string{"PATH": "/opt/bin"}, Dir: "/srv"},
			want: []string{"GSTORM_STDOUT_FD=3", "GSTORM_TASK_MARK=run.3.1", "LC_CTYPE=de_DE.UTF-8", "PATH=/bin:/opt/bin", "PWD=/srv", "PYTHONUNBUFFERED=1"},
		},
		"locale by the component": {
			spec: Spec{Env: map[string]string{"LC_ALL": "C", "PATH": "/opt/bin"}},
			want: []string{"GSTORM_STDOUT_FD=3", "GSTORM_TASK_MARK=run.3.1", "LC_ALL=C", "PATH=/opt/bin", "PYTHONUNBUFFERED=1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, environment(tc.host, &tc.spec, "run.3.1")); diff != "" {
				t.Errorf("environment (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommandsAreFoundAsTheChildWould(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"here/run.sh", "path/run.sh", "path/mine"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		text := "#!/bin/sh\n" + prelude + "echo $0 >&3\nready\n"
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct{ command, path, want string }{
		"relative to the directory":   {"./run.sh", "", "./run.sh"},
		"on the component's own PATH": {"mine", filepath.Join(dir, "path"), "/path/mine"},
		"relative PATH":               {"mine", "../path", "/path/mine"},
	} {
		t.Run(name, func(t *testing.T) {
			var printed []string
			l := newTestLauncher(t, LauncherOptions{Print: func(_ string, _ int, line string) { printed = append(printed, line) }})
			p := mustStart(t, l, Spec{Command: []string{tc.command}, Dir: filepath.Join(dir, "here"), Env: map[string]string{"PATH": tc.path}})
			receiveAll(t, p)
			if !slices.ContainsFunc(printed, func(line string) bool { return strings.HasSuffix(line, tc.want) }) {
				t.Errorf("ran %v, want %s", printed, tc.want)
			}
		})
	}
}
