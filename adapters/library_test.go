package adapters_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// ownCache gives the test a cache directory of its own.
func ownCache(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	return home
}

// tree is every file of a file system with its content.
func tree(t *testing.T, source fs.FS) map[string]string {
	t.Helper()
	files := map[string]string{}
	if err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(source, name)
		files[name] = string(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

// testLibrary is a library of a language that has none.
func testLibrary() adapters.Library {
	return adapters.Library{
		Language: "Esperanto", Boot: "gstorm/boot.eo", Variable: "GSTORM_ESPERANTO_LIB",
		Files: fstest.MapFS{
			"gstorm/boot.eo": {Data: []byte("saluton")}, "gstorm/tasko.eo": {Data: []byte("laboru")}, "aliaj/nomoj.eo": {Data: nil},
		},
	}
}

// wantWhole checks that a directory holds the whole library.
func wantWhole(t *testing.T, dir string) {
	t.Helper()
	if diff := cmp.Diff(tree(t, testLibrary().Files), tree(t, os.DirFS(dir))); diff != "" {
		t.Error(diff)
	}
}

func mustOpenLibrary(t *testing.T) adapters.LibraryCopy {
	t.Helper()
	l, err := testLibrary().Open()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLibraryIsPutIntoTheCacheOnce(t *testing.T) {
	home := ownCache(t)
	first := mustOpenLibrary(t)
	if !strings.HasPrefix(first.Dir(), home) {
		t.Errorf("library is at %s, want it in the cache below %s", first.Dir(), home)
	}
	wantWhole(t, first.Dir())
	boot := first.Boot()
	before, err := os.Stat(boot)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := mustOpenLibrary(t)
	after, err := os.Stat(boot)
	if err != nil || second != first || !os.SameFile(before, after) {
		t.Errorf("opened %v, then %v (%v)", first, second, err)
	}
}

func TestDamagedLibraryIsMended(t *testing.T) {
	damages := map[string]func(file string) error{
		"changed":  func(file string) error { return os.WriteFile(file, []byte("exit"), 0o644) },
		"cut":      func(file string) error { return os.Truncate(file, 3) },
		"gone":     os.Remove,
		"all gone": func(file string) error { return os.RemoveAll(filepath.Dir(file)) },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			ownCache(t)
			first := mustOpenLibrary(t)
			if err := damage(first.Boot()); err != nil {
				t.Fatal(err)
			}
			second := mustOpenLibrary(t)
			if first != second {
				t.Errorf("opened %v, then %v", first, second)
			}
			wantWhole(t, second.Dir())
		})
	}
}

func TestLibraryWithoutCacheIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, home := range map[string]string{"none": "", "not to be written": file} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", home)
			t.Setenv("XDG_CACHE_HOME", home)
			t.Setenv("TMPDIR", t.TempDir())
			one, other := mustOpenLibrary(t), mustOpenLibrary(t)
			if one.Dir() == other.Dir() {
				t.Errorf("both are at %s", one.Dir())
			}
			one.Close()
			if _, err := os.Stat(one.Dir()); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("after close: %v", err)
			}
			wantWhole(t, other.Dir())
			other.Close()
		})
	}
}

func TestLibraryIsOpenedByManyProcessesAtOnce(t *testing.T) {
	ownCache(t)
	t.Setenv(openLibraryVariable, "1")
	dirs := make([]string, 4)
	var processes errgroup.Group
	for i := range dirs {
		processes.Go(func() error {
			out, err := exec.Command(os.Args[0]).Output()
			dirs[i] = string(out)
			return err
		})
	}
	if err := processes.Wait(); err != nil {
		t.Fatal(err)
	}
	if slices.Sort(dirs); dirs[0] != dirs[3] {
		t.Errorf("opened at %q", dirs)
	}
	wantWhole(t, dirs[0])
}

func TestLibraryByName(t *testing.T) {
	named := t.TempDir()
	if err := os.CopyFS(named, testLibrary().Files); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GSTORM_ESPERANTO_LIB", named)
	if l := mustOpenLibrary(t); l.Dir() != named {
		t.Errorf("got %v", l)
	}
	t.Setenv("GSTORM_ESPERANTO_LIB", t.TempDir())
	_, err := testLibrary().Open()
	var problems gstorm.Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "has no gstorm/boot.eo") {
		t.Errorf("got %v", err)
	}
}
