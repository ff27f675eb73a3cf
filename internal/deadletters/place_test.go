package deadletters

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlaces: whatever a topology is called, its file is in the folder, has a name of its own, and says whose it is.
func TestPlaces(t *testing.T) {
	folder := t.TempDir()
	seen := map[string]bool{}
	names := []string{"%2E", ".", "..", "../x", "a", "a b", "A/b", "é"}
	for _, name := range append(names, strings.Repeat("é", 300), strings.Repeat("é", 300)+"x") {
		l := In(folder, name)
		if seen[l.Path()] || filepath.Dir(l.Path()) != folder || len(filepath.Base(l.Path())) > 250 {
			t.Errorf("%.20q: %s", name, l.Path())
		}
		seen[l.Path()] = true
		if len(name) < 100 {
			if _, err := l.Put(1, letter(1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := Topologies(folder); err != nil || len(got) != len(names) {
		t.Error(err, got, cmp.Diff(names, got))
	}
	t.Setenv("XDG_STATE_HOME", folder)
	if l, err := OfRun("a"); err != nil || l.Path() != filepath.Join(folder, "gstorm", "dead-letters", "a.letters") {
		t.Error(l, err)
	}
	t.Setenv("XDG_STATE_HOME", "relative")
	t.Setenv("HOME", folder)
	if l, err := OfRun("a"); err != nil || l.Path() != filepath.Join(folder, ".local", "state", "gstorm", "dead-letters", "a.letters") {
		t.Error(l, err)
	}
}
