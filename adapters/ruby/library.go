package ruby

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gstorm/gstorm"
)

// bootFile is what the interpreter is given, within the library.
const bootFile = "gstorm/boot.rb"

// library is a directory with the Ruby library.
type library struct {
	dir     string
	private bool // made for one session, and removed with it
}

// openLibrary returns the library that GSTORM_RUBY_LIB names, else the embedded one as it lies in the user's cache
// directory. Where it can't be put there, it gets a directory of its own.
func openLibrary() (library, error) {
	if dir := os.Getenv("GSTORM_RUBY_LIB"); dir != "" {
		return namedLibrary(dir)
	}
	source, err := fs.Sub(embedded, "lib")
	if err != nil {
		return library{}, fmt.Errorf("open embedded Ruby library: %w", err)
	}
	dir, cacheErr := cachedLibrary(source)
	if cacheErr == nil {
		return library{dir: dir}, nil
	}
	dir, err = os.MkdirTemp("", "gstorm-ruby-")
	if err != nil {
		return library{}, fmt.Errorf("put Ruby library on disk: %w", errors.Join(cacheErr, err))
	}
	l := library{dir: dir, private: true}
	if err := place(source, dir); err != nil {
		l.close()
		return library{}, fmt.Errorf("put Ruby library on disk: %w", errors.Join(cacheErr, err))
	}
	return l, nil
}

// close removes the library if nobody else can have it. What can't be removed is left to whoever clears the system's
// directory for temporary files.
func (l library) close() {
	if l.private {
		_ = os.RemoveAll(l.dir)
	}
}

func namedLibrary(dir string) (library, error) {
	if _, err := os.Stat(filepath.Join(dir, bootFile)); err != nil {
		return library{}, gstorm.Problems{{
			Severity: gstorm.Error,
			Message:  fmt.Sprintf("GSTORM_RUBY_LIB is %s, which is not gstorm's Ruby library: it has no %s", dir, bootFile),
			Hint:     "unset it to use the library that is built in",
		}}
	}
	return library{dir: dir}, nil
}

// cachedLibrary is the directory of this very library, by the hash of its contents: other versions have others. What is
// missing or damaged there is replaced.
func cachedLibrary(source fs.FS) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	hash, err := contentHash(source)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gstorm", "ruby-"+hash)
	return dir, place(source, dir)
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
