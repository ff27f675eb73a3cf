package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/stopwatch"
	"github.com/gstorm/gstorm/internal/seldom"
)

// Peer is another worker of the topology, in one life of its process.
type Peer struct {
	Worker  int    `json:"worker"`          // its number in the placement
	Life    string `json:"life"`            // drawn at random at each start of its process
	Address string `json:"address"`         // where it takes links, HOST:PORT
	Tasks   []int  `json:"tasks,omitempty"` // that it has
}

// same reports whether it is the same life of the same worker.
func (p Peer) same(other Peer) bool { return p.Worker == other.Worker && p.Life == other.Life }

// DefaultWindow is how many bytes may be on their way to one peer.
const DefaultWindow = 4 << 20

// NetworkOptions are what a Network needs. All but Window must be set.
type NetworkOptions struct {
	Topology string // its id: workers of others are not let in
	Shape    uint64 // that the tasks are of, likewise
	Self     Peer
	Listener net.Listener // the Network closes it
	Dial     func(ctx context.Context, address string) (net.Conn, error)
	Logger   *slog.Logger
	Window   int // bytes that may be on their way to one peer before tasks wait; 0: DefaultWindow
	Local    Local
}

// Local is the worker that a Network belongs to. Its methods are called from any goroutine, and must not wait for the
// Network.
type Local interface {
	// Stream is the number of a tuple's stream among those of its component; Source is the way back.
	Stream(source *gstorm.Source) int
	Source(task, stream int) *gstorm.Source
	// Deliver takes a batch for a task, without waiting. The batch is the worker's then.
	Deliver(task int, b *Batch)
	// Apply takes what acks and fails have come to, for the ledgers of the worker's spouts.
	Apply(updates []acker.Update)
	// Lost fails tuples that could not be delivered.
	Lost(lineages []acker.Lineage, cause *acker.Cause)
	// Ended says that a peer's process has ended, with all that it had.
	Ended(p Peer)
	// Stranger says that a peer that is not known has knocked: who there is should be asked for now.
	Stranger(worker int)
}

// Network connects a worker with the others of its topology. Who they are it is told by SetPeers, at any time.
//
// A peer's link lasts as long as its process: connections may break, and nothing is lost or comes twice by that. What was
// not confirmed when the process has ended is given to Local.Lost.
type Network struct {
	options NetworkOptions

	mu      sync.Mutex // guards all below
	changed *sync.Cond // signalled when links or closed are others
	peers   []Peer
	links   map[int]*link      // by task
	out     map[int]*link      // by worker
	in      map[int]*inlink    // by worker: of the life that peers has
	before  map[int]LinkCounts // by worker: of lives that have ended
	full    map[int]bool       // tasks of this worker whose queues are
	start   func(l *link)      // set while Run runs
	conns   map[net.Conn]bool  // that are being greeted or served
	closed  bool

	said seldom.Speaker
}

// NewNetwork makes the network of a worker. Run has to be called for anything to go over it.
func NewNetwork(o NetworkOptions) *Network {
	if o.Window <= 0 {
		o.Window = DefaultWindow
	}
	n := &Network{
		options: o, links: map[int]*link{}, out: map[int]*link{}, in: map[int]*inlink{}, full: map[int]bool{}, conns: map[net.Conn]bool{},
		before: map[int]LinkCounts{},
	}
	n.changed = sync.NewCond(&n.mu)
	return n
}

// Run serves the links until ctx ends. Then nobody waits in Put any more.
func (n *Network) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var owned sync.WaitGroup
	n.mu.Lock()
	n.start = func(l *link) { owned.Go(func() { l.run(ctx) }) }
	for _, l := range n.out {
		n.start(l)
	}
	n.mu.Unlock()
	owned.Go(func() { n.accept(ctx, &owned) })
	<-ctx.Done()
	n.close()
	owned.Wait()
}

func (n *Network) close() {
	_ = n.options.Listener.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed, n.start = true, nil
	for _, l := range n.out {
		l.close()
	}
	for conn := range n.conns {
		_ = conn.Close()
	}
	n.changed.Broadcast()
}

