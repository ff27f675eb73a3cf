package scaffold

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever a project is called, nothing of the template's own name is left in it.
func TestEveryNameIsReplaced(t *testing.T) {
	for _, language := range Languages() {
		p, err := New(language, filepath.Join(t.TempDir(), "WordCount"))
		if err != nil {
			t.Fatal(err)
		}
		files, err := p.Write()
		if err != nil || len(files) < 3 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.ToLower(file + string(content)); strings.Contains(text, "my_topology") || strings.Contains(text, "mytopology") {
				t.Errorf("%s: %s has the name of the template", language, file)
			}
		}
		runs := func(command string) bool { return strings.HasPrefix(command, "gstorm run word_count.") }
		if c := p.Commands(); len(c) < 3 || !slices.ContainsFunc(c, runs) {
			t.Errorf("%s: commands are %q", language, c)
		}
	}
}

func TestAFolderThatExistsIsLeftAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "count")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := New("ruby", dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("there is %v, %v", files, err)
	}
}

// A file json.py would be imported by whatever wants Python's json.
func TestModulesOfPythonAreNoNamesInPython(t *testing.T) {
	for _, name := range []string{"json", "Queue", "class", "gostorm"} {
		if _, err := New("python", name); err == nil {
			t.Errorf("%s is taken for a name", name)
		}
		if _, err := New("ruby", name); err != nil {
			t.Error(err)
		}
	}
}
