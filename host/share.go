package host

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/plan"
)

// Share is a worker's part of a topology that several workers run together. Such a worker does nothing by itself that
// concerns the others: its spouts begin when Begin is called, it does not end because they have finished, and when it
// drains its bolts end stage by stage as far as EndStage allows. Who the others are it is told by SetPeers.
type Share struct {
	Tasks    []int  // that it runs, ascending
	Topology string // the topology's id
	Shape    uint64 // of the topology: tasks of another one have other numbers
	Self     transfer.Peer
	Listener net.Listener // for links of the others; the worker closes it
	Dial     func(ctx context.Context, address string) (net.Conn, error)
	// Stranger is called when a worker knocks that SetPeers has not named, so that who there is can be asked for. It must not
	// wait.
	Stranger func()
}

// Progress is how far a worker with a Share is.
type Progress struct {
	Ready    bool // every bolt task was ready once
	Finished bool // every spout task has said that it has nothing more, and its trees have ended; true without spouts
	Ended    int  // stages of which every task has ended, in a drain
	Stages   int  // that the topology has
}

// share is what a worker with a Share has beside.
type share struct {
	worker  *Worker
	options *Share
	network *transfer.Network
	streams map[string][]string // the numbers of streams, by component
	sources map[int][]*gstorm.Source

	begin     sync.Once
	begun     chan struct{} // closed by Begin
	leaveOnce sync.Once
	leave     chan struct{} // closed by Leave

	mu       sync.Mutex // guards all below
	progress Progress
	changed  chan struct{} // closed when progress, or mayEnd, is another
	mayEnd   int
}

func newShare(w *Worker, o *Share) *share {
	s := &share{
		worker: w, options: o, streams: map[string][]string{}, sources: map[int][]*gstorm.Source{},
		begun: make(chan struct{}), leave: make(chan struct{}), changed: make(chan struct{}),
	}
	for i := range w.plan.Components {
		c := &w.plan.Components[i]
		s.streams[c.ID] = c.StreamIDs()
		for _, task := range c.TaskIDs {
			for _, stream := range s.streams[c.ID] {
				s.sources[task] = append(s.sources[task], &gstorm.Source{Component: c.ID, Stream: stream, Task: task, Fields: c.Outputs[stream].Fields})
			}
		}
	}
	s.progress.Stages = len(w.plan.Stages())
	s.network = transfer.NewNetwork(transfer.NetworkOptions{
		Topology: o.Topology, Shape: o.Shape, Self: o.Self, Listener: o.Listener, Dial: o.Dial, Logger: w.log, Local: s,
	})
	return s
}

// check is what is wrong with the share for a plan, or nil.
func (o *Share) check(p *plan.Plan) error {
	for i, task := range o.Tasks {
		if task < 1 || task > len(p.Tasks) || i > 0 && task <= o.Tasks[i-1] {
			return fmt.Errorf("the worker's tasks are %v, and the plan has tasks 1 to %d", o.Tasks, len(p.Tasks))
		}
	}
	return nil
}

// SetPeers says who the other workers of the topology are from now on. Trees that were open when one of those before has
// ended fail: what that one had of them is lost.
func (w *Worker) SetPeers(peers []transfer.Peer) { w.share.network.SetPeers(peers) }

// Links are the counts of what went to the other workers, by their numbers.
func (w *Worker) Links() map[int]transfer.LinkCounts { return w.share.network.Counts() }

// Begin lets the spouts go, once the worker's own bolts are ready: the other workers' are.
func (w *Worker) Begin() { w.share.begin.Do(func() { close(w.share.begun) }) }

// EndStage says how many stages of the topology have ended in all workers: the next one may end here, if the worker drains.
func (w *Worker) EndStage(ended int) {
	w.share.change(func() { w.share.mayEnd = max(w.share.mayEnd, ended) })
}

// Leave is Drain for a worker whose tasks are to go on elsewhere: it ends when what it has is handled, without waiting for
// the stages of the others.
func (w *Worker) Leave(reason string) {
	w.share.leaveOnce.Do(func() { close(w.share.leave) })
	w.Drain(reason)
}

