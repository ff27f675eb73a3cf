package ruby

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/gstorm/gstorm"
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
	if err := eachFile(source, func(name string, content []byte) error {
		files[name] = string(content)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

// wantWhole checks that a directory holds the embedded library.
func wantWhole(t *testing.T, dir string) {
	t.Helper()
	source, err := fs.Sub(embedded, "lib")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree(t, source), tree(t, os.DirFS(dir))); diff != "" {
		t.Error(diff)
	}
}

func mustOpenLibrary(t *testing.T) library {
	t.Helper()
	l, err := openLibrary()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestNoRubyFileIsLeftOut looks for names that go:embed leaves out.
func TestNoRubyFileIsLeftOut(t *testing.T) {
	for name := range tree(t, os.DirFS("lib")) {
		for element := range strings.SplitSeq(name, "/") {
			if filepath.Ext(name) == ".rb" && strings.ContainsAny(element[:1], "._") {
				t.Errorf("%s is not embedded", name)
			}
		}
	}
}

func TestLibraryIsPutIntoTheCacheOnce(t *testing.T) {
	home := ownCache(t)
	first := mustOpenLibrary(t)
	if !strings.HasPrefix(first.dir, home) || first.private {
		t.Errorf("library is at %s, want it in the cache below %s", first.dir, home)
	}
	wantWhole(t, first.dir)
	boot := filepath.Join(first.dir, bootFile)
	before, err := os.Stat(boot)
	if err != nil {
		t.Fatal(err)
	}
	first.close()
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
			if err := damage(filepath.Join(first.dir, bootFile)); err != nil {
				t.Fatal(err)
			}
			second := mustOpenLibrary(t)
			if first != second {
				t.Errorf("opened %v, then %v", first, second)
			}
			wantWhole(t, second.dir)
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
			if one.dir == other.dir {
				t.Errorf("both are at %s", one.dir)
			}
			one.close()
			if _, err := os.Stat(one.dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("after close: %v", err)
			}
			wantWhole(t, other.dir)
			other.close()
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
	t.Setenv("GSTORM_RUBY_LIB", "lib")
	if l := mustOpenLibrary(t); l.dir != "lib" || l.private {
		t.Errorf("got %v", l)
	}
	t.Setenv("GSTORM_RUBY_LIB", "testdata")
	_, err := openLibrary()
	var problems gstorm.Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "has no gstorm/boot.rb") {
		t.Errorf("got %v", err)
	}
}