// SetPeers says who the other workers are from now on, in place of all that was said before. The links to those that are
// no longer among them, or have begun another life, end.
func (n *Network) SetPeers(peers []Peer) {
	n.mu.Lock()
	var ended []*link
	for worker, l := range n.out {
		if !slices.ContainsFunc(peers, l.peer.same) {
			delete(n.out, worker)
			n.in[worker].close()
			delete(n.in, worker)
			ended = append(ended, l)
		}
	}
	clear(n.links)
	n.peers = slices.Clone(peers)
	for _, p := range peers {
		if p.Worker == n.options.Self.Worker {
			continue
		}
		l := n.out[p.Worker]
		if l == nil {
			l = newLink(p, &n.options)
			n.out[p.Worker], n.in[p.Worker] = l, newInlink()
			if n.start != nil {
				n.start(l)
			}
		}
		for _, task := range p.Tasks {
			n.links[task] = l
		}
	}
	n.changed.Broadcast()
	n.mu.Unlock()
	for _, l := range ended {
		n.lose(l)
	}
}

// lose fails what was on its way to a peer whose process has ended.
func (n *Network) lose(l *link) {
	left, lost := l.close(), 0
	n.options.Local.Ended(l.peer)
	cause := &acker.Cause{Reason: fmt.Sprintf("worker %d ended before it had got the tuple", l.peer.Worker)}
	for _, f := range left {
		kind, body, err := openFrame(f[0], f[headerBytes:])
		if err != nil || kind != tuplesFrame {
			continue // updates are for the ledgers that the peer had; and it is our own frame
		}
		_, b, err := ReadBatch(body, n.options.Local.Source)
		if err != nil {
			continue
		}
		lost += len(b.Deliveries)
		n.options.Local.Lost(b.Lineages(), cause)
		b.Release()
	}
	l.mu.Lock()
	c := l.counts
	l.mu.Unlock()
	c.Lost = uint64(lost)
	n.mu.Lock()
	defer n.mu.Unlock()
	c.add(n.before[l.peer.Worker])
	n.before[l.peer.Worker] = c
}

// Put sends a batch to a task of another worker, which is the Network's then. It waits while too much is on its way, while
// the task's queue is full, and while no worker has the task; where feedback is set only for the last. held (nil: nothing)
// runs while it waits. false: the Network is closed.
func (n *Network) Put(task int, b *Batch, feedback bool, held *stopwatch.Watch) bool {
	var frame []byte
	plain := 0
	for {
		l := n.link(task, held)
		if l == nil {
			return false
		}
		if !feedback && !l.wait(task, held) {
			continue // its process has ended; another one gets the task
		}
		if frame == nil {
			frame, plain = n.seal(task, b)
		}
		if l.put(frame, plain, len(b.Deliveries)) {
			b.Release()
			return true
		}
	}
}

// link is the one to a task; it waits until there is one. nil: the Network is closed.
func (n *Network) link(task int, held *stopwatch.Watch) *link {
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.links[task] == nil && !n.closed {
		held.Start()
		n.changed.Wait()
	}
	held.Stop()
	if n.closed {
		return nil
	}
	return n.links[task]
}

// seal makes a frame of a batch; plain is how large it was before it was compressed.
func (n *Network) seal(task int, b *Batch) (sealed []byte, plain int) {
	frame := AppendBatch(newFrame(), task, b, n.options.Local.Stream, func(d *Delivery, err error) {
		n.options.Local.Lost([]acker.Lineage{d.Lineage}, &acker.Cause{Reason: err.Error()})
	})
	return sealFrame(frame, tuplesFrame), len(frame)
}

// Update sends what acks and fails have come to to the worker that has a spout's task. It waits for nothing. If nobody has
// the task the ledger is gone, and nobody waits for the updates.
func (n *Network) Update(task int, updates []acker.Update) {
	n.mu.Lock()
	l := n.links[task]
	n.mu.Unlock()
	if l != nil {
		frame := AppendUpdates(newFrame(), updates)
		l.put(sealFrame(frame, updatesFrame), len(frame), 0)
	}
}

// Full notes whether the queue of a task of this worker is full, for the peers to hear: see Queue.Watch.
func (n *Network) Full(task int, full bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if full {
		n.full[task] = true
	} else {
		delete(n.full, task)
	}
	for _, in := range n.in {
		in.tell(task, full)
	}
}

// Flushed reports whether everything that was put has been confirmed.
func (n *Network) Flushed() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, l := range n.out {
		if l.unconfirmed() > 0 {
			return false
		}
	}
	return true
}

