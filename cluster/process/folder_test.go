package process

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// put writes a file, with its folders.
func put(t *testing.T, text string, path ...string) {
	t.Helper()
	at := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestHold(t *testing.T) {
	folder := t.TempDir()
	release, err := Hold(folder)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "120")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = child.Process.Kill(), child.Wait() }()
	if _, err := Hold(folder); !isHeld(err) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Error(err)
	}
	if pid, held, err := look(folder); pid != os.Getpid() || !held || err != nil {
		t.Errorf("%d, %v, %v", pid, held, err)
	}
	release()
	release()
	if _, held, err := look(folder); held || err != nil {
		t.Errorf("it is held after the end: %v", err)
	}
	if release, err = Hold(folder); err != nil {
		t.Fatal(err)
	}
	release()
	if _, err := Hold(filepath.Join(folder, "gone")); err == nil || isHeld(err) {
		t.Errorf("in no folder: %v", err)
	}
}

// TestTheProcessIDOfSomebodyElse has a process that is no worker get the number of one that was killed.
func TestTheProcessIDOfSomebodyElse(t *testing.T) {
	other := exec.Command("sleep", "120")
	other.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = other.Process.Kill(), other.Wait() }()
	o := testOptions(t.TempDir())
	clean(t, o)
	for _, name := range []string{"words-1-1", "words-1-2"} {
		put(t, fmt.Sprint(other.Process.Pid), o.Folder, name, lockName)
		put(t, `"`+runs+`"`, o.Folder, name, specName)
	}
	a := open(t, o)
	if states, _ := a.States(); len(states) != 2 || states[0].Running || states[1].Running {
		t.Errorf("%+v", states)
	}
	a.run()
	a.want(wanted("words-1", 1, runs))
	a.until("the second is gone", func(all []State) bool { return len(all) == 1 })
	if a.atWork("words-1", 1) == other.Process.Pid || !alive(other.Process.Pid) {
		t.Error("a process that is no worker was taken for one")
	}
}

// TestGarbage has things in the folder that are nobody's: they are told of and left alone.
func TestGarbage(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	garbage := []string{"a file", "no number-x/spec.json", "words-1-03/spec.json", "words--1/x", "words-1-0/spec.json", "backup-2024/data", "words-1-1"}
	for _, path := range garbage {
		put(t, "x", o.Folder, path)
	}
	put(t, "x", o.Folder, "words-1-4", specName)
	put(t, "x", o.Folder, "words-1-4", lockName, "a folder")
	put(t, "\x00{", o.Folder, "words-1-5", specName) // as after the loss of power
	put(t, "garbage", o.Folder, "words-1-5", lockName)
	put(t, "x", o.Folder, partial, "words-1-6", specName)
	if err := os.Mkdir(filepath.Join(o.Folder, "words-1-7"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := start(t, o)
	a.want(wanted("words-1", 3, runs), wanted("words-1", 5, runs))
	a.atWork("words-1", 3)
	a.atWork("words-1", 5)
	a.want()
	a.until("all are gone", func(all []State) bool { return len(all) == 0 })
	for _, path := range append(garbage, "words-1-4/spec.json") {
		if !exists(filepath.Join(o.Folder, path)) {
			t.Errorf("%s was removed", path)
		}
		if top, _, _ := strings.Cut(path, "/"); !strings.Contains(a.log.String(), top) {
			t.Errorf("%s was not told of in\n%s", top, a.log)
		}
	}
	for _, path := range []string{"words-1-3", "words-1-5", "words-1-7", partial + "/words-1-6"} {
		if exists(filepath.Join(o.Folder, path)) {
			t.Errorf("%s is left", path)
		}
	}
}

func TestOutputIsBounded(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	before := strings.Repeat("x", maxOutput) + "\nthe last of the one before\n"
	put(t, before, o.Folder, "words-1-1", outputName)
	put(t, "", o.Folder, "words-1-1", specName)
	a := start(t, o)
	a.want(wanted("words-1", 1, crashes))
	a.until("it has crashed", func(all []State) bool { return len(all) == 1 && strings.HasPrefix(all[0].Exit, "exit status 1\n") })
	if text, err := os.ReadFile(filepath.Join(o.Folder, "words-1-1", outputName+".1")); err != nil || string(text) != before {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if states, _ := a.States(); strings.Contains(states[0].Exit, "before") {
		t.Errorf("the output of another process is told: %+v", states)
	}
}

func TestLastOutput(t *testing.T) {
	folder := t.TempDir()
	if got := lastOutput(folder, 0); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	var text bytes.Buffer
	for i := range 1000 {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	text.WriteString("not \xff text\n\n")
	put(t, text.String(), folder, outputName)
	got := strings.Split(lastOutput(folder, 0), "\n")
	if len(got) != tailLines || got[0] != "line 981" || got[tailLines-1] != "not � text" {
		t.Errorf("%q", got)
	}
	put(t, strings.Repeat("long", tailBytes), folder, outputName)
	if got := lastOutput(folder, 0); len(got) > tailBytes {
		t.Errorf("%d bytes", len(got))
	}
	if got := lastOutput(folder, 4*tailBytes-4); got != "long" {
		t.Errorf("%q", got)
	}
}
