package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/consensus"
	"github.com/gstorm/gstorm/cluster/gossip"
	"github.com/gstorm/gstorm/cluster/port"
	"github.com/gstorm/gstorm/cluster/process"
	"github.com/gstorm/gstorm/internal/past"
	"github.com/gstorm/gstorm/internal/seldom"
)

// protocol is the newest form of what agents and workers of a cluster say to each other that is understood here, oldest the
// oldest: by gossip (gossip.Meta), by requests (api.Protocol), and by the replicated log and what is in it. It is another when
// a side that does not know of a change would do something wrong.
const (
	protocol = api.Newest
	oldest   = api.Oldest
)

// Agent is a machine's part in a cluster. New, then Run.
type Agent struct {
	options Options
	id      string
	address string
	log     *slog.Logger

	port      *port.Port
	gossip    *gossip.Gossip
	consensus *consensus.Log
	bundles   *blob.Store
	processes *process.Supervisor
	desk      *desk
	node      *node
	http      *http.Client
	leader    *api.Client // asks the leader, who may be this agent itself
	counts    workerCounts
	past      *past.Books
	taps      nodeTaps
	traced    traceLog
	traces    *clusterTraces
	restarts  nodeRestarts
	failures  nodeFailures
	belonging *belonging
	said      seldom.Speaker
	plans     plans
	page      *page

	closers []func() error
}

// New opens what an agent keeps in its data folder, and listens. The caller calls Run, or Close.
func New(o Options) (a *Agent, err error) {
	if o.Voters == 0 {
		o.Voters = 3
	}
	a = &Agent{options: o, log: o.Logger, address: o.Address}
	transport := o.Security.transport()
	a.http = &http.Client{Transport: transport}
	a.closers = append(a.closers, o.Listen.Close, func() error { transport.CloseIdleConnections(); return nil })
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.address == "" {
		a.address = o.Listen.Addr().String()
	}
	// Workers have working directories of their own.
	if a.options.Data, err = filepath.Abs(o.Data); err != nil {
		return a, err
	}
	o.Data = a.options.Data
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return a, err
	}
	// The workers' folder has a lock, so that of two agents with the same data folder the second ends here. The first can't
	// know of it: nothing in the folder is touched.
	a.processes, err = process.Open(a.processOptions())
	if held, ok := errors.AsType[*process.HeldError](err); ok {
		return a, fmt.Errorf("another agent, process %d, runs with the data folder %s: each agent needs one of its own (setting data)", held.PID, o.Data)
	}
	if err != nil {
		return a, err
	}
	a.closers = append(a.closers, func() error { a.processes.Close(); return nil })
	if a.id, err = identity(o.Data, func() string { return strings.ToLower(rand.Text()[:13]) }); err != nil {
		return a, err
	}
	if a.belonging, err = openBelonging(o.Data, o.Cluster); err != nil {
		return a, err
	}
	if a.bundles, err = blob.OpenStore(filepath.Join(o.Data, "bundles"), blob.DefaultLimits); err != nil {
		return a, err
	}
	a.past = past.NewBooks(filepath.Join(o.Data, "past"), mostPast)
	a.port = port.New(o.Listen, o.Security.Server, o.Security.Member, func(from net.Addr, err error) {
		if a.said.May("port " + seldom.Host(from) + " " + err.Error()) {
			a.log.Warn("a connection was refused", slog.String("from", from.String()), "error", err)
		}
	})
	a.consensus, err = consensus.Open(consensus.Options{
		ID: a.id, Folder: filepath.Join(o.Data, "log"), Listener: a.port.Log(), Address: a.address, Logger: o.Logger,
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			conn, err := o.Security.Dial(ctx, address)
			if err == nil {
				err = port.Begin(ctx, conn)
			}
			if errors.As(err, new(*port.RefusedError)) && a.said.May("log "+address+" "+err.Error()) {
				a.log.Warn("another agent does not let this one take part in the cluster's log; trying again", slog.String("address", address), "error", err)
			}
			if err != nil && conn != nil {
				err = errors.Join(err, conn.Close())
			}
			return conn, err
		},
	})
	if err != nil {
		return a, fmt.Errorf("the cluster's log: %w", err)
	}
	a.closers = append(a.closers, a.consensus.Close)
	a.gossip, err = gossip.New(gossip.Options{
		ID: a.id, Cluster: o.Cluster, Meta: a.meta(), Bind: o.Gossip, Advertise: o.AdvertiseGossip, Join: o.Join,
		Peers: filepath.Join(o.Data, "peers.json"), Keys: o.Security.Keys, Secure: o.Security.Server != nil,
		Logger: o.Logger,
	})
	if err != nil {
		return a, err
	}
	a.closers = append(a.closers, a.gossip.Close)
	a.leader = a.client(func() []string {
		if address, _ := a.leaderAddress(); address != "" {
			return []string{address}
		}
		return nil
	})
	a.desk = newDesk(a)
	a.node = newNode(a)
	a.page = newPage(a)
	a.traces = &clusterTraces{agent: a}
	return a, nil
}

