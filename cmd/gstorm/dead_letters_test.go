package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/internal/stats"
	testlibraries "github.com/gstorm/gstorm/spec/libraries"
)

// own runs gstorm dead-letters NAME ... --run.
func own(t *testing.T, args ...string) string {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(gstorm, append(append([]string{"dead-letters"}, args...), "--run")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func ownLetters(t *testing.T, name string) (d stats.DeadLetters) {
	t.Helper()
	if err := json.Unmarshal([]byte(own(t, name, "--json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDeadLettersOfAllLanguages: a tuple that can't be handled is a dead letter after three failures, all others are acked, and when
// the bolt is mended the next run replays it. The libraries call the message otherwise each time, Storm's own does not.
func TestDeadLettersOfAllLanguages(t *testing.T) {
	slow(t, "some seconds")
	for file, interpreter := range map[string]string{"poison.py": "python3", "poison.rb": "ruby", "poison.mjs": "node", "poison.yaml": "python3"} {
		t.Run(file, func(t *testing.T) {
			testlibraries.Programs(t, interpreter)
			folder := t.TempDir()
			if err := os.CopyFS(folder, os.DirFS("testdata/deadletters")); err != nil {
				t.Fatal(err)
			}
			if file == "poison.yaml" {
				storm, err := os.ReadFile(filepath.Join(testlibraries.Find(t, "python"), "storm.py"))
				if err == nil {
					err = os.WriteFile(filepath.Join(folder, "multilang/resources/storm.py"), storm, 0o666)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			mended := filepath.Join(folder, "mended")
			t.Setenv("XDG_STATE_HOME", filepath.Join(folder, "state"))
			t.Setenv("MENDED", mended)
			r := begin(t, filepath.Join(folder, file), "--no-table")()
			if trees := r.summary.Trees; trees.Acked != 49 || trees.Failed != 3 || !strings.Contains(r.stderr, "1 dead letters of poison are in "+folder) {
				t.Errorf("%+v\n%s", trees, lastLines(r.stderr, 20))
			}
			all := ownLetters(t, "poison")
			if len(all.Letters) != 1 || all.Letters[0].Failures != 3 || all.Letters[0].Values[0].JSON != "13" || all.Letters[0].Cause.Component != "work" {
				t.Fatalf("%+v", all)
			}
			if cause := all.Letters[0].Cause; file != "poison.yaml" && (!strings.HasSuffix(cause.File, file) || cause.Line == 0 || !strings.Contains(cause.Reason, "13 brings bad luck")) {
				t.Errorf("%+v", cause)
			}
			if err := os.WriteFile(mended, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if out := own(t, "poison", "replay", all.Letters[0].ID); out != "1 dead letters to be replayed\n" {
				t.Error(out)
			}
			r = begin(t, filepath.Join(folder, file), "--no-table")()
			if trees := r.summary.Trees; trees.Acked != 51 || trees.Failed != 0 || ownLetters(t, "poison").Total != 0 {
				t.Errorf("%+v %+v\n%s", trees, ownLetters(t, "poison"), lastLines(r.stderr, 20))
			}
		})
	}
}

// TestDeadLettersOfACluster: they are told, dropped and replayed through any agent; a node that loses power keeps them, and so does
// one whose topology is killed, for the one of the same name that comes after it.
func TestDeadLettersOfACluster(t *testing.T) {
	slow(t, "some seconds")
	testlibraries.Programs(t, "python3")
	c := newTestCluster(t, 1)
	mended := filepath.Join(t.TempDir(), "mended")
	submit := func() { c.must("submit", "testdata/deadletters/endless.py", "--", mended) }
	letters := func() (d stats.DeadLetters) {
		_ = c.json(&d, "dead-letters", "endless") // it may begin just now
		return d
	}
	submit()
	c.until("every tenth is a dead letter", func() bool { return letters().Total == 5 })
	var f stats.Failures
	c.until("failures are told", func() bool { return c.json(&f, "failed", "endless") == nil && len(f.Failures) > 0 })
	if f.Total != 15 || f.Failures[0].Node != "n1" || !f.Failures[0].Dead || !strings.HasSuffix(f.Failures[0].Cause.File, "endless.py") || len(f.Failures[0].Values) != 1 {
		t.Errorf("%+v", f)
	}
	d := letters()
	if d.Max != 3 || d.Full || d.Letters[0].Node != "n1" || d.Letters[0].State != stats.LetterWaiting {
		t.Errorf("%+v", d)
	}
	if out := c.must("dead-letters", "endless", "drop", d.Letters[0].ID, d.Letters[1].ID); out != "2 dead letters dropped\n" {
		t.Error(out)
	}
	if _, stderr, err := c.run("dead-letters", "endless", "drop", d.Letters[0].ID); err == nil || !strings.Contains(stderr, "there is no dead letter") {
		t.Error(stderr, err)
	}
	c.kill(0)
	c.start(0)
	c.until("they are on the disk", func() bool { return letters().Total >= 3 }) // what was in flight may be another one, twice
	c.must("kill", "endless", "--wait", "0")
	c.until("it is gone", func() bool { _, _, err := c.run("failed", "endless"); return err != nil })
	if n := letters().Total; n < 3 {
		t.Errorf("%d are left of a topology that was killed", n)
	}
	if err := os.WriteFile(mended, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	submit()
	c.until("all can be replayed", func() bool { _, _, err := c.run("dead-letters", "endless", "replay", "--all"); return err == nil })
	c.until("they were acked", func() bool { d := letters(); return d.Max == 3 && d.Total == 0 })
	if status := post(t, "http://"+c.agents[0].address+"/v1/topologies/endless/dead-letters/drop", `{}`); status != http.StatusBadRequest {
		t.Error(status)
	}
}

func TestDeadLettersUse(t *testing.T) {
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for args, want := range map[string]string{
		"dead-letters":                           "NAME is missing",
		"dead-letters x replay --run":            "say which to replay: IDs, or --all",
		"dead-letters x drop a --all --run":      "say which to drop: IDs, or --all",
		"dead-letters x bury --run":              `"bury" can't be done with dead letters`,
		"dead-letters x list a --run":            "list takes no IDs",
		"dead-letters x drop abc --run":          `there is no dead letter "abc"`,
		"dead-letters x --run":                   "there are no dead letters",
		"dead-letters x --last 0 --run":          "--last is 0",
		"failed":                                 "NAME is missing",
		"failed x --run 127.0.0.1:1":             "no gstorm run --ui answers at 127.0.0.1:1",
		"dead-letters x drop --all --run":        "0 dead letters dropped",
		"dead-letters x --run 127.0.0.1:1":       "no gstorm run --ui answers at 127.0.0.1:1",
		"dead-letters x replay --all --agent :1": "no agent answers",
	} {
		out, _ := exec.Command(gstorm, strings.Fields(args)...).CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("%s: %s", args, out)
		}
	}
}
