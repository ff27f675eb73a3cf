package adapters

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gstorm/gstorm"
)

// Library is the part of gstorm that runs in the processes of a language. It is built into gstorm and put on disk where
// an interpreter can read it.
type Library struct {
	// Language is its name for people.
	Language string
	// Files are the library.
	Files fs.FS
	// Boot is the file of it that the interpreter is given; every copy of the library has it.
	Boot string
	// Variable is the environment variable that names a directory with another copy, for those who work on the library.
	Variable string
}

// Open returns the copy that the environment variable names, else the one in the user's cache directory, which is brought
// there first. Where it can't be put there, it gets a directory of its own. Whoever gets a copy has to close it.
func (l Library) Open() (LibraryCopy, error) {
	if dir := os.Getenv(l.Variable); dir != "" {
		return l.named(dir)
	}
	dir, cacheErr := l.cached()
	if cacheErr == nil {
		return LibraryCopy{dir: dir, boot: l.Boot}, nil
	}
	dir, err := os.MkdirTemp("", "gstorm-"+l.name()+"-")
	if err != nil {
		return LibraryCopy{}, fmt.Errorf("put %s library on disk: %w", l.Language, errors.Join(cacheErr, err))
	}
	private := LibraryCopy{dir: dir, boot: l.Boot, private: true}
	if err := place(l.Files, dir); err != nil {
		private.Close()
		return LibraryCopy{}, fmt.Errorf("put %s library on disk: %w", l.Language, errors.Join(cacheErr, err))
	}
	return private, nil
}

// name is the language in names of directories.
func (l Library) name() string { return strings.ToLower(l.Language) }

func (l Library) named(dir string) (LibraryCopy, error) {
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(l.Boot))); err != nil {
		return LibraryCopy{}, gstorm.Problems{{
			Severity: gstorm.Error,
			Message:  fmt.Sprintf("%s is %s, which is not gstorm's %s library: it has no %s", l.Variable, dir, l.Language, l.Boot),
			Hint:     "unset it to use the library that is built in",
		}}
	}
	return LibraryCopy{dir: dir, boot: l.Boot}, nil
}

// cached is the directory of this very library, by the hash of its contents: other versions have others. What is missing
// or damaged there is replaced.
func (l Library) cached() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	hash, err := contentHash(l.Files)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gstorm", l.name()+"-"+hash)
	return dir, place(l.Files, dir)
}

// LibraryCopy is a directory with a Library.
type LibraryCopy struct {
	dir     string
	boot    string
	private bool // made by one Open, and removed with its copy
}

// Boot is the path of the file that the interpreter is given.
func (c LibraryCopy) Boot() string { return filepath.Join(c.dir, filepath.FromSlash(c.boot)) }

// Dir is where the library lies.
func (c LibraryCopy) Dir() string { return c.dir }

// Close removes a copy that nobody else can have. What can't be removed is left to whoever clears the system's directory
// for temporary files.
func (c LibraryCopy) Close() {
	if c.private {
		_ = os.RemoveAll(c.dir)
	}
}

// contentHash names a tree of files by their names and contents.
func contentHash(source fs.FS) (string, error) {
	hash := sha256.New()
	err := eachFile(source, func(name string, content []byte) error {
		_, err := fmt.Fprintf(hash, "%q %q\n", name, content)
		return err
	})
	return fmt.Sprintf("%x", hash.Sum(nil)[:8]), err
}

// place brings every file of source into dir. A file appears there whole or not at all, and one that is right is not
// touched; so several processes can do it at once, and while others use the files.
func place(source fs.FS, dir string) error {
	return eachFile(source, func(name string, content []byte) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if there, err := os.ReadFile(file); err == nil && bytes.Equal(there, content) {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return replace(file, content)
	})
}

// replace writes a file beside its place and moves it there.
func replace(file string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// eachFile calls f with every file of source, in the order of their names.
func eachFile(source fs.FS, f func(name string, content []byte) error) error {
	return fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		return f(name, content)
	})
}