// Close is for who does not call Run.
func (a *Agent) Close() error {
	var failed error
	for i := len(a.closers) - 1; i >= 0; i-- {
		failed = errors.Join(failed, a.closers[i]())
	}
	a.closers = nil
	return failed
}

// remindEvery is how often it is said what will soon be over.
const remindEvery = time.Hour

func (a *Agent) remind(ctx context.Context) error {
	remind := a.options.Security.Remind
	for remind != nil && ctx.Err() == nil {
		remind()
		select {
		case <-ctx.Done():
		case <-time.After(remindEvery):
		}
	}
	return nil
}

// EndWorkers ends all workers of the node, after Run has returned: for an agent that does not come back.
func (a *Agent) EndWorkers(ctx context.Context) error {
	processes, err := process.Open(a.processOptions())
	if err != nil {
		return err
	}
	if err := processes.Want(nil); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- processes.Run(ctx) }()
	for {
		states, changed := processes.States()
		if len(states) == 0 {
			cancel()
			return <-ended
		}
		select {
		case <-changed:
		case err := <-ended:
			return err
		}
	}
}

func (a *Agent) processOptions() process.Options {
	return process.Options{Folder: filepath.Join(a.options.Data, "workers"), Command: a.options.Worker, Logger: a.log}
}

// Address is where it takes requests.
func (a *Agent) Address() string { return a.address }

// Run takes part in the cluster until ctx ends: then it says good-bye, and its workers go on. It is called once.
func (a *Agent) Run(ctx context.Context) error {
	defer func() {
		if err := a.Close(); err != nil {
			a.log.Warn("the agent's data could not be closed in order", "error", err)
		}
	}()
	a.log.Info("the agent is there", slog.String("node", a.options.Name), slog.String("id", a.id), slog.String("address", a.address),
		slog.String("gossip", a.gossip.Address()), slog.String("cluster", a.options.Cluster))
	// What the others need of this agent ends after it has told them that it leaves.
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var below sync.WaitGroup
	defer below.Wait()
	failed := make(chan error, 2)
	below.Go(func() { failed <- a.port.Run(base) })
	below.Go(func() { failed <- a.serve(base) })
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.gossip.Run(ctx) })
	group.Go(func() error { return a.processes.Run(ctx) })
	group.Go(func() error { return a.desk.run(ctx) })
	group.Go(func() error { return a.node.run(ctx) })
	group.Go(func() error { return a.begin(ctx) })
	group.Go(func() error { return a.tellMeta(ctx) })
	group.Go(func() error { return a.remind(ctx) })
	group.Go(func() error { return a.traces.run(ctx) })
	group.Go(func() error { return a.recordPast(ctx) })
	group.Go(func() error {
		select {
		case err := <-failed:
			if err == nil {
				err = errors.New("the agent's port was closed")
			}
			return err
		case <-a.consensus.Failed():
			return a.consensus.Err()
		case <-ctx.Done():
			return nil
		}
	})
	err := group.Wait()
	stop()
	return err
}
