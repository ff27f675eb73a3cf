package host

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/stopwatch"
	"github.com/gstorm/gstorm/host/trace"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// Worker runs the tasks of one plan. Run is called once; all other methods may be called from any goroutine, also before
// and after Run.
type Worker struct {
	options Options
	plan    *plan.Plan
	log     *slog.Logger
	starter Starter
	journal *journal
	metrics metrics

	tasks    []*task // by task id; nil for those of other workers, and [0]
	own      []*task // those that are not nil, by task id
	runs     []func(context.Context) error
	trackers []*tracker // by task id; nil for bolts
	loops    []*spoutLoop
	share    *share // nil: the worker runs the whole topology

	unready   atomic.Int64  // bolt tasks that were never ready
	allReady  chan struct{} // closed when there are none
	readyOnce []sync.Once   // by task id

	drainOnce sync.Once
	drain     chan struct{} // closed by Drain
	overdue   atomic.Bool   // the drain took longer than its limit

	traces *trace.Recorder // nil: nothing is traced

	taps taps
	over chan struct{} // closed when Run returns

	started time.Time
	mu      sync.Mutex // guards status
	status  status
}

// New prepares a run: every task, queue and ledger of the plan. It fails on a plan that does not fit the options.
func New(o Options) (*Worker, error) {
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	n := len(o.Plan.Tasks) + 1
	w := &Worker{
		options: o, plan: o.Plan, log: o.Logger.With(slog.String("topology", o.Plan.Topology)), starter: o.Starter,
		tasks: make([]*task, n), runs: make([]func(context.Context) error, n), trackers: make([]*tracker, n),
		readyOnce: make([]sync.Once, n),
		allReady:  make(chan struct{}), drain: make(chan struct{}), over: make(chan struct{}), started: time.Now(),
	}
	w.journal = newJournal(w.log)
	if o.Traces {
		w.traces = trace.NewRecorder()
	}
	w.status.state = stats.Starting
	if o.Share != nil {
		if err := o.Share.check(o.Plan); err != nil {
			return nil, err
		}
		w.share = newShare(w, o.Share)
	}
	if err := w.build(); err != nil {
		return nil, err
	}
	if w.unready.Load() == 0 {
		w.begin()
	}
	return w, nil
}

// build makes the tasks.
func (w *Worker) build() error {
	read := map[string]settings{}
	queues := make([]*transfer.Queue, len(w.tasks))
	for _, pt := range w.plan.Tasks {
		if !w.has(pt.ID) {
			continue
		}
		c := w.plan.Component(pt.Component)
		s, ok := read[c.ID]
		if !ok {
			var err error
			if s, err = readSettings(c.Config); err != nil {
				return fmt.Errorf("component %q: %w", c.ID, err)
			}
			read[c.ID] = s
		}
		w.tasks[pt.ID] = &task{
			worker: w, id: pt.ID, component: c, settings: s, count: newCounters(),
			busy: stopwatch.New(), held: stopwatch.New(), end: make(chan struct{}), done: make(chan struct{}),
			renew: make(chan struct{}, 1), wake: make(chan struct{}, 1),
			log: w.log.With(slog.String("component", c.ID), slog.Int("task", pt.ID)),
		}
		if o := w.options.Levels; o != nil {
			w.tasks[pt.ID].log = o.Logger(w.tasks[pt.ID].log, c.ID)
			w.tasks[pt.ID].setLevel(o.Of(c.ID))
		}
		w.own = append(w.own, w.tasks[pt.ID])
		if c.Kind == gstorm.BoltKind {
			queues[pt.ID] = w.newQueue(pt.ID, s)
			w.tasks[pt.ID].in = newIntake(c)
			w.unready.Add(1)
		} else {
			w.trackers[pt.ID] = newTracker(pt.ID, s, w.now, w.options.Seed)
			if w.traces != nil {
				w.trackers[pt.ID].sample = trace.NewSampler(s.traceRate, rand.IntN)
			}
		}
	}
	var remote *transfer.Network
	if w.share != nil {
		remote = w.share.network
	}
	for _, t := range w.own {
		t.queue = queues[t.id]
		t.answers = newAnswers(w)
		outbox := transfer.NewOutbox(t.id, w.plan.Epoch, queues, remote, t.held)
		t.out = newEmitter(w.plan, t.component, t.id, outbox, &w.options)
		t.out.traces.recorder, t.out.traces.plan = w.traces, w.plan
		if err := w.implement(t); err != nil {
			return err
		}
	}
	return nil
}

// Plan is what the worker runs its part of.
func (w *Worker) Plan() *plan.Plan { return w.plan }

// has reports whether the worker runs a task.
func (w *Worker) has(task int) bool {
	return w.options.Share == nil || slices.Contains(w.options.Share.Tasks, task)
}

// newQueue makes the queue of a task. That it is full the other workers hear.
func (w *Worker) newQueue(task int, s settings) *transfer.Queue {
	q := transfer.NewQueue(s.queueTuples, s.queueBytes)
	q.Time(w.now)
	if w.share != nil {
		q.Watch(func(full bool) { w.share.network.Full(task, full) })
	}
	return q
}

// implement finds what runs a task.
func (w *Worker) implement(t *task) error {
	impl := &t.component.Implementation
	newSpout, newBolt := impl.NewSpout, impl.NewBolt
	if impl.Type == gstorm.BuiltinImplementation && w.options.Builtin != nil {
		var err error
		if newSpout, newBolt, err = w.options.Builtin(t.component.Kind, impl); err != nil {
			return fmt.Errorf("%s %q: %w", t.component.Kind, t.component.ID, err)
		}
	}
	spout := t.component.Kind == gstorm.SpoutKind
	var loop *spoutLoop
	if spout {
		t.retries = newRetries(t)
		loop = newSpoutLoop(t, w.trackers[t.id], w.plan.Active)
		w.loops = append(w.loops, loop)
	}
	switch {
	case !inProcess(t.component) && spout:
		w.runs[t.id] = newChildSpout(t, w.trackers[t.id], loop).run
	case !inProcess(t.component):
		w.runs[t.id] = newChildBolt(t).run
	case spout && newSpout != nil:
		w.runs[t.id] = newNativeSpout(t, w.trackers[t.id], loop, newSpout()).run
	case !spout && newBolt != nil:
		w.runs[t.id] = newNativeBolt(t, newBolt()).run
	default:
		return fmt.Errorf("%s %q: there is no built-in %q", t.component.Kind, t.component.ID, impl.Name)
	}
	return nil
}

// now is the clock of the ledgers and queues, in microseconds.
func (w *Worker) now() int64 { return w.clock().Microseconds() }

// clock is the same, as exact as it can be. It takes half as long as time.Now.
func (w *Worker) clock() time.Duration { return time.Since(w.started) }