// Counts are what has gone to each peer, by worker, in all lives that this one has met.
func (n *Network) Counts() map[int]LinkCounts {
	n.mu.Lock()
	defer n.mu.Unlock()
	counts := maps.Clone(n.before)
	for worker, l := range n.out {
		l.mu.Lock()
		c := l.counts
		c.Waiting = uint64(l.bytes)
		l.mu.Unlock()
		c.add(counts[worker])
		counts[worker] = c
	}
	return counts
}

// accept takes connections until the listener is closed.
func (n *Network) accept(ctx context.Context, owned *sync.WaitGroup) {
	for {
		conn, err := n.options.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, say
			n.options.Logger.Error("a connection of another worker can't be accepted", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(minRetry):
			}
			continue
		}
		if !n.add(conn) {
			return
		}
		owned.Go(func() {
			defer n.remove(conn)
			if err := n.serve(conn); err != nil {
				level := slog.LevelDebug
				if errors.As(err, new(*formError)) && n.said.May(seldom.Host(conn.RemoteAddr())+" "+err.Error()) {
					level = slog.LevelWarn
				}
				n.options.Logger.Log(context.Background(), level, "a connection of another worker has ended", slog.String("from", conn.RemoteAddr().String()), "error", err)
			}
		})
	}
}

func (n *Network) add(conn net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		_ = conn.Close()
		return false
	}
	n.conns[conn] = true
	return true
}

func (n *Network) remove(conn net.Conn) {
	_ = conn.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, conn)
}

var errEnded = errors.New("the peer's process has ended")

// serve serves a connection from a peer.
func (n *Network) serve(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return err
	}
	from := bufio.NewReaderSize(conn, 128<<10)
	var g greeting
	if err := readLine(from, &g); err != nil {
		return err
	}
	in, err := n.greeted(g)
	if err != nil {
		return errors.Join(err, writeLine(conn, answer{Refused: err.Error()}))
	}
	if !in.take(conn) {
		return errEnded
	}
	defer in.reading.Unlock()
	a := answer{Received: in.begin(), Full: n.fullTasks()}
	if err := writeLine(conn, a); err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() { in.write(conn, stop) })
	err = in.read(from, func(kind byte, body []byte) {
		// It would make no more sense when it came again. The trees of what was in it run out of time.
		if err := n.handle(kind, body); err != nil {
			n.options.Logger.Error("another worker sends what makes no sense", slog.Int("peer", g.From.Worker), "error", err)
		}
	})
	close(stop)
	_ = conn.Close()
	writer.Wait()
	return err
}

// formError says that a peer speaks another form of links. It tries again, as its node may be about to get another gstorm.
type formError struct{ form int }

// Error says what to do.
func (e *formError) Error() string {
	return fmt.Sprintf("links of form %d are spoken here, not %d: install the same gstorm on all nodes", linkProtocol, e.form)
}

// greeted finds out from whom a connection is. The error is for the peer to read.
func (n *Network) greeted(g greeting) (*inlink, error) {
	self := n.options.Self
	switch {
	case g.Protocol != linkProtocol:
		return nil, &formError{g.Protocol}
	case g.Topology != n.options.Topology || g.Shape != n.options.Shape || !g.To.same(self):
		return nil, fmt.Errorf("this is worker %d of %s, in another life or shape than the one that was asked for", self.Worker, n.options.Topology)
	}
	n.mu.Lock()
	known := slices.ContainsFunc(n.peers, g.From.same)
	in := n.in[g.From.Worker]
	n.mu.Unlock()
	if !known || in == nil {
		n.options.Local.Stranger(g.From.Worker)
		return nil, fmt.Errorf("worker %d is not known here, or not yet", g.From.Worker)
	}
	return in, nil
}

func (n *Network) fullTasks() (tasks []int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for task := range n.full {
		tasks = append(tasks, task)
	}
	return tasks
}

// handle deals with a frame.
func (n *Network) handle(kind byte, body []byte) error {
	kind, body, err := openFrame(kind, body)
	if err != nil {
		return err
	}
	switch kind {
	case tuplesFrame:
		task, b, err := ReadBatch(body, n.options.Local.Source)
		if err != nil {
			return err
		}
		n.options.Local.Deliver(task, b)
		return nil
	case updatesFrame:
		updates, err := ReadUpdates(body, nil)
		if err != nil {
			return err
		}
		n.options.Local.Apply(updates)
		return nil
	}
	return fmt.Errorf("%w: a frame of kind %d", ErrMalformed, kind)
}
