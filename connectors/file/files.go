package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/line"
)

// files are the source of the lines of files, one after the other. The files are divided among the tasks.
type files struct {
	patterns []string
	limits   line.Limits
	names    []string // those still to be read, in order
	now      *tail    // the one that is read; nil: none
}

// Open implements line.Source.
func (f *files) Open(_ context.Context, task *gstorm.TaskContext) error {
	f.limits = f.limits.Counted(task)
	for _, pattern := range f.patterns {
		names, err := matches(pattern)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fmt.Errorf("path %q: there is no such file", pattern)
		}
		f.names = append(f.names, names...)
	}
	slices.Sort(f.names)
	all := slices.Compact(f.names)
	f.names = nil
	for i := task.Index; i < len(all); i += max(task.Tasks, 1) {
		f.names = append(f.names, all[i])
	}
	return nil
}

// matches are the files that a pattern means. A folder that it matches is none; one that is named itself is a mistake.
func matches(pattern string) ([]string, error) {
	if info, err := os.Stat(pattern); err == nil { // perhaps with characters that are special in patterns
		if info.IsDir() {
			return nil, fmt.Errorf("path %q: it is a folder; a pattern for the files in it ends with /*", pattern)
		}
		return []string{pattern}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("path %q: %w", pattern, err)
	}
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", pattern, err)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		info, err := os.Stat(name)
		return err != nil || info.IsDir()
	}), nil
}

// Next implements line.Source.
func (f *files) Next(context.Context) (line.Line, error) {
	for {
		if f.now == nil {
			if len(f.names) == 0 {
				return line.Line{}, io.EOF
			}
			var err error
			if f.now, err = newTail(f.names[0], 0, f.limits, false); err != nil {
				return line.Line{}, err
			}
			f.names = f.names[1:]
		}
		l, err := f.now.last()
		if !errors.Is(err, io.EOF) {
			return l, err
		}
		if err := f.Close(); err != nil {
			return line.Line{}, err
		}
	}
}

// Close implements line.Source.
func (f *files) Close() error {
	if f.now == nil {
		return nil
	}
	err := f.now.close()
	f.now = nil
	return err
}
