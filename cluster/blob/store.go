package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Hash names a bundle: the SHA-256 of its bytes, in lower case hexadecimal.
type Hash string

// Valid reports whether it is the form of a hash, and so a name that is safe in a path.
func (h Hash) Valid() bool {
	b, err := hex.DecodeString(string(h))
	return err == nil && len(b) == sha256.Size && string(h) == strings.ToLower(string(h))
}

// NotHeldError says that a store does not have a bundle.
type NotHeldError struct{ Hash Hash }

// Error names it.
func (e *NotHeldError) Error() string { return fmt.Sprintf("the bundle %s is not here", e.Hash) }

// CorruptError says that bytes are not those of the bundle that was wanted.
type CorruptError struct{ Want, Got Hash }

// Error names both.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("the bundle has the hash %s, not %s: it was changed or cut short on its way", e.Got, e.Want)
}

// Store keeps bundles in a folder. Its methods may be called from any goroutine, and by one process at a time.
type Store struct {
	folder string
	limits Limits

	unpacking sync.Mutex // one at a time: two topologies may have the same bundle
}

// The parts of a store's folder.
const (
	packed   = "bundles"  // HASH.tar.gz
	unpacked = "unpacked" // HASH/files/, and notes in HASH/
	incoming = "incoming" // what is not whole yet, or no more
)

// OpenStore opens the store in a folder, and makes it if it is not there. What was not whole when another process ended is
// removed.
func OpenStore(folder string, limits Limits) (*Store, error) {
	if err := os.RemoveAll(filepath.Join(folder, incoming)); err != nil {
		return nil, err
	}
	for _, part := range []string{packed, unpacked, incoming} {
		if err := os.MkdirAll(filepath.Join(folder, part), 0o700); err != nil {
			return nil, err
		}
	}
	return &Store{folder: folder, limits: limits}, nil
}

func (s *Store) bundle(h Hash) string { return filepath.Join(s.folder, packed, string(h)+".tar.gz") }

// files are the bundle's, in the folder of the notes.
const files = "files"

// Notes is the folder, beside the files of an unpacked bundle, for what those who use them have to remember about them. It is
// there as long as they are.
func (s *Store) Notes(h Hash) string { return filepath.Join(s.folder, unpacked, string(h)) }

// Put keeps a bundle. Where want is not "", it must be its hash, else the error is a *CorruptError and nothing is kept.
func (s *Store) Put(r io.Reader, want Hash) (Hash, error) {
	file, err := os.CreateTemp(filepath.Join(s.folder, incoming), "bundle-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(file.Name()) }() // it has been moved, or is worth nothing
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(file, sum), r)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", err
	}
	got := Hash(hex.EncodeToString(sum.Sum(nil)))
	if want != "" && got != want {
		return "", &CorruptError{Want: want, Got: got}
	}
	return got, os.Rename(file.Name(), s.bundle(got))
}

// Has reports whether the store has a bundle.
func (s *Store) Has(h Hash) bool {
	if !h.Valid() {
		return false
	}
	_, err := os.Stat(s.bundle(h))
	return err == nil
}

// Open opens a bundle for another machine. The error is a *NotHeldError if it is not here.
func (s *Store) Open(h Hash) (*os.File, error) {
	if !h.Valid() {
		return nil, &NotHeldError{h}
	}
	file, err := os.Open(s.bundle(h))
	if errors.Is(err, fs.ErrNotExist) {
		err = &NotHeldError{h}
	}
	return file, err
}

// Unpacked is the folder of a bundle's files. It is made at the first call, whole or not at all.
func (s *Store) Unpacked(h Hash) (folder string, err error) {
	s.unpacking.Lock()
	defer s.unpacking.Unlock()
	file, err := s.Open(h)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	folder = filepath.Join(s.Notes(h), files)
	now := time.Now()
	if os.Chtimes(s.Notes(h), now, now) == nil { // Collect looks at when it was used last
		return folder, nil
	}
	partial := filepath.Join(s.folder, incoming, string(h))
	if err := errors.Join(os.RemoveAll(partial), os.Mkdir(partial, 0o700)); err != nil {
		return "", err
	}
	if err := Unpack(file, filepath.Join(partial, files), s.limits); err != nil {
		return "", errors.Join(fmt.Errorf("bundle %s: %w", h, err), os.RemoveAll(partial))
	}
	return folder, os.Rename(partial, s.Notes(h))
}

// Collect removes bundles that are not used, and what was unpacked of them, unless they came or were unpacked after a time:
// somebody may be about to use them.
func (s *Store) Collect(used func(Hash) bool, before time.Time) error {
	s.unpacking.Lock()
	defer s.unpacking.Unlock()
	var failed error
	for part, suffix := range map[string]string{packed: ".tar.gz", unpacked: ""} {
		entries, err := os.ReadDir(filepath.Join(s.folder, part))
		failed = errors.Join(failed, err)
		for _, entry := range entries {
			h := Hash(strings.TrimSuffix(entry.Name(), suffix))
			info, err := entry.Info()
			if err != nil || h.Valid() && used(h) || info.ModTime().After(before) {
				continue
			}
			gone := filepath.Join(s.folder, incoming, entry.Name()) // a part of it is never taken for all of it
			err = os.Rename(filepath.Join(s.folder, part, entry.Name()), gone)
			failed = errors.Join(failed, err, os.RemoveAll(gone))
		}
	}
	return failed
}
