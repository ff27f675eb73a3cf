package file

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// rotation says when a new file begins, and whether what is written must be on the disk.
type rotation struct {
	sync     bool
	maxBytes int64         // 0: no limit
	maxAge   time.Duration // 0: no limit
}

// output is a file that whole lines are appended to.
type output struct {
	path string
	rotation
	log   *slog.Logger
	file  *os.File // nil after a rotation that has failed half-way: the next write tries again
	size  int64
	begun time.Time // when something was first written to it
}

// open opens the file behind what it has. A last line without an end is that of a machine that stopped, or somebody else's;
// it gets one, so that it stays apart from what follows.
func (o *output) open() error {
	if err := os.MkdirAll(filepath.Dir(o.path), 0o777); err != nil {
		return fmt.Errorf("make the folder of an output: %w", err)
	}
	file, err := os.OpenFile(o.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return fmt.Errorf("open an output: %w", err)
	}
	info, err := file.Stat()
	if err == nil {
		o.file, o.size, o.begun = file, info.Size(), time.Now()
		err = o.endLine()
	}
	if err == nil && o.sync {
		err = syncFolder(filepath.Dir(o.path))
	}
	if err != nil {
		o.file = nil
		return errors.Join(fmt.Errorf("open output %s: %w", o.path, err), file.Close())
	}
	return nil
}

// syncFolder brings the names in a folder to the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (o *output) endLine() error {
	if o.size == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := o.file.ReadAt(last, o.size-1); err != nil || last[0] == '\n' {
		return err
	}
	o.log.Warn("the last line of the output had no end and was given one", slog.String("file", o.path))
	return o.append([]byte("\n"))
}

// full reports whether a line of some length needs another file, if as many bytes as are unwritten go to this one before.
func (o *output) full(unwritten, length int64, now time.Time) bool {
	size := o.size + unwritten
	return size > 0 && (o.maxBytes > 0 && size+length > o.maxBytes || o.maxAge > 0 && now.Sub(o.begun) >= o.maxAge)
}

// write appends lines, all of them or, with an error, none.
func (o *output) write(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if o.file == nil {
		if err := o.open(); err != nil {
			return err
		}
	}
	if o.size == 0 {
		o.begun = time.Now()
	}
	return o.append(lines)
}

func (o *output) append(lines []byte) error {
	n, err := o.file.Write(lines)
	if err == nil && o.sync {
		err = o.file.Sync()
	}
	if err == nil {
		o.size += int64(n)
		return nil
	}
	err = fmt.Errorf("write an output: %w", err)
	if cut := o.file.Truncate(o.size); cut != nil {
		err = errors.Join(err, fmt.Errorf("take back what was written of it: %w", cut), o.abandon())
	}
	return err
}

// abandon closes the file, so that the next write opens it anew and looks how it ends.
func (o *output) abandon() error {
	file := o.file
	o.file = nil
	return file.Close()
}

// rotate gives the file the next number that is free, and begins another one.
func (o *output) rotate(now time.Time) error {
	if err := o.close(); err != nil {
		return err
	}
	name, err := o.nextName()
	if err != nil {
		return err
	}
	if err := os.Rename(o.path, name); err != nil {
		return fmt.Errorf("rotate an output: %w", err)
	}
	err = o.open()
	o.begun = now
	return err
}

// nextName is the file's name with the number after the highest that there is, so that their order is that of time.
func (o *output) nextName() (string, error) {
	entries, err := os.ReadDir(filepath.Dir(o.path))
	if err != nil {
		return "", fmt.Errorf("rotate an output: %w", err)
	}
	highest := 0
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), filepath.Base(o.path)+"."); ok {
			if n, err := strconv.Atoi(number); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return fmt.Sprintf("%s.%d", o.path, highest+1), nil
}

// close closes the file; what it holds is on the disk then, if that was asked for.
func (o *output) close() error {
	if o.file == nil {
		return nil
	}
	var err error
	if o.sync {
		err = o.file.Sync()
	}
	return errors.Join(err, o.abandon())
}
