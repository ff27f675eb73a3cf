package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// file is one that is to be written.
type file struct {
	name   string
	text   []byte
	secret bool // for nobody but its owner
}

func (f file) mode() fs.FileMode {
	if f.secret {
		return 0o600
	}
	return 0o644
}

// save writes files to a folder, each whole or not at all, and none if one of them is there and must not be replaced.
func save(folder string, replace bool, files ...file) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(folder, f.name)
		if _, err := os.Lstat(path); err == nil && !replace {
			return fmt.Errorf("%s: %w", path, fs.ErrExist)
		}
	}
	for _, f := range files {
		if err := f.write(folder, replace); err != nil {
			return err
		}
	}
	return nil
}

func (f file) write(folder string, replace bool) error {
	path := filepath.Join(folder, f.name)
	temporary, err := os.CreateTemp(folder, "."+f.name+"-") // with the mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // it has another name by then, or is worth nothing
	_, err = temporary.Write(f.text)
	if err = errors.Join(err, temporary.Chmod(f.mode()), temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if replace {
		return os.Rename(temporary.Name(), path)
	}
	return os.Link(temporary.Name(), path) // unlike a rename it leaves alone what has come there meanwhile
}

// SaveKey writes the key of a cluster's gossip to a file that nobody else may read. If it is there, nothing is written and
// the error is an fs.ErrExist.
func SaveKey(path, key string) error {
	return save(filepath.Dir(path), false, file{filepath.Base(path), []byte(key + "\n"), true})
}
