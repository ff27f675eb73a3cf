package consensus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"

	"github.com/gstorm/gstorm/cluster/fsm"
)

const (
	// keptSnapshots is how many snapshots are kept.
	keptSnapshots = 2
	// poolSize is how many connections to each other voter are kept open.
	poolSize = 3
	// ioTimeout bounds what is read from and written to one.
	ioTimeout = 10 * time.Second
	// applyTimeout bounds the wait for a place in the leader's queue.
	applyTimeout = 10 * time.Second
)

// Server is a member of the log: a voter, or one that only follows.
type Server struct {
	ID      string
	Address string
	Voter   bool
}

// Options are what a Log needs. All but Pace must be set.
type Options struct {
	ID       string // of the node
	Folder   string // for the log and its snapshots; made if it is not there
	Listener net.Listener
	// Dial connects to another member's Listener, by its address.
	Dial func(ctx context.Context, address string) (net.Conn, error)
	// Address is how others reach Listener.
	Address string
	Logger  *slog.Logger
	// Pace scales the waits: for heartbeats of the leader, for votes. 1, and 0: raft's own, which find the loss of a leader
	// within 2 s. Tests take less.
	Pace float64
}

// Log is a member's part of the replicated log. Its methods may be called from any goroutine until Close has been.
type Log struct {
	raft    *raft.Raft
	machine *machine
	stream  *stream
	store   *store
	leading chan bool
}

// NotLeaderError says that a command has to go to another member.
type NotLeaderError struct {
	Leader Server // zero: there is none at the moment
}

// Error names the leader.
func (e *NotLeaderError) Error() string {
	if e.Leader.ID == "" {
		return "the cluster has no leader at the moment: a majority of its voters must be there"
	}
	return fmt.Sprintf("the leader is %s at %s", e.Leader.ID, e.Leader.Address)
}

// Open opens the log in a folder, and takes part in the cluster that is written down there. A new one takes part in none,
// until Bootstrap makes it the first or another's SetServer adds it.
func Open(o Options) (*Log, error) {
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, err
	}
	s, err := openStore(filepath.Join(o.Folder, "raft.db"))
	if err != nil {
		return nil, err
	}
	l := &Log{machine: newMachine(), store: s, leading: make(chan bool, 1)}
	if err := l.open(o); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return l, nil
}

func (l *Log) open(o Options) error {
	logger := bridge(o.Logger)
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(o.Folder, keptSnapshots, logger)
	if err != nil {
		return err
	}
	l.stream = &stream{Listener: o.Listener, dial: o.Dial, id: o.ID, address: o.Address}
	transport := raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream: l.stream, MaxPool: poolSize, Timeout: ioTimeout, Logger: logger,
	})
	l.raft, err = raft.NewRaft(configure(o, logger, l.leading), l.machine, l.store, l.store, snapshots, transport)
	if err != nil {
		return errors.Join(err, transport.Close())
	}
	return nil
}

func configure(o Options, logger hclog.Logger, leading chan bool) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID, c.Logger, c.NotifyCh = raft.ServerID(o.ID), logger, leading
	if o.Pace > 0 {
		for _, d := range []*time.Duration{&c.HeartbeatTimeout, &c.ElectionTimeout, &c.LeaderLeaseTimeout, &c.CommitTimeout} {
			*d = time.Duration(float64(*d) * o.Pace)
		}
	}
	return c
}

// Bootstrap makes this the first member of a new cluster. It does nothing to one that is a member of a cluster already.
func (l *Log) Bootstrap(self Server) error {
	err := l.raft.BootstrapCluster(raft.Configuration{Servers: []raft.Server{
		{ID: raft.ServerID(self.ID), Address: place(self.ID, self.Address), Suffrage: raft.Voter},
	}}).Error()
	if errors.Is(err, raft.ErrCantBootstrap) {
		return nil
	}
	return err
}

