package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/line"
)

// lingering is how long a file is still read after it has lost its name: whoever writes to it may do so for a while.
const lingering = time.Minute

// stillLooks is for how many looks a packed file must not have changed before it is read: it can be read once only, when it is
// whole.
const stillLooks = 4

// still is a packed file that may still be written.
type still struct {
	info  os.FileInfo
	looks int
}

// followed are the source of the lines of files that grow, for ever. Which of the tasks reads a file its number on the disk
// says, which it keeps when it is renamed.
type followed struct {
	patterns []string
	atEnd    bool // begin a file that is there at the start where it ends
	every    time.Duration
	limits   line.Limits

	task   *gstorm.TaskContext
	tails  []*tail          // all that are read, in turn
	named  map[string]*tail // those of them that have their names
	lives  map[string]int   // how many files have had a name
	packed map[string]*still
	turn   int
	looked time.Time // when the files were last looked at
}

// Open implements line.Source.
func (f *followed) Open(_ context.Context, task *gstorm.TaskContext) error {
	f.task, f.limits = task, f.limits.Counted(task)
	f.named, f.lives, f.packed = map[string]*tail{}, map[string]int{}, map[string]*still{}
	f.looked = time.Now()
	return f.find(f.atEnd)
}

// Next takes the files in turn, and looks at them again every so often once they have nothing. It implements line.Source.
func (f *followed) Next(context.Context) (line.Line, error) {
	for range len(f.tails) {
		f.turn = (f.turn + 1) % len(f.tails)
		t := f.tails[f.turn]
		l, err := t.next()
		if errors.Is(err, io.EOF) && !t.left.IsZero() && time.Since(t.left) > lingering {
			l, err = f.leave(t)
		}
		if !errors.Is(err, io.EOF) {
			return l, err
		}
		if len(f.tails) == 0 {
			break
		}
	}
	if time.Since(f.looked) < f.every {
		return line.Line{}, line.ErrNothing
	}
	f.looked = time.Now()
	for _, t := range slices.Clone(f.tails) {
		if err := f.look(t); err != nil {
			return line.Line{}, err
		}
	}
	if err := f.find(false); err != nil {
		return line.Line{}, err
	}
	return line.Line{}, line.ErrNothing
}

// leave ends the reading of a file that has long lost its name, after its last line if that has no end.
func (f *followed) leave(t *tail) (line.Line, error) {
	l, err := t.last()
	if !errors.Is(err, io.EOF) {
		return l, err
	}
	f.tails = slices.DeleteFunc(f.tails, func(other *tail) bool { return other == t })
	_ = t.close() // it was only read
	return line.Line{}, io.EOF
}

// look finds out whether a file still has its name, and whether it was cut, in which case it begins anew.
func (f *followed) look(t *tail) error {
	if !t.left.IsZero() {
		return nil
	}
	info, err := os.Stat(t.name)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look at a followed file: %w", err)
	case err != nil || !os.SameFile(info, t.info):
		f.task.Logger.Info("a followed file has another name now, or none", slog.String("file", t.name))
		t.left = time.Now()
		delete(f.named, t.name)
	case info.Size() < t.size():
		f.task.Logger.Info("a followed file was cut and begins anew", slog.String("file", t.name))
		if err := t.reopen(f.limits); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// find begins with files that have come up.
func (f *followed) find(atEnd bool) error {
	for _, pattern := range f.patterns {
		names, err := matches(pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if f.named[name] == nil {
				if err := f.begin(name, atEnd); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// begin follows one more file, if it is this task's. One that is read already has only got another name; one that vanishes
// meanwhile is no mistake.
func (f *followed) begin(name string, atEnd bool) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("follow a file: %w", err)
	}
	if info.Size() < int64(len(gzipMagic)) {
		return nil // it may become either
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Ino%uint64(max(f.task.Tasks, 1))) != f.task.Index {
		return nil
	}
	if at := slices.IndexFunc(f.tails, func(t *tail) bool { return os.SameFile(t.info, info) }); at >= 0 {
		if t := f.tails[at]; !t.left.IsZero() {
			t.left, t.name, f.named[name] = time.Time{}, name, t
		}
		return nil
	}
	t, err := newTail(name, f.lives[name], f.limits, atEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if t.packed && !f.whole(name, info) {
		return t.close()
	}
	f.lives[name]++
	f.tails, f.named[name] = append(f.tails, t), t
	return nil
}

// whole reports whether a packed file has been the same for some time.
func (f *followed) whole(name string, info os.FileInfo) bool {
	s := f.packed[name]
	if s == nil || !os.SameFile(s.info, info) || s.info.Size() != info.Size() || !s.info.ModTime().Equal(info.ModTime()) {
		s = &still{info: info}
		f.packed[name] = s
	}
	if s.looks++; s.looks < stillLooks {
		return false
	}
	delete(f.packed, name)
	return true
}

// Close implements line.Source.
func (f *followed) Close() error {
	var errs []error
	for _, t := range f.tails {
		errs = append(errs, t.close())
	}
	return errors.Join(errs...)
}
