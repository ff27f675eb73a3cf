package process

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// The parts of a supervisor's folder and of a worker's.
const (
	partial    = ".partial" // what is about to be there, or to be gone
	specName   = "spec.json"
	outputName = "output"
)

const (
	maxOutput = 1 << 20 // at which a start begins a new file
	tailBytes = 4 << 10 // of the output that are told of an end
	tailLines = 20
)

// key names a worker.
type key struct {
	topology string
	worker   int
}

func (k key) name() string { return k.topology + "-" + strconv.Itoa(k.worker) }

func (k key) check() error {
	if k.worker < 1 {
		return fmt.Errorf("topology %q has no worker %d: they are counted from 1", k.topology, k.worker)
	}
	return fsm.CheckID(k.topology)
}

// keyOf takes a folder's name apart. false: it is not that of a worker.
func keyOf(name string) (key, bool) {
	dash := strings.LastIndexByte(name, '-')
	if dash < 0 {
		return key{}, false
	}
	worker, err := strconv.Atoi(name[dash+1:])
	k := key{name[:dash], worker}
	return k, err == nil && k.check() == nil && k.name() == name
}

// writeSpec writes a worker's spec so that at any time there is the old one or the new one.
func writeSpec(root string, k key, spec []byte) error {
	folder := filepath.Join(root, k.name())
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	incoming := filepath.Join(root, partial, specName)
	if err := os.WriteFile(incoming, spec, 0o600); err != nil {
		return err
	}
	return os.Rename(incoming, filepath.Join(folder, specName))
}

// remove removes a worker's folder, whole or not at all. The error is a *HeldError if a process works there: one that an
// earlier agent has started just before that agent's end, and nobody knew of.
func remove(root string, k key) error {
	folder := filepath.Join(root, k.name())
	fd, err := lock(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }() // nothing was written
	outgoing := filepath.Join(root, partial, k.name())
	if err := os.RemoveAll(outgoing); err != nil {
		return err
	}
	if err := os.Rename(folder, outgoing); err != nil {
		return err
	}
	return os.RemoveAll(outgoing)
}

// openOutput opens what a process prints to, and tells where its own begins.
func openOutput(folder string) (file *os.File, from int64, err error) {
	path := filepath.Join(folder, outputName)
	if info, err := os.Stat(path); err == nil && info.Size() > maxOutput {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, 0, err
		}
	}
	if file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// lastOutput are the last lines that a process has printed, as text. What can't be read is left out: it only explains.
func lastOutput(folder string, from int64) string {
	file, err := os.Open(filepath.Join(folder, outputName))
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	begin := max(from, info.Size()-tailBytes)
	text, _ := io.ReadAll(io.NewSectionReader(file, begin, tailBytes))
	if begin > from {
		_, text, _ = bytes.Cut(text, []byte("\n")) // the line that was cut
	}
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(text), "�")), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