// Apply has a command applied by all, and returns when this member has applied it: then its answer, or why it can't be
// known. Only the leader can: the others' error is a *NotLeaderError. After an error of another kind than package fsm's the
// command may have been applied, or be applied later.
func (l *Log) Apply(c fsm.Command) error {
	text, err := fsm.Encode(c)
	if err != nil {
		return err
	}
	f := l.raft.Apply(text, applyTimeout)
	if err := f.Error(); err != nil {
		return l.explain(err)
	}
	err, _ = f.Response().(error)
	return err
}

// explain is what raft's error means to a caller.
func (l *Log) explain(err error) error {
	if errors.Is(err, raft.ErrNotLeader) || errors.Is(err, raft.ErrLeadershipTransferInProgress) {
		return &NotLeaderError{l.Leader()}
	}
	return err
}

// State is the state as this member knows it; it is not changed any more. The channel is closed when there is another one.
func (l *Log) State() (*fsm.State, <-chan struct{}) { return l.machine.current() }

// Barrier returns when this member, the leader, has applied all that was committed before.
func (l *Log) Barrier() error { return l.explain(l.raft.Barrier(applyTimeout).Error()) }

// Verify asks a majority whether this member still is the leader, now.
func (l *Log) Verify() error { return l.explain(l.raft.VerifyLeader().Error()) }

// Leader is the leader as far as this member knows; zero: it knows of none.
func (l *Log) Leader() Server {
	at, id := l.raft.LeaderWithID()
	_, address := split(at)
	return Server{ID: string(id), Address: address, Voter: id != ""}
}

// Leading yields true when this member becomes the leader, and false when it no longer is. What is not received at once is
// waited for by raft, so somebody must receive all the time.
func (l *Log) Leading() <-chan bool { return l.leading }

// Term is the number of the last election that this member knows of. No two leaders have the same.
func (l *Log) Term() uint64 { return l.raft.CurrentTerm() }

// Applied is how far this member has got: the index of the last command that it has applied.
func (l *Log) Applied() uint64 { return l.raft.AppliedIndex() }

// Failed is closed when this member can no longer take part; Err says why.
func (l *Log) Failed() <-chan struct{} { return l.machine.failed }

// Err is why this member can't take part, or nil.
func (l *Log) Err() error { return l.machine.err() }

// Servers are the members.
func (l *Log) Servers() ([]Server, error) {
	f := l.raft.GetConfiguration()
	if err := f.Error(); err != nil {
		return nil, err
	}
	var list []Server
	for _, s := range f.Configuration().Servers {
		_, address := split(s.Address)
		list = append(list, Server{ID: string(s.ID), Address: address, Voter: s.Suffrage == raft.Voter})
	}
	return list, nil
}

// SetServer adds a member, or gives it another address or another say. The leader does this.
func (l *Log) SetServer(s Server) error {
	id, at := raft.ServerID(s.ID), place(s.ID, s.Address)
	f := l.raft.AddNonvoter
	switch {
	case s.Voter:
		f = l.raft.AddVoter
	case l.votes(s.ID):
		return l.explain(l.raft.DemoteVoter(id, 0, 0).Error())
	}
	return l.explain(f(id, at, 0, 0).Error())
}

func (l *Log) votes(id string) bool {
	servers, err := l.Servers()
	if err != nil {
		return false
	}
	for _, s := range servers {
		if s.ID == id {
			return s.Voter
		}
	}
	return false
}

// RemoveServer removes a member. The leader does this.
func (l *Log) RemoveServer(id string) error {
	return l.explain(l.raft.RemoveServer(raft.ServerID(id), 0, 0).Error())
}

// HandOver has another voter become the leader, if this one is.
func (l *Log) HandOver() error { return l.explain(l.raft.LeadershipTransfer().Error()) }

// Snapshot writes the state down and lets go of the log before it.
func (l *Log) Snapshot() error {
	err := l.raft.Snapshot().Error()
	if errors.Is(err, raft.ErrNothingNewToSnapshot) {
		return nil
	}
	return err
}

// Close ends this member's part. The others go on.
func (l *Log) Close() error {
	err := l.raft.Shutdown().Error()
	l.stream.drop()
	return errors.Join(err, l.store.close())
}
