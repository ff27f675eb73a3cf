package deadletters

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/stats"
)

func letter(n int) *Letter {
	at := time.Date(2026, 1, 2, 3, 4, n, 0, time.UTC)
	return &Letter{
		Component: "lines", Task: 3, Stream: "default", Message: fmt.Sprint(n), Fields: []string{"n", "text"},
		Values: fmt.Appendf(nil, `[%d,"<b> & \u00e9"]`, n), Failures: 3, First: at, Last: at.Add(time.Minute),
		Cause: stats.FailureCause{Component: "split", Task: 4, Reason: "no"},
	}
}

func ids(t *testing.T, l *List) (list []string) {
	t.Helper()
	all, damaged, err := l.All()
	if err != nil || damaged > 0 {
		t.Fatal(err, damaged)
	}
	for _, letter := range all {
		list = append(list, letter.ID)
	}
	return list
}

// TestTwoListsOfOneFile: what one process does the other sees, as it is and at once.
func TestTwoListsOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "words.letters")
	a, b := At(path), At(path)
	if got := ids(t, a); got != nil || a.Changed() {
		t.Error(got)
	}
	one, two := letter(1), letter(2)
	if n, err := a.Put(10, one, two); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if !b.Changed() || b.Changed() {
		t.Error("a change is seen, once")
	}
	all, _, err := b.All()
	if diff := cmp.Diff([]Letter{*one, *two}, all); diff != "" || err != nil || one.ID == "" || one.ID == two.ID {
		t.Error(err, diff)
	}
	if n, err := b.Ask(stats.LetterChoice{IDs: []string{two.ID, "nobody"}}, nil); n != 1 || err != nil || !a.Changed() {
		t.Error(n, err)
	}
	if all, _, _ = a.All(); all[0].Asked || !all[1].Asked || all[1].Show().State != stats.LetterReplaying {
		t.Error(all)
	}
	at := time.Date(2026, 2, 2, 3, 4, 5, 0, time.UTC)
	if err := a.Failed(two.ID, at, stats.FailureCause{Reason: "again"}); err != nil {
		t.Fatal(err)
	}
	all, _, _ = b.All()
	if l := all[1]; l.Asked || l.Replays != 1 || l.Failures != 4 || !l.Last.Equal(at) || l.Cause.Reason != "again" {
		t.Error(l)
	}
	if n, err := b.Drop(stats.LetterChoice{IDs: []string{one.ID}}); n != 1 || err != nil {
		t.Error(n, err)
	}
	if diff := cmp.Diff([]string{two.ID}, ids(t, a)); diff != "" {
		t.Error(diff)
	}
	if n, err := a.Drop(stats.LetterChoice{All: true}); n != 1 || err != nil || ids(t, b) != nil || a.Failed(two.ID, at, stats.FailureCause{}) != nil {
		t.Error(n, err)
	}
	if err := errors.Join(a.Close(), b.Close()); err != nil || ids(t, a) != nil {
		t.Error(err)
	}
}

// TestAFullList takes what there is room for, and says so.
func TestAFullList(t *testing.T) {
	l := At(filepath.Join(t.TempDir(), "l"))
	n, err := l.Put(2, letter(1), letter(2), letter(3))
	if _, full := errors.AsType[*FullError](err); n != 2 || !full || !strings.Contains(err.Error(), l.Path()) || len(ids(t, l)) != 2 {
		t.Error(n, err)
	}
	again := letter(9)
	again.ID = ids(t, l)[0]
	if n, err := l.Put(2, again); n != 1 || err != nil || len(ids(t, l)) != 2 { // it takes the place of the one that was there
		t.Error(n, err)
	}
}