// leaveWithin is how long a worker that leaves waits for pending trees: meanwhile nobody else can take up its tasks.
const leaveWithin = 3 * time.Second

// leaving reports whether the worker's tasks are to go on elsewhere.
func (s *share) leaving() bool {
	if s == nil {
		return false
	}
	select {
	case <-s.leave:
		return true
	default:
		return false
	}
}

// Progress is how far the worker is, and a channel that is closed when that changes.
func (w *Worker) Progress() (Progress, <-chan struct{}) {
	s := w.share
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progress, s.changed
}

func (s *share) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

// finished notes that every spout has.
func (s *share) finished() {
	if s != nil {
		s.change(func() { s.progress.Finished = true })
	}
}

// ready notes that every bolt has been.
func (s *share) ready() {
	if s != nil {
		s.change(func() { s.progress.Ready = true })
	}
}

// ended notes that every task of the worker that is in the first stages has ended.
func (s *share) ended(stages int) {
	if s != nil {
		s.change(func() { s.progress.Ended = stages })
	}
}

// await waits until a stage may end. false: ctx has ended before.
func (s *share) await(ctx context.Context, stage int) bool {
	if s == nil {
		return true
	}
	for {
		s.mu.Lock()
		may, changed := s.mayEnd >= stage, s.changed
		s.mu.Unlock()
		if may {
			return true
		}
		select {
		case <-changed:
		case <-s.leave:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// abandon closes what a run that does not come about has got.
func (s *share) abandon() error {
	if s == nil {
		return nil
	}
	return s.options.Listener.Close()
}

// flushLimit bounds how long a worker that has ended in order waits for the others to confirm what it has sent.
const flushLimit = 5 * time.Second

// flush waits until the others have everything that was sent.
func (s *share) flush(ctx context.Context) {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !s.network.Flushed() {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// Stream implements transfer.Local.
func (s *share) Stream(source *gstorm.Source) int {
	return slices.Index(s.streams[source.Component], source.Stream)
}

// Source implements transfer.Local.
func (s *share) Source(task, stream int) *gstorm.Source {
	if list := s.sources[task]; stream >= 0 && stream < len(list) {
		return list[stream]
	}
	return nil
}

// Deliver implements transfer.Local. Tuples for a task that is not here, or has ended, fail: their trees must not wait.
func (s *share) Deliver(id int, b *transfer.Batch) {
	b.Epoch = s.worker.plan.Epoch
	if id < len(s.worker.tasks) {
		if t := s.worker.tasks[id]; t != nil && t.queue != nil && t.queue.Put(b, 0, true, nil) {
			return
		}
	}
	s.Lost(b.Lineages(), &acker.Cause{Task: id, Reason: "the task is not here, or has ended"})
	b.Release()
}

// Apply implements transfer.Local.
func (s *share) Apply(updates []acker.Update) {
	for len(updates) > 0 {
		task, n := updates[0].Root.Task(), 1
		for n < len(updates) && updates[n].Root.Task() == task {
			n++
		}
		if task < len(s.worker.trackers) && s.worker.trackers[task] != nil {
			s.worker.trackers[task].apply(updates[:n])
		}
		updates = updates[n:]
	}
}

// Lost implements transfer.Local.
func (s *share) Lost(lineages []acker.Lineage, cause *acker.Cause) {
	a := newAnswers(s.worker)
	for i := range lineages {
		a.fail(&lineages[i], cause)
	}
	a.flush()
}

// Ended implements transfer.Local. Which trees had tuples there is not known.
func (s *share) Ended(p transfer.Peer) {
	s.worker.log.Warn("another worker has ended; trees that may have had tuples there fail", slog.Int("peer", p.Worker))
	cause := &acker.Cause{Reason: fmt.Sprintf("worker %d ended, and may have had tuples of the tree", p.Worker)}
	for _, l := range s.worker.loops {
		l.tracker.failAll(cause)
	}
}

// Stranger implements transfer.Local.
func (s *share) Stranger(int) { s.options.Stranger() }
