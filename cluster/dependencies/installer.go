package dependencies

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
)

// DefaultLimit is how long one command of a step may take.
const DefaultLimit = 10 * time.Minute

// Bundle is where the files of an unpacked bundle are.
type Bundle struct {
	// Folder has its files. What is installed comes into it.
	Folder string
	// File is the path in Folder of the topology's file.
	File string
	// Notes is a folder, outside of Folder, that comes and goes with it: there is noted what has been installed, and
	// install.log has what the commands wrote the last time that any ran.
	Notes string
}

// Installer installs what bundles ask for. Its zero value is ready to use. Install may be called from any goroutine; the
// bundles of a folder are those of one Installer.
type Installer struct {
	// Limit is how long one command may take; 0: DefaultLimit.
	Limit time.Duration
	// Log gets a line when a step begins and when it is done; nil: nobody does.
	Log *slog.Logger

	busy sync.Map // of bundles' folders: a channel with room for the one who installs. It stays, as there are not many
}

// Install installs what the lock files of a bundle ask for, unless that has been done. What an earlier call began and did not
// finish is done again from the beginning. While another call installs in the same folder, it waits. What is in a bundle in the
// place of what is to be installed is replaced.
//
// The error is a gstorm.Problems, each at a lock file, where the bundle or this node lacks something: it says which command
// failed and how, what it wrote at its beginning and its end, and what to do. If tools are missing, all of them are told and
// nothing is run. With ctx what runs is ended, and the error is that of ctx.
func (i *Installer) Install(ctx context.Context, b Bundle) error {
	steps, err := Find(b.Folder, b.File)
	if err != nil || len(steps) == 0 {
		return err
	}
	if b.Folder, err = filepath.Abs(b.Folder); err != nil {
		return err
	}
	turn, _ := i.busy.LoadOrStore(b.Folder, make(chan struct{}, 1))
	select {
	case turn.(chan struct{}) <- struct{}{}:
		defer func() { <-turn.(chan struct{}) }()
	case <-ctx.Done():
		return ctx.Err()
	}
	done, err := readNotes(b.Notes)
	if err != nil {
		return err
	}
	var works []work
	var problems gstorm.Problems
	for _, step := range steps {
		if done.has(step) {
			continue
		}
		w, found := prepare(b.Folder, step)
		works, problems = append(works, w), append(problems, found...)
	}
	if len(problems) > 0 {
		return problems
	}
	if len(works) == 0 {
		return nil
	}
	return i.work(ctx, b, works, done)
}

// work is a step, and what is run for it.
type work struct {
	step     Step
	folder   string
	commands []command
	env      []string
}

// prepare finds what a step needs. The problems say what is not there.
func prepare(folder string, step Step) (work, gstorm.Problems) {
	if step.Advice != "" {
		return work{}, problem(step.Lock, "gstorm does not install by this file", step.Advice)
	}
	t := &tools{folder: filepath.Join(folder, filepath.FromSlash(step.folder))}
	w := work{step: step, folder: t.folder, commands: step.kind.commands(t), env: t.environment()}
	if t.missing != "" {
		return work{}, problem(step.Lock, "its packages can't be installed: "+t.missing, "install it there; "+notNeeded(step))
	}
	return w, nil
}

func notNeeded(step Step) string {
	return "if the topology does not need them, name " + step.Lock + " in .gstormignore"
}

// work does all steps, also those after one that fails.
func (i *Installer) work(ctx context.Context, b Bundle, works []work, done *notes) (err error) {
	log, err := os.OpenFile(filepath.Join(b.Notes, logFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	var problems gstorm.Problems
	for _, w := range works {
		err := i.do(ctx, b, w, log)
		var found gstorm.Problems
		switch {
		case errors.As(err, &found):
			problems = append(problems, found...)
		case err != nil:
			return err
		default:
			if err := done.add(w.step); err != nil {
				return err
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// do does one step, from its beginning.
func (i *Installer) do(ctx context.Context, b Bundle, w work, log *os.File) error {
	began := time.Now()
	i.tell("packages are being installed", w.step)
	if err := remove(b.Folder, w.step.Installs[0]); err != nil {
		return err
	}
	limit := i.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	for _, c := range w.commands {
		out := newOutput(log)
		if _, err := fmt.Fprintf(log, "%s: %s\n", w.step.Lock, c.shown); err != nil {
			return err
		}
		err := c.run(ctx, w.folder, w.env, limit, out)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			said := out.said()
			return problem(w.step.Lock, fmt.Sprintf("%s failed: %v", c.shown, err),
				cure(w.step, said)+"; all of its output is in "+log.Name()+" on this node; "+said)
		}
		if out.logErr != nil {
			return out.logErr
		}
	}
	i.tell("packages are installed", w.step, slog.Duration("took", time.Since(began).Round(time.Millisecond)))
	return nil
}

// remove removes a folder of the bundle. Nothing outside of the bundle is removed, whatever links are in it.
func remove(folder, name string) (err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return root.RemoveAll(filepath.FromSlash(name))
}

func (i *Installer) tell(what string, step Step, more ...any) {
	if i.Log != nil {
		i.Log.Info(what, append([]any{slog.String("file", step.Lock), slog.String("tool", step.kind.tool)}, more...)...)
	}
}
