package dependencies

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/internal/replacefile"
)

// The files in Bundle.Notes.
const (
	doneFile = "installed" // the lock files whose step is done, a line each
	logFile  = "install.log"
)

// notes are the lock files of a bundle whose steps are done.
type notes struct {
	file string
	done []string
}

func readNotes(folder string) (*notes, error) {
	n := &notes{file: filepath.Join(folder, doneFile)}
	content, err := os.ReadFile(n.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	n.done = slices.DeleteFunc(strings.Split(string(content), "\n"), func(line string) bool { return line == "" })
	return n, nil
}

func (n *notes) has(step Step) bool { return slices.Contains(n.done, step.Lock) }

// add notes that a step is done. The file is there whole or as it was before.
func (n *notes) add(step Step) error {
	n.done = append(n.done, step.Lock)
	return replacefile.Write(n.file, []byte(strings.Join(n.done, "\n")+"\n"))
}
