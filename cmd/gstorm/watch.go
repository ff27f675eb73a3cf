package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/internal/watch"
)

// watcher brings the changes of files to what runs (`gstorm run --watch`). A nil watcher sees none.
type watcher struct {
	runner   *runner
	files    *watch.Watcher
	topology *gstorm.Topology // what runs
}

// watch runs the topology until somebody asks for the end: anew when its shape has changed, and when a file has changed
// after it has ended, or could not begin.
func (r *runner) watch(ctx context.Context) error {
	dir := r.selection.request.File
	if !isDir(dir) {
		dir = filepath.Dir(dir)
	}
	files, err := watch.New(dir)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer stop()
	watching.Go(func() {
		if err := files.Run(ctx); err != nil {
			r.say("changes are no longer seen: " + err.Error())
		}
	})
	w := &watcher{runner: r, files: files}
	for {
		e, err := r.once(ctx, w)
		switch {
		case e != nil && e.asked.Load():
			return err
		case e != nil && e.replaced && err == nil:
			continue
		case err != nil:
			r.p.report(err)
		}
		r.say("waiting for a change; Ctrl-C to end")
		select {
		case <-files.Changes():
		case <-r.signals:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// say writes a line about the run itself.
func (r *runner) say(line string) {
	_, _ = fmt.Fprintln(r.screen.Log(), "gstorm: "+terminal.Escape(line))
}

// changes are those of the files.
func (w *watcher) changes() <-chan []string {
	if w == nil {
		return nil
	}
	return w.files.Changes()
}

// changed looks at what changed files mean for what runs, and sees to it. It reports whether another topology is to take
// the place of this one, which is drained.
func (w *watcher) changed(ctx context.Context, e *execution, files []string) (replace bool) {
	affected, causes := affected(w.topology, w.runner.selection.request.File, files)
	if len(causes) == 0 {
		return false
	}
	what := strings.Join(causes, ", ")
	l, err := w.runner.p.load(ctx, w.runner.selection, w.runner.log, w.runner.screen.Print)
	if err != nil {
		w.mistaken(e, what, err)
		return false
	}
	err = l.invalid()
	if err == nil && same(w.topology, l.topology) {
		if len(affected) > 0 {
			e.say(fmt.Sprintf("%s was saved: restarting %s", what, strings.Join(affected, ", ")))
		}
		if err := e.adopt(l); err != nil {
			e.say(err.Error())
		}
		e.worker.Restart(affected...)
		return false
	}
	if closeErr := l.Close(); closeErr != nil {
		e.say(closeErr.Error())
	}
	if err != nil {
		w.mistaken(e, what, err)
		return false
	}
	e.drain(what+" has changed the topology", ", then it starts anew")
	return true
}

// mistaken says why what was saved is not run.
func (w *watcher) mistaken(e *execution, what string, err error) {
	e.say(what + " has mistakes, what runs goes on as it is:")
	w.tell(err)
}

// tell shows why a file can't be run.
func (w *watcher) tell(err error) {
	var problems gstorm.Problems
	if !errors.As(err, &problems) {
		w.runner.say(err.Error())
	}
	for _, problem := range problems {
		_, _ = fmt.Fprintln(w.runner.screen.Log(), terminal.Escape(problem.String()))
	}
}

// same reports whether two descriptions are of the same topology, whatever lines it stands in.
func same(a, b *gstorm.Topology) bool {
	one, err := shape(a)
	other, otherErr := shape(b)
	return cmp.Or(err, otherErr) == nil && one == other
}

// shape is a description without what makes no difference to what runs.
func shape(t *gstorm.Topology) (string, error) {
	c := *t
	c.Problems, c.Classes = nil, nil
	c.Components = slices.Clone(t.Components)
	for i := range c.Components {
		component := &c.Components[i]
		component.At = gstorm.Position{}
		component.Inputs = slices.Clone(component.Inputs)
		for k := range component.Inputs {
			component.Inputs[k].At = gstorm.Position{}
		}
	}
	text, err := json.Marshal(&c)
	return string(text), err
}

// affected are the components whose code changed files may be, and those files: files in the same language, and those that
// a command names or runs beside. main is the topology's own file, which concerns it even if no component does.
func affected(t *gstorm.Topology, main string, files []string) (ids, causes []string) {
	for _, file := range files {
		before := len(ids)
		for _, c := range t.Components {
			if concerns(&c, main, file) {
				ids = append(ids, c.ID)
			}
		}
		if len(ids) > before || sameFile(file, main) || isDir(main) && filepath.Ext(file) == languageOf(main) {
			causes = append(causes, file)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), causes
}

func concerns(c *gstorm.Component, main, file string) bool {
	switch c.Implementation.Type {
	case gstorm.FileImplementation:
		return filepath.Ext(file) == languageOf(cmp.Or(c.Implementation.File, main))
	case gstorm.ShellImplementation:
		for _, word := range c.Implementation.Command {
			if filepath.Base(word) == filepath.Base(file) {
				return true
			}
		}
		below, err := filepath.Rel(cmp.Or(c.Implementation.Dir, "."), file)
		return err == nil && c.Implementation.Dir != "" && filepath.IsLocal(below)
	}
	return false
}

// languageOf is the ending of files in the language of a file, or of a package's directory.
func languageOf(file string) string {
	if isDir(file) {
		return ".go"
	}
	return filepath.Ext(file)
}

func isDir(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.IsDir()
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(one, other)
}
