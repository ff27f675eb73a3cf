// Package replacefile writes files that somebody may be reading, or that the machine may go down while writing.
package replacefile

import "os"

// Write writes a file that only its owner may read, so that at any time there is the old one or the new one. One goroutine at a time
// writes a path.
func Write(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
