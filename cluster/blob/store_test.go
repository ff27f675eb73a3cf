package blob

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func openTestStore(t *testing.T, folder string) *Store {
	t.Helper()
	s, err := OpenStore(folder, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	const files = "-- a.rb --\nputs 1\n"
	bundle := pack(t, write(t, files))
	at := t.TempDir()
	s := openTestStore(t, at)
	h, err := s.Put(bytes.NewReader(bundle), "")
	if err != nil || !h.Valid() || !s.Has(h) {
		t.Fatalf("%s, %v", h, err)
	}
	if again, err := s.Put(bytes.NewReader(bundle), h); again != h || err != nil {
		t.Errorf("put again: %s, %v", again, err)
	}
	var corrupt *CorruptError
	if _, err := s.Put(bytes.NewReader(bundle[:len(bundle)-1]), h); !errors.As(err, &corrupt) || corrupt.Want != h {
		t.Errorf("cut short: %v", err)
	}
	broken := errors.New("the connection broke")
	if _, err := s.Put(io.MultiReader(bytes.NewReader(bundle), failing{broken}), h); !errors.Is(err, broken) {
		t.Errorf("broken off: %v", err)
	}

	s = openTestStore(t, at) // as after a restart
	var folders sync.Map
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			folder, err := s.Unpacked(h)
			if err != nil {
				t.Error(err)
			}
			folders.Store(folder, true)
		})
	}
	all.Wait()
	folders.Range(func(folder, _ any) bool {
		if got := read(t, folder.(string)); got != files {
			t.Errorf("unpacked is\n%s", got)
		}
		return true
	})
	if _, err := os.Stat(filepath.Join(s.Notes(h), "files", "a.rb")); err != nil {
		t.Errorf("the notes are not beside the files: %v", err)
	}
	sent, err := s.Open(h)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(sent); err != nil || !bytes.Equal(got, bundle) {
		t.Errorf("%d bytes are sent, %v", len(got), err)
	}
	if err := sent.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(at, incoming)); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestWhatIsNotThere: names that are no hashes lead nowhere.
func TestWhatIsNotThere(t *testing.T) {
	s := openTestStore(t, t.TempDir())
	for _, h := range []Hash{"", "x", "../../etc/passwd", Hash(bytes.Repeat([]byte("a"), 64)), Hash(bytes.Repeat([]byte("A"), 64))} {
		var missing *NotHeldError
		if _, err := s.Open(h); !errors.As(err, &missing) || missing.Hash != h {
			t.Errorf("%q: %v", h, err)
		}
		if _, err := s.Unpacked(h); !errors.As(err, &missing) {
			t.Errorf("%q: %v", h, err)
		}
		if s.Has(h) {
			t.Errorf("it has %q", h)
		}
	}
}

// TestABadBundleLeavesNothing: it is kept, as its hash is right, but never unpacked in part.
func TestABadBundleLeavesNothing(t *testing.T) {
	at := t.TempDir()
	s := openTestStore(t, at)
	h, err := s.Put(bytes.NewReader(bundleOf(t, file("a"), file("../b"))), "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Unpacked(h); err == nil {
			t.Error("it was unpacked")
		}
	}
	for _, part := range []string{unpacked, incoming} {
		if left, _ := os.ReadDir(filepath.Join(at, part)); len(left) > 0 {
			t.Errorf("%s has %v", part, left)
		}
	}
}

func TestCollect(t *testing.T) {
	s := openTestStore(t, t.TempDir())
	var hashes []Hash
	for _, content := range []string{"used", "unused"} {
		h, err := s.Put(bytes.NewReader(pack(t, write(t, "-- a --\n"+content+"\n"))), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Unpacked(h); err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, h)
	}
	used := func(h Hash) bool { return h == hashes[0] }
	for _, step := range []struct {
		before time.Time
		left   bool
	}{{time.Now().Add(-time.Hour), true}, {time.Now().Add(time.Hour), false}} {
		if err := s.Collect(used, step.before); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(filepath.Join(s.folder, incoming)); err != nil || len(left) > 0 {
			t.Errorf("%v was left, %v", left, err)
		}
		if _, err := os.Stat(s.Notes(hashes[1])); s.Has(hashes[1]) != step.left || (err == nil) != step.left {
			t.Errorf("before %s: left %v, %v", step.before, s.Has(hashes[1]), err)
		}
		if _, err := s.Unpacked(hashes[0]); err != nil {
			t.Error(err)
		}
	}
}
