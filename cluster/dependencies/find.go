package dependencies

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/gstorm/gstorm"
)

// Step is what one lock file asks for.
type Step struct {
	// Lock is the path of the lock file in the bundle, with slashes, and Needs those of the other files without which it would
	// ask for nothing.
	Lock  string
	Needs []string
	// Installs are the paths of the folders that are made of it: what is in them on another machine is of no use here.
	Installs []string
	// Advice is not "" where nothing here installs by such a file: what to do instead.
	Advice string

	folder string // of the lock file
	kind   kind
}

// Find returns what the files in a folder ask for: first those of the folder itself, then those of the folder that a
// topology's file is in, whose path in the folder is given ("" if only the folder itself counts). It starts nothing and does
// not ask which tools are there. The error is a gstorm.Problems where a lock file is none that can be used.
func Find(folder, file string) ([]Step, error) {
	return FindWithout(folder, file, func(string, bool) bool { return false })
}

// FindWithout is Find as if certain files and folders were not there: without is asked for each by its path, with slashes.
func FindWithout(folder, file string, without func(name string, folder bool) bool) ([]Step, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f := finder{root, without}
	folders, err := places(file)
	if err != nil {
		return nil, err
	}
	var steps []Step
	var problems gstorm.Problems
	for _, in := range folders {
		for _, language := range kinds {
			step, err := f.first(in, language)
			var found gstorm.Problems
			switch {
			case errors.As(err, &found):
				problems = append(problems, found...)
			case err != nil:
				return nil, err
			case step != nil:
				steps = append(steps, *step)
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return steps, nil
}

// places are the folders in which lock files count, with slashes.
func places(file string) ([]string, error) {
	if file == "" {
		return []string{"."}, nil
	}
	if !filepath.IsLocal(file) {
		return nil, fmt.Errorf("the topology's file %q is not in the bundle", file)
	}
	return slices.Compact([]string{".", path.Dir(filepath.ToSlash(filepath.Clean(file)))}), nil
}

// finder looks into a folder, out of which nothing leads.
type finder struct {
	root    *os.Root
	without func(name string, folder bool) bool
}

// first is the step of the first of a language's lock files that is in a folder; nil: there is none.
func (f finder) first(in string, language []kind) (*Step, error) {
	for _, k := range language {
		step := &Step{Lock: path.Join(in, k.lock), Advice: k.advice, folder: in, kind: k}
		if k.needs != "" {
			step.Needs = []string{path.Join(in, k.needs)}
		}
		for _, made := range []string{k.installs, k.settings} {
			if made != "" {
				step.Installs = append(step.Installs, path.Join(in, made))
			}
		}
		there, err := f.complete(step)
		if err != nil {
			return nil, err
		}
		if there && k.unless != "" {
			there = !f.hasFolder(path.Join(in, k.unless))
		}
		if there {
			return step, nil
		}
	}
	return nil, nil
}

// complete reports whether a step's files are there. The error is a gstorm.Problems if one of them is no file of the bundle.
func (f finder) complete(step *Step) (bool, error) {
	for _, name := range append([]string{step.Lock}, step.Needs...) {
		if f.without(name, false) {
			return false, nil
		}
		info, err := f.root.Stat(filepath.FromSlash(name))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil || !info.Mode().IsRegular() {
			return false, problem(name, "it is no file of the bundle, so nothing can be installed by it", "put the file itself there")
		}
	}
	return true, nil
}

func (f finder) hasFolder(name string) bool {
	info, err := f.root.Stat(filepath.FromSlash(name))
	return err == nil && info.IsDir() && !f.without(name, true)
}

// problem is an error that concerns a file of a bundle.
func problem(file, message, hint string) gstorm.Problems {
	return gstorm.Problems{{Severity: gstorm.Error, Message: message, Hint: hint, At: gstorm.Position{File: file}}}
}