// TestAFileThatCantBeWritten: the error names it, and nothing was added.
func TestAFileThatCantBeWritten(t *testing.T) {
	if n, err := At("/proc/nothing/l").Put(10, letter(1)); n != 0 || err == nil || !strings.Contains(err.Error(), "/proc/nothing") {
		t.Error(n, err)
	}
	if _, err := os.Stat("/dev/full"); err != nil { // not every system has one
		t.Skip(err)
	}
	l := At("/dev/full") // a disk without room
	if n, err := l.Put(10, letter(1)); n != 0 || err == nil || !strings.Contains(err.Error(), "/dev/full") {
		t.Error(n, err)
	}
}

// TestAListIsWrittenAnew when most of it is about letters that are gone; who has it open sees what there is all the same.
func TestAListIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	a, b := At(path), At(path)
	kept := letter(0)
	if _, err := a.Put(10, kept); err != nil {
		t.Fatal(err)
	}
	ids(t, b)
	for range 8 {
		large := letter(1)
		large.Values = []byte(`["` + strings.Repeat("x", 300<<10) + `"]`)
		if _, err := a.Put(10, large); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Drop(stats.LetterChoice{IDs: []string{large.ID}}); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 2<<20 {
		t.Error(err, info.Size())
	}
	if diff := cmp.Diff([]string{kept.ID}, ids(t, b)); diff != "" {
		t.Error(diff)
	}
}

// TestListsAreAsAModel: whatever two processes do in turn, and wherever the file is torn off in between, there is what a map would
// have, but for what was torn.
func TestListsAreAsAModel(t *testing.T) {
	folder := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(folder, fmt.Sprint(n))
		lists := []*List{At(path), At(path)}
		defer func() { _ = errors.Join(lists[0].Close(), lists[1].Close()) }()
		var want []string
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				l := letter(rapid.IntRange(0, 50).Draw(t, "n"))
				if _, err := lists[rapid.IntRange(0, 1).Draw(t, "who")].Put(1000, l); err != nil {
					t.Fatal(err)
				}
				want = append(want, l.ID)
			},
			"drop": func(t *rapid.T) {
				if len(want) == 0 {
					return
				}
				i := rapid.IntRange(0, len(want)-1).Draw(t, "which")
				if _, err := lists[rapid.IntRange(0, 1).Draw(t, "who")].Drop(stats.LetterChoice{IDs: want[i : i+1]}); err != nil {
					t.Fatal(err)
				}
				want = slices.Delete(slices.Clone(want), i, i+1)
			},
			"torn": func(t *rapid.T) { // somebody died while it wrote a letter
				text, err := appendRecord(nil, &record{Put: &Letter{ID: "torn", Values: []byte("[]")}})
				if err != nil {
					t.Fatal(err)
				}
				f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
				if err == nil {
					_, err = f.Write(text[:rapid.IntRange(1, len(text)-2).Draw(t, "bytes")])
				}
				if err = errors.Join(err, f.Close()); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				all, _, err := lists[rapid.IntRange(0, 1).Draw(t, "who")].All()
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, l := range all {
					got = append(got, l.ID)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatal(diff)
				}
			},
		})
	})
}

// FuzzFile: whatever is in the file, a letter that is put there comes back, and so do those that were there before.
func FuzzFile(f *testing.F) {
	whole, err := appendRecord(nil, &record{Put: letter(1)})
	if err != nil {
		f.Fatal(err)
	}
	gone, err := appendRecord(nil, &record{Gone: []string{"x"}, Asked: []string{"y"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(append(whole[:len(whole)-9:len(whole)-9], gone...))
	f.Add([]byte("\n\n00000000 {}\nx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "l")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		l := At(path)
		before, _, err := l.All()
		if err != nil {
			t.Fatal(err)
		}
		added := letter(7)
		if _, err := l.Put(1<<30, added); err != nil {
			t.Fatal(err)
		}
		after, _, err := At(path).All()
		if err != nil {
			t.Fatal(err)
		}
		// A last line without a line feed may have been whole, but for that.
		if len(after) < len(before)+1 || len(after) > len(before)+2 || after[len(after)-1].ID != added.ID {
			t.Errorf("%d, then %d", len(before), len(after))
		}
		for i := range after {
			after[i].Show()
		}
	})
}
