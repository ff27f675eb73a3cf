package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// What a zero field of Options stands for.
const (
	DefaultGrace          = 30 * time.Second
	DefaultFirstRestart   = time.Second
	DefaultLongestRestart = 30 * time.Second
	DefaultSteady         = time.Minute
)

// every is how often is looked at what tells nothing of itself: processes of earlier agents, and times that have come.
const every = 250 * time.Millisecond

// Options are what a Supervisor needs. Folder, Command and Logger must be set.
type Options struct {
	Folder string // DIR/workers; it is made if it is not there, and nobody else has anything in it
	// Command starts a worker: its folder is appended as the last argument.
	Command []string
	Env     []string // of the workers; nil: the agent's
	Logger  *slog.Logger

	Grace time.Duration // for how long a worker that was told to end may go on
	// A worker that has ended by itself is started again at once the first time, then after FirstRestart, then after twice as
	// long each time up to LongestRestart; anew once it has run for Steady.
	FirstRestart, LongestRestart, Steady time.Duration
}

// Wanted is a worker that should run on this node.
type Wanted struct {
	Topology string // its id
	Worker   int    // from 1
	Spec     []byte // what the worker finds in spec.json at its start
}

// State is how it stands with a worker.
type State struct {
	Topology string
	Worker   int
	Running  bool
	Ending   bool // it is told to end, or it has ended and is about to be forgotten
	// PID and Started are of the process that runs. The process id of one of an earlier agent may be 0 for a moment.
	PID     int
	Started time.Time
	// Restarts is how often this agent has started it again after it had ended by itself.
	Restarts int
	// Exit is how the last process ended, and in further lines the last of what it had printed; "": none has.
	Exit string
}

// Supervisor keeps the workers of a node running. Its methods may be called from any goroutine.
type Supervisor struct {
	options Options
	release func()
	workers map[key]*worker // of Open, and then of Run alone
	wake    chan struct{}

	mu      sync.Mutex     // guards all below
	wanted  map[key][]byte // replaced as a whole; nil: nobody has said yet
	states  []State
	changed chan struct{} // closed when states is another
}

// Open finds the workers of an earlier agent that still run. The error is a *HeldError if another agent works in the folder.
// The caller then calls Run, or Close.
func Open(o Options) (*Supervisor, error) {
	if len(o.Command) == 0 {
		return nil, errors.New("there is no command that starts a worker")
	}
	o.Grace = cmp.Or(o.Grace, DefaultGrace)
	o.FirstRestart, o.LongestRestart = cmp.Or(o.FirstRestart, DefaultFirstRestart), cmp.Or(o.LongestRestart, DefaultLongestRestart)
	o.Steady = cmp.Or(o.Steady, DefaultSteady)
	var err error
	if o.Folder, err = filepath.Abs(o.Folder); err != nil { // the workers have it as an argument
		return nil, err
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, err
	}
	release, err := Hold(o.Folder)
	if err != nil {
		return nil, err
	}
	s := &Supervisor{
		options: o, release: release, workers: map[key]*worker{}, wake: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	if err := s.find(); err != nil {
		release()
		return nil, err
	}
	return s, nil
}

// find finds what earlier agents have left.
func (s *Supervisor) find() error {
	incoming := filepath.Join(s.options.Folder, partial)
	if err := errors.Join(os.RemoveAll(incoming), os.Mkdir(incoming, 0o700)); err != nil {
		return err
	}
	entries, err := os.ReadDir(s.options.Folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == lockName || entry.Name() == partial {
			continue
		}
		if err := s.findWorker(entry); err != nil {
			s.options.Logger.Warn("this is no worker's and is left alone",
				slog.String("path", filepath.Join(s.options.Folder, entry.Name())), slog.Any("error", err))
		}
	}
	s.publish(nil)
	return nil
}

// findWorker takes up a worker's folder. An error says why it is not one.
func (s *Supervisor) findWorker(entry fs.DirEntry) error {
	k, ok := keyOf(entry.Name())
	if !ok || !entry.IsDir() {
		return errors.New("it is not a folder with the name TOPOLOGY-WORKER")
	}
	w := newWorker(&s.options, k)
	spec, err := os.ReadFile(filepath.Join(w.folder, specName))
	if err != nil {
		if os.Remove(w.folder) == nil { // only if it is empty: it was made just before an agent's end
			return nil
		}
		return err
	}
	w.spec = spec
	if _, err := w.adopt(); err != nil { // nor can it be removed, or started
		return err
	}
	s.workers[k] = w
	return nil
}

// Run keeps the workers running that are wanted, and none else, until ctx ends. It returns nil then, and leaves the workers
// running. Before Want is called it does nothing but watch.
func (s *Supervisor) Run(ctx context.Context) error {
	defer s.release()
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	defer signal.Stop(children)
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		s.step(time.Now())
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-children:
		case <-ticks.C:
		}
	}
}

// Close is for who does not call Run.
func (s *Supervisor) Close() { s.release() }

// Want says who should run here from now on, and nobody else. A spec that is another is written to the folder of a worker
// that runs, which is not told. The error names those that can't be: all others are seen to all the same.
func (s *Supervisor) Want(all []Wanted) error {
	var refused error
	wanted := make(map[key][]byte, len(all))
	for _, w := range all {
		k := key{w.Topology, w.Worker}
		err := k.check()
		if _, twice := wanted[k]; twice {
			err = fmt.Errorf("worker %d of topology %q is wanted twice", w.Worker, w.Topology)
		}
		if err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		wanted[k] = append([]byte{}, w.Spec...) // not nil, which would be: not known
	}
	s.mu.Lock()
	s.wanted = wanted
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return refused
}

// States are all workers of the node, by topology and number: who was wanted last, once Run has seen it, and who has not
// ended yet. The channel is closed when they are others.
func (s *Supervisor) States() ([]State, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.states), s.changed
}

// step does what is to be done now.
func (s *Supervisor) step(now time.Time) {
	s.mu.Lock()
	wanted := s.wanted
	s.mu.Unlock()
	for k := range wanted {
		if s.workers[k] == nil {
			s.workers[k] = newWorker(&s.options, k)
		}
	}
	for k, w := range s.workers {
		w.look(now)
		if wanted == nil {
			continue
		}
		if spec, ok := wanted[k]; ok {
			w.want(now, spec)
		} else if w.leave(now) {
			delete(s.workers, k)
		}
	}
	s.publish(wanted)
}

// publish tells who asks how it stands.
func (s *Supervisor) publish(wanted map[key][]byte) {
	states := make([]State, 0, len(s.workers))
	for k, w := range s.workers {
		_, ok := wanted[k]
		states = append(states, w.state(ok || wanted == nil))
	}
	slices.SortFunc(states, func(a, b State) int {
		return cmp.Or(cmp.Compare(a.Topology, b.Topology), cmp.Compare(a.Worker, b.Worker))
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Equal(states, s.states) {
		return
	}
	s.states = states
	close(s.changed)
	s.changed = make(chan struct{})
}

// Spec is what a worker was told last, by this agent or one before it. The error is an fs.ErrNotExist if there is no such worker.
func (s *Supervisor) Spec(topology string, worker int) ([]byte, error) {
	k := key{topology, worker}
	if err := k.check(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(s.options.Folder, k.name(), specName))
}
