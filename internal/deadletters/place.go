package deadletters

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

const (
	extension = ".letters"
	// longestName is how long a file's name may be, without its extension and a mark of a few bytes.
	longestName = 200
)

// OfRun is the list of a topology, by its name, that this user runs on this machine without a cluster.
func OfRun(topology string) (*List, error) {
	folder, err := stateFolder()
	if err != nil {
		return nil, err
	}
	return In(filepath.Join(folder, "gstorm", "dead-letters"), topology), nil
}

// stateFolder is where programs keep what is to outlast them, and is neither a setting nor a cache.
func stateFolder() (string, error) {
	if folder := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(folder) { // others are to be ignored
		return folder, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state"), nil
}

// In is the list of a topology, by its name, in a folder.
func In(folder, topology string) *List {
	return At(filepath.Join(folder, fileName(topology)))
}

func fileName(topology string) string {
	name := url.PathEscape(topology)
	if strings.HasPrefix(name, ".") {
		name = "%2E" + name[1:]
	}
	if len(name) > longestName {
		hash := sha256.Sum256([]byte(topology))
		name = name[:longestName-32] + hex.EncodeToString(hash[:16])
	}
	return name + extension
}

// Topologies are the names of those that have a list in a folder.
func Topologies(folder string) (names []string, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		name, ours := strings.CutSuffix(e.Name(), extension)
		if name, err := url.PathUnescape(name); ours && err == nil {
			names = append(names, name)
		}
	}
	return names, err
}
