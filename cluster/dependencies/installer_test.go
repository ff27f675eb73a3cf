package dependencies

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
)

// asked makes a bundle with lock files in a store's form, whose topology is in the folder t, and the folder bin, which comes first
// on the PATH. Each tool in it is a shell script.
func asked(t *testing.T, files map[string]string, tools map[string]string) Bundle {
	t.Helper()
	at := t.TempDir()
	write(t, filepath.Join(at, "files"), files)
	bin := filepath.Join(at, "bin")
	for name, script := range tools {
		write(t, bin, map[string]string{name: "#!/bin/sh\n" + script + "\n"})
		if err := os.Chmod(filepath.Join(bin, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	for _, variable := range []string{"GSTORM_RUBY", "GSTORM_PYTHON", "GSTORM_NODE"} {
		t.Setenv(variable, "")
	}
	return Bundle{Folder: filepath.Join(at, "files"), File: "t/a.py", Notes: at}
}

var npmAsked = map[string]string{"package.json": "{}", "package-lock.json": "{}"}

// counted is a tool that notes its calls in calls, beside the bundle's files, and makes node_modules.
const counted = `echo "$@" >> ../calls; mkdir -p node_modules; `

func calls(t *testing.T, b Bundle) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(b.Notes, "calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

const npmCI = "ci --omit=dev --no-audit --no-fund --no-update-notifier"

func TestItIsInstalledOnce(t *testing.T) {
	b := asked(t, npmAsked, map[string]string{"npm": counted})
	var installer Installer
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := installer.Install(t.Context(), b); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(b.Folder, "node_modules")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := new(Installer).Install(t.Context(), b); err != nil { // as after a restart
		t.Error(err)
	}
	if diff := cmp.Diff([]string{npmCI}, calls(t, b)); diff != "" {
		t.Error(diff)
	}
}

// TestAnotherTopologyOfTheBundle: what the first one uses is not touched for the second one.
func TestAnotherTopologyOfTheBundle(t *testing.T) {
	files := map[string]string{"other/package.json": "", "other/package-lock.json": ""}
	for name, content := range npmAsked {
		files[name] = content
	}
	b := asked(t, files, map[string]string{"npm": `basename "$PWD" >> "${0%/bin/npm}/calls"`})
	var installer Installer
	for _, file := range []string{"a.js", "other/b.js"} {
		b.File = file
		if err := installer.Install(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"files", "other"}, calls(t, b)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasNotFinishedIsBegunAgain(t *testing.T) {
	b := asked(t, npmAsked, map[string]string{"npm": counted + `[ -e ../fixed ] && [ ! -e node_modules/half ] && exit; touch node_modules/half; exit 7`})
	write(t, b.Folder, map[string]string{"node_modules/half": "came with the bundle"})
	var installer Installer
	for range 2 {
		err := installer.Install(t.Context(), b)
		if want := "package-lock.json: error: npm " + npmCI + " failed: exit status 7 (if the topology does not need them, name package-lock.json in .gstormignore;"; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	write(t, b.Notes, map[string]string{"fixed": ""})
	if err := installer.Install(t.Context(), b); err != nil {
		t.Error(err)
	}
}

// TestAllFailuresAreTold: the steps after one that fails are done.
func TestAllFailuresAreTold(t *testing.T) {
	files := map[string]string{"t/Gemfile": "", "t/Gemfile.lock": "", "requirements.txt": ""}
	for name, content := range npmAsked {
		files[name] = content
	}
	b := asked(t, files, map[string]string{
		"npm": counted, "python3": "echo one; echo two >&2; exit 3",
		"ruby": "echo \"can't find gem bundler (>= 0.a) with executable bundle (Gem::GemNotFoundException)\" >&2; exit 1",
	})
	err := new(Installer).Install(t.Context(), b)
	want := `requirements.txt: error: python -m venv .venv failed: exit status 3 (if the topology does not need them, name requirements.txt in .gstormignore; all of its output is in NOTES/install.log on this node; it wrote:
    one
    two)
t/Gemfile.lock: error: bundle config set --local path vendor/bundle failed: exit status 1 (install bundler on this node: gem install bundler, or the system's package, such as ruby-bundler; all of its output is in NOTES/install.log on this node; it wrote:
    can't find gem bundler (>= 0.a) with executable bundle (Gem::GemNotFoundException))`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, strings.ReplaceAll(err.Error(), b.Notes, "NOTES")); diff != "" {
		t.Error(diff)
	}
	log, err := os.ReadFile(filepath.Join(b.Notes, "install.log"))
	if err != nil || !strings.HasPrefix(string(log), "requirements.txt: python -m venv .venv\none\ntwo\npackage-lock.json: npm ci") {
		t.Errorf("the log is %q, %v", log, err)
	}
	if diff := cmp.Diff([]string{npmCI}, calls(t, b)); diff != "" {
		t.Error(diff)
	}
}

func TestMissingTools(t *testing.T) {
	b := asked(t, map[string]string{
		"Gemfile": "", "Gemfile.lock": "", "pyproject.toml": "", "uv.lock": "", "package.json": "", "yarn.lock": "",
		"t/pyproject.toml": "", "t/poetry.lock": "", "t/package.json": "", "t/package-lock.json": "",
	}, map[string]string{"npm": counted})
	t.Setenv("PATH", filepath.Join(b.Notes, "bin"))
	t.Setenv("GSTORM_RUBY", "ruby-9")
	err := new(Installer).Install(t.Context(), b)
	want := `Gemfile.lock: error: its packages can't be installed: there is no program ruby-9 on this node, which GSTORM_RUBY names (install it there; if the topology does not need them, name Gemfile.lock in .gstormignore)
uv.lock: error: its packages can't be installed: uv is not installed on this node (install it there; if the topology does not need them, name uv.lock in .gstormignore)
yarn.lock: error: gstorm does not install by this file (submit it with its node_modules, or with a package-lock.json: npm install --package-lock-only)
t/poetry.lock: error: its packages can't be installed: poetry is not installed on this node (install it there; if the topology does not need them, name t/poetry.lock in .gstormignore)`
	var problems gstorm.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{""}, calls(t, b)); diff != "" {
		t.Error(diff)
	}
}

// TestTheToolsOfTheInterpreterThatTasksHave: what is built for one Node is of no use to another.
func TestTheToolsOfTheInterpreterThatTasksHave(t *testing.T) {
	b := asked(t, npmAsked, map[string]string{"npm": "exit 1"})
	other := filepath.Join(b.Notes, "other")
	write(t, other, map[string]string{"npm": "#!/bin/sh\nnode", "node": "#!/bin/sh\ntouch ../node-was-called"})
	for _, name := range []string{"npm", "node"} {
		if err := os.Chmod(filepath.Join(other, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GSTORM_NODE", filepath.Join(other, "node"))
	if err := new(Installer).Install(t.Context(), b); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(b.Notes, "node-was-called")); err != nil {
		t.Error(err)
	}
}

// hanging is a tool that tells its pipe when it hangs, and holds the pipe, as does what it has started.
const hanging = "exec 3> ../pipe; sleep 1000 & echo 1 >&3; sleep 1000"

// hung returns a bundle whose tool hangs, and what waits for that, which returns what waits for the end of all of it.
func hung(t *testing.T) (b Bundle, hangs func() (ended func())) {
	t.Helper()
	b = asked(t, npmAsked, map[string]string{"npm": hanging})
	name := filepath.Join(b.Notes, "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return b, func() func() {
		pipe, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { pipe.Close() })
		var n int
		if _, err := fmt.Fscanln(pipe, &n); err != nil {
			t.Fatal(err)
		}
		return func() {
			if _, err := fmt.Fscanln(pipe, &n); err == nil {
				t.Error("the pipe goes on")
			}
		}
	}
}

func TestWhatHangsEndsWithTheContext(t *testing.T) {
	b, hangs := hung(t)
	ctx, cancel := context.WithCancel(t.Context())
	installed := make(chan error, 2)
	var installer Installer
	go func() { installed <- installer.Install(ctx, b) }()
	ended := hangs()
	waiting, stop := context.WithCancel(t.Context())
	go func() { installed <- installer.Install(waiting, b) }()
	stop()
	if err := <-installed; !errors.Is(err, context.Canceled) {
		t.Errorf("who waits: %v", err)
	}
	cancel()
	if err := <-installed; !errors.Is(err, context.Canceled) {
		t.Errorf("who installs: %v", err)
	}
	ended()
}

func TestWhatHangsEndsAtItsLimit(t *testing.T) {
	b, hangs := hung(t)
	installed := make(chan error, 1)
	go func() { installed <- (&Installer{Limit: 2 * time.Second}).Install(t.Context(), b) }()
	ended := hangs()
	if err := <-installed; err == nil || !strings.Contains(err.Error(), "failed: it took longer than 2s and was ended (") {
		t.Error(err)
	}
	ended()
}

// TestWhatStaysBehind: a process that has left the group and holds the output keeps nobody waiting.
func TestWhatStaysBehind(t *testing.T) {
	b := asked(t, npmAsked, map[string]string{"npm": "set -m; sleep 1000 & echo $! > ../pid; exit 0"})
	if err := new(Installer).Install(t.Context(), b); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(filepath.Join(b.Notes, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(content), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}

func TestMuchOutput(t *testing.T) {
	b := asked(t, npmAsked, map[string]string{"npm": `head -c 9000000 /dev/zero | tr '\0' x; echo; i=0; while [ $i -lt 30 ]; do i=$((i+1)); printf 'line\033[1A %d\n' $i; done; printf end; exit 1`})
	err := new(Installer).Install(t.Context(), b)
	if err == nil || !strings.Contains(err.Error(), "it wrote:\n    "+strings.Repeat("x", lineBytes)+"\n    line[1A 1\n") ||
		!strings.Contains(err.Error(), "    line[1A 7\n    [8 lines]\n    line[1A 16\n") || !strings.HasSuffix(err.Error(), "\n    line[1A 30\n    end)") {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(b.Notes, "install.log")); err != nil || info.Size() > logBytes+200 {
		t.Errorf("the log has %d bytes, %v", info.Size(), err)
	}
}

// TestALinkInThePlaceOfWhatIsInstalled leads to something that has to stay.
func TestALinkInThePlaceOfWhatIsInstalled(t *testing.T) {
	b := asked(t, npmAsked, map[string]string{"npm": counted})
	write(t, b.Notes, map[string]string{"outside/stays": ""})
	write(t, b.Folder, map[string]string{"node_modules": "-> ../outside"})
	if err := new(Installer).Install(t.Context(), b); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(b.Notes, "outside", "stays")); err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat(filepath.Join(b.Folder, "node_modules")); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
}
