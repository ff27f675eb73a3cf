package process

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"
)

// worker is one worker of this node, as Run knows it.
type worker struct {
	key
	options *Options
	root    string
	folder  string
	log     *slog.Logger

	spec     []byte // that its folder has; nil: not known
	process  running
	from     int64     // where its output begins
	told     time.Time // when it was last told to end; zero: it was not
	due      time.Time // nothing is started or written before
	removal  time.Time // the folder is not removed before
	backoff  backoff
	failed   bool // the last process ended by itself
	restarts int
	exit     string
}

func newWorker(o *Options, k key) *worker {
	return &worker{
		key: k, options: o, root: o.Folder, folder: filepath.Join(o.Folder, k.name()),
		log:     o.Logger.With(slog.String("topology", k.topology), slog.Int("worker", k.worker)),
		backoff: backoff{first: o.FirstRestart, longest: o.LongestRestart, steady: o.Steady},
	}
}

// adopt takes over a process that works in the folder, if there is one.
func (w *worker) adopt() (found bool, err error) {
	a, err := adopt(w.folder)
	if err != nil || a == nil {
		return false, err
	}
	w.process, w.from = a, 0
	w.log.Info("a worker process of an earlier agent goes on", slog.Int("pid", a.pid()))
	return true, nil
}

// look notes the end of the process.
func (w *worker) look(now time.Time) {
	if w.process == nil {
		return
	}
	exit, ended := w.process.ended()
	if !ended {
		return
	}
	pid, ran, told := w.process.pid(), now.Sub(w.process.started()), !w.told.IsZero()
	w.process, w.told = nil, time.Time{}
	if found, _ := w.adopt(); found { // the one that ended did so because of it; an error comes again at the start
		return
	}
	if output := lastOutput(w.folder, w.from); output != "" {
		exit += "\n" + output
	}
	w.exit = exit
	if told {
		w.log.Info("worker process has ended", slog.Int("pid", pid))
		return
	}
	w.fail(now, ran)
	w.log.Warn("worker process has ended by itself", slog.Int("pid", pid), slog.String("exit", exit), slog.Duration("ran", ran))
}

// fail has the next start wait.
func (w *worker) fail(now time.Time, ran time.Duration) {
	w.failed, w.due = true, now.Add(w.backoff.ended(ran))
}

// want has it run with a spec. One that was told to end does so before it is started again.
func (w *worker) want(now time.Time, spec []byte) {
	switch {
	case !w.told.IsZero():
		w.end(now)
	case now.Before(w.due):
	case w.process == nil:
		if err := w.start(spec); err != nil {
			w.exit = "it could not be started: " + err.Error()
			w.fail(now, 0)
			w.log.Error("worker process can't be started", slog.Any("error", err), slog.Duration("again_in", w.due.Sub(now)))
		}
	default:
		if err := w.write(spec); err != nil {
			w.due = now.Add(w.options.LongestRestart)
			w.log.Error("the new spec of a worker can't be written", slog.Any("error", err))
		}
	}
}

// write writes the spec, unless its folder has it.
func (w *worker) write(spec []byte) error {
	if w.spec != nil && bytes.Equal(spec, w.spec) {
		return nil
	}
	if err := writeSpec(w.root, w.key, spec); err != nil {
		return err
	}
	w.spec = spec
	return nil
}

// start starts a process, unless one works in the folder: an earlier agent had started it just before its own end.
func (w *worker) start(spec []byte) (err error) {
	w.spec = nil // whatever has become of its folder
	if err := w.write(spec); err != nil {
		return err
	}
	if found, err := w.adopt(); found || err != nil {
		return err
	}
	output, from, err := openOutput(w.folder)
	if err != nil {
		return err
	}
	defer func() { _ = output.Close() }() // the process has it, and nothing was written here
	c, err := startChild(append(slices.Clone(w.options.Command), w.folder), w.options.Env, output)
	if err != nil {
		return err
	}
	w.process, w.from = c, from
	if w.failed {
		w.restarts++
	}
	w.failed = false
	w.log.Info("worker process started", slog.Int("pid", c.pid()))
	return nil
}

// leave has it be gone: it is told to end, and its folder is removed. true: that is done.
func (w *worker) leave(now time.Time) bool {
	if w.process != nil {
		w.end(now)
		return false
	}
	if now.Before(w.removal) {
		return false
	}
	err := remove(w.root, w.key)
	if _, held := errors.AsType[*HeldError](err); held {
		_, err = w.adopt()
	} else if err == nil {
		return true
	}
	if err != nil {
		w.removal = now.Add(w.options.LongestRestart)
		w.log.Error("the folder of a worker that has ended can't be removed", slog.Any("error", err))
	}
	return false
}

// end tells the process to end, and kills it if it does not.
func (w *worker) end(now time.Time) {
	switch {
	case w.told.IsZero():
		if w.process.terminate() {
			w.told = now
			w.log.Info("worker process is told to end", slog.Int("pid", w.process.pid()))
		}
	case now.Sub(w.told) >= w.options.Grace:
		w.told = now
		w.log.Warn("worker process does not end, it is killed", slog.Int("pid", w.process.pid()), slog.Duration("grace", w.options.Grace))
		w.process.kill()
	}
}

func (w *worker) state(wanted bool) State {
	s := State{
		Topology: w.topology, Worker: w.worker, Running: w.process != nil, Ending: !wanted || !w.told.IsZero(),
		Restarts: w.restarts, Exit: w.exit,
	}
	if w.process != nil {
		s.PID, s.Started = w.process.pid(), w.process.started()
	}
	return s
}
