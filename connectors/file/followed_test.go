package file

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/connectortest"
)

// follower follows files on a virtual clock.
type follower struct {
	*testing.T
	dir   string
	spout gstorm.Spout
	out   connectortest.Recorder
	seen  int
}

// follow runs a test in a bubble, with a spout that follows *.log in a folder with what files has.
func follow(t *testing.T, files map[string]string, options map[string]any, test func(f *follower)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &follower{T: t, dir: t.TempDir()}
		for name, text := range files {
			write(t, f.dir, name, text)
		}
		all := map[string]any{"path": filepath.Join(f.dir, "*.log"), "follow": true}
		for name, value := range options {
			all[name] = value
		}
		if pattern, ok := options["path"].(string); ok {
			all["path"] = filepath.Join(f.dir, pattern)
		}
		f.spout = build(t, gstorm.SpoutKind, "lines", all).NewSpout()
		connectortest.Open(t, f.spout)
		defer connectortest.Close(t, f.spout)
		test(f)
	})
}

// pass lets time pass, on the virtual clock, during which the spout is asked on and on.
func (f *follower) pass(d time.Duration) {
	f.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for before := -1; before != len(f.out.Emitted()); {
			before = len(f.out.Emitted())
			if err := f.spout.Next(f.Context(), gstorm.NewSpoutCollector(&f.out)); err != nil {
				f.Fatal(err)
			}
		}
	}
}

// has waits for a second and compares what has come since the last time.
func (f *follower) has(want ...string) {
	f.Helper()
	f.pass(time.Second)
	var got []string
	for _, e := range f.out.Emitted()[f.seen:] {
		got = append(got, e.Values[0].(string))
	}
	f.seen += len(got)
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("(-want +got):\n%s", diff)
	}
}

func (f *follower) path(name string) string { return filepath.Join(f.dir, name) }

func (f *follower) rename(from, to string) {
	f.Helper()
	if err := os.Rename(f.path(from), f.path(to)); err != nil {
		f.Fatal(err)
	}
}

func TestFollowsWhatIsAdded(t *testing.T) {
	follow(t, map[string]string{"a.log": "1\n2\nunfin"}, nil, func(f *follower) {
		f.has("1", "2")
		add(t, f.path("a.log"), "ished\n4")
		f.has("unfinished")
		f.has()
		add(t, f.path("a.log"), "\n")
		f.has("4")
	})
}

func TestFollowsFromTheEnd(t *testing.T) {
	follow(t, map[string]string{"a.log": "1\n2\n"}, map[string]any{"start": "end"}, func(f *follower) {
		f.has()
		add(t, f.path("a.log"), "3\n")
		f.has("3")
		write(t, f.dir, "b.log", "new\n") // was not there at the start
		f.has("new")
	})
}

func TestFollowsFilesThatComeUp(t *testing.T) {
	follow(t, nil, nil, func(f *follower) {
		f.has()
		write(t, f.dir, "a.log", "1\n")
		write(t, f.dir, "b.txt", "none of it\n")
		f.has("1")
	})
}

func TestFollowsARotatedFile(t *testing.T) {
	follow(t, map[string]string{"a.log": "1\n"}, nil, func(f *follower) {
		f.has("1")
		f.rename("a.log", "a.log.1")
		add(t, f.path("a.log.1"), "2\n") // by who has it open still
		f.has("2")
		write(t, f.dir, "a.log", "3\n")
		add(t, f.path("a.log.1"), "4\nlast words")
		f.pass(2 * lingering)
		f.has("4", "3", "last words")
		f.rename("a.log", "a.log.2")
		write(t, f.dir, "a.log", "5\n")
		f.has("5")
	})
}

func TestARotatedFileIsNotReadAgain(t *testing.T) {
	follow(t, map[string]string{"a.log": "1\n"}, map[string]any{"path": "a.log*"}, func(f *follower) {
		f.has("1")
		f.rename("a.log", "a.log.1")
		write(t, f.dir, "a.log", "2\n")
		f.has("2")
		f.pass(2 * lingering)
		f.rename("a.log.1", "a.log.2")
		f.rename("a.log", "a.log.1")
		write(t, f.dir, "a.log", "3\n")
		f.has("3")
		f.pass(2 * lingering)
		f.has()
	})
}

func TestFollowsAFileThatIsCut(t *testing.T) {
	follow(t, map[string]string{"a.log": "1\n2\n3\n"}, nil, func(f *follower) {
		f.has("1", "2", "3")
		write(t, f.dir, "a.log", "4\n")
		f.has("4")
		write(t, f.dir, "a.log", "")
		f.has()
		add(t, f.path("a.log"), "5\n6\n")
		f.has("5", "6")
		ids := map[any]bool{}
		for _, e := range f.out.Emitted() {
			if ids[e.ID] {
				t.Errorf("two lines have the id %v", e.ID)
			}
			ids[e.ID] = true
		}
	})
}

func TestAPackedFileIsReadWhenItIsWhole(t *testing.T) {
	follow(t, nil, nil, func(f *follower) {
		text := packed(t, "1\n2\n")
		write(t, f.dir, "a.log", "")
		f.has()
		for _, piece := range []string{text[:1], text[1:12], text[12:]} {
			add(t, f.path("a.log"), piece)
			f.pass(500 * time.Millisecond)
		}
		f.has("1", "2")
		f.has()
	})
}

func TestABusyFileDoesNotHoldUpOthers(t *testing.T) {
	follow(t, map[string]string{"a.log": "a\na\na\na\na\na\n", "b.log": "b\n"}, nil, func(f *follower) {
		f.pass(time.Second)
		at := slices.IndexFunc(f.out.Emitted(), func(e connectortest.Emission) bool { return e.Values[0] == "b" })
		if at < 0 || at > 2 {
			t.Errorf("b came at %d", at)
		}
	})
}

func TestAFileThatIsGoneIsNoMistake(t *testing.T) {
	follow(t, map[string]string{"a.log": "1\n"}, nil, func(f *follower) {
		f.has("1")
		if err := os.Remove(f.path("a.log")); err != nil {
			t.Fatal(err)
		}
		f.pass(2 * lingering)
		f.has()
		write(t, f.dir, "a.log", "2\n")
		f.has("2")
	})
}
