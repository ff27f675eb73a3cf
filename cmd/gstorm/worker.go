package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/cluster/agent"
	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/logs"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/cluster/process"
	"github.com/gstorm/gstorm/cluster/seat"
	"github.com/gstorm/gstorm/cluster/tally"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/gcfloor"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// workerName is the hidden subcommand that an agent starts for each worker of its node, with the worker's folder.
const workerName = "__worker"

func (p *program) workerCommand() *cli.Command {
	return p.command(cli.Command{
		Name: workerName, Hidden: true, Usage: "internal: runs some tasks of a topology for an agent", ArgsUsage: "FOLDER", Action: p.worker,
	})
}

// worker is a worker process: one life of one worker.
func (p *program) worker(c *cli.Context) error {
	folder := c.Args().First()
	release, err := process.Hold(folder)
	if err != nil {
		return err
	}
	defer release()
	text, err := os.ReadFile(filepath.Join(folder, "spec.json"))
	if err != nil {
		return err
	}
	w := &clusterWorker{program: p, hold: child.Hold{LastWords: os.Stderr}}
	if err := json.Unmarshal(text, &w.spec); err != nil {
		return fmt.Errorf("spec.json: %w", err)
	}
	out, err := logs.Open(logs.Options{Folder: w.spec.Logs, Topology: w.spec.Topology.ID, Worker: w.spec.Worker})
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	w.log = slog.New(slog.NewJSONHandler(out, nil)).With(slog.Int("worker", w.spec.Worker))
	err = w.run(c.Context)
	if errors.As(err, new(*seat.UnplacedError)) {
		w.log.Info("the worker ends", slog.String("because", err.Error()))
		return nil
	}
	if err != nil {
		w.log.Error("the worker ends", "error", err)
	}
	return err
}

// clusterWorker runs some tasks of a topology.
type clusterWorker struct {
	*program
	spec     agent.Spec
	log      *slog.Logger
	security agent.Security
	client   *api.Client
	loaded   *loaded
	seat     *seat.Seat
	hold     child.Hold
	listener net.Listener
	running  atomic.Pointer[host.Worker]
	own      *api.Client // asks the node's own agent
	restarts workerRestarts
	levels   loglevel.Levels
	giving   sync.Mutex         // held while counts are given, and guards traces
	traces   []stats.TraceEvent // that the agent has not got yet
}

func (w *clusterWorker) run(ctx context.Context) error {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(terminated)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	beside.Go(func() {
		select {
		case <-terminated:
			if r := w.running.Load(); r != nil {
				r.Leave("the worker was told to terminate")
			} else {
				cancel()
			}
		case <-ctx.Done():
		}
	})
	if err := w.prepare(ctx); err != nil {
		return err
	}
	defer w.loaded.Close()
	w.seat = seat.New(seat.Options{
		Topology: w.spec.Topology, Worker: w.spec.Worker, Node: w.spec.Node, Address: w.listener.Addr().String(),
		Ask: w.client.Ask, Make: w.make, Logger: w.log, Hold: w.hold.Until,
		Abort: func() {
			w.log.Error("the worker's lease has run out, and it has not come to its end in time: it is killed")
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		},
	})
	beside.Go(func() { w.giveStats(ctx) })
	return w.seat.Run(ctx)
}

// prepare loads the topology's file, as it is on this node, and listens for the other workers.
func (w *clusterWorker) prepare(ctx context.Context) (err error) {
	var c credentials
	if len(w.spec.Credentials) > 0 {
		if err := json.Unmarshal(w.spec.Credentials, &c); err != nil {
			return fmt.Errorf("spec.json: %w", err)
		}
	}
	if w.security, err = c.security("", w.log); err != nil {
		return err
	}
	w.client = w.security.NewClient(w.agents)
	w.own = w.security.NewClient(func() []string {
		all := w.agents()
		return all[:min(len(all), 1)]
	})
	for _, variable := range w.spec.Env {
		if name, value, ok := strings.Cut(variable, "="); ok {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
		}
	}
	if err := os.Chdir(w.spec.Folder); err != nil {
		return err
	}
	source := &w.spec.Topology.Source
	w.loaded, err = w.load(ctx, selection{
		settings: gstorm.Config(source.Settings),
		request: adapters.Request{
			File: source.File, Class: source.Class, Name: w.spec.Topology.Name, Env: source.Environment, Args: source.Arguments, Filter: source.Filter,
		},
	}, w.log, func(line string) { w.log.Info(line) })
	if err != nil {
		return err
	}
	if err := w.loaded.invalid(); err != nil {
		return errors.Join(err, w.loaded.Close())
	}
	w.listener, err = net.Listen("tcp", net.JoinHostPort(w.spec.Host, "0"))
	if err != nil {
		return errors.Join(err, w.loaded.Close())
	}
	return nil
}

// agents are the addresses of the agents, the node's own first, as that has written them down.
func (w *clusterWorker) agents() (list []string) {
	text, err := os.ReadFile(w.spec.Agents)
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		w.log.Error("where the agents are can't be read", "error", err)
	}
	return list
}

// make makes the host's worker, when there is a lease.
func (w *clusterWorker) make(life string, t *fsm.Topology, tasks []int) (seat.Worker, error) {
	built, err := control.Plan(t)
	if err != nil {
		return nil, err
	}
	for i := range built.Components {
		if id := built.Components[i].ID; w.loaded.topology.Component(id) == nil {
			return nil, fmt.Errorf("%s describes no component %q here, as it did where it was submitted", t.Source.File, id)
		}
	}
	guard, err := guard()
	if err != nil {
		return nil, fmt.Errorf("find gstorm's own file: %w", err)
	}
	gcfloor.Set(gcfloor.Host)
	listener := w.listener
	if w.security.Server != nil {
		listener = tls.NewListener(listener, w.security.MembersOnly())
	}
	worker, err := host.New(host.Options{
		Plan: built, Builtin: w.builtins.New, Logger: w.log, Levels: &w.levels, Guard: guard, Hold: &w.hold, Traces: true,
		Launch: func(c *plan.Component) (host.Launch, error) { return host.Launch(w.loaded.launches[c.ID]), nil },
		Print: func(component string, task int, line string) {
			w.log.Info(line, slog.String("component", component), slog.Int("task", task), slog.String("stream", "stdout"))
		},
		Letters: w.letters(t.Name),
		Share: &host.Share{
			Tasks: tasks, Topology: t.ID, Shape: t.Placement.Shape, Listener: listener,
			Self:     transfer.Peer{Worker: w.spec.Worker, Life: life, Address: w.listener.Addr().String(), Tasks: tasks},
			Dial:     w.security.Dial,
			Stranger: w.seat.AskNow,
		},
	})
	if err != nil {
		return nil, err
	}
	w.running.Store(worker)
	w.log.Info("the worker begins", slog.Any("tasks", tasks), slog.Int("pid", os.Getpid()), slog.String("address", w.listener.Addr().String()))
	return &seated{worker, w}, nil
}

// statsEvery is how often a worker gives its counts to its agent.
const statsEvery = time.Second

// tracesKept is how much of what was recorded of traced trees waits for an agent that does not take it.
const tracesKept = 20_000

// giveStats gives the counts to the node's agent again and again.
func (w *clusterWorker) giveStats(ctx context.Context) {
	every := time.NewTicker(statsEvery)
	defer every.Stop()
	heeder := newHeeder(w)
	defer heeder.wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			heeder.heed(ctx, w.give(ctx))
		}
	}
}

// give gives the counts to the node's agent, which says what is wanted of the worker. It waits for no longer than until the next
// are due. Without an answer it is nil.
func (w *clusterWorker) give(ctx context.Context) *api.Wanted {
	r := w.running.Load()
	if r == nil {
		return nil
	}
	w.giving.Lock() // what is older must not come later
	defer w.giving.Unlock()
	var wanted api.Wanted
	part, err := partOf(r)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, statsEvery)
		defer cancel()
		w.traces = append(w.traces, r.TakeTraces()...)
		w.traces = w.traces[max(0, len(w.traces)-tracesKept):]
		wanted, err = w.own.GiveStats(ctx, api.WorkerStats{
			Topology: w.spec.Topology.ID, Worker: w.spec.Worker, Part: part, Links: w.links(r), Traces: w.traces, Restarted: w.restarts.done(),
		})
		if err == nil {
			w.traces = nil
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			w.log.Debug("the agent does not take the counts", "error", err)
		}
		return nil
	}
	return &wanted
}

// links are what has gone to the other workers.
func (w *clusterWorker) links(r *host.Worker) (list []api.Link) {
	counts := r.Links()
	for _, to := range slices.Sorted(maps.Keys(counts)) {
		c := counts[to]
		list = append(list, api.Link{
			From: w.spec.Worker, To: to, Frames: c.Frames, Bytes: c.Bytes, Plain: c.Plain, Tuples: c.Tuples, Lost: c.Lost, Repeated: c.Repeated,
			Connections: c.Connections, Waits: c.Waits, Waiting: c.Waiting,
		})
	}
	return list
}

func partOf(w *host.Worker) (tally.Part, error) {
	part := tally.Part{Stats: w.Snapshot(), Latencies: map[string][]byte{}}
	for id, h := range w.Latencies() {
		text, err := tally.Encode(h)
		if err != nil {
			return part, err
		}
		part.Latencies[id] = text
	}
	return part, nil
}

// seated is a host's worker as its seat knows it.
type seated struct {
	*host.Worker
	of *clusterWorker
}

// Run implements seat.Worker. The agent has the last counts before the leader hears of the end.
func (s *seated) Run(ctx context.Context) error {
	err := s.Worker.Run(ctx)
	if ctx.Err() == nil { // else it was cut, and has no time
		s.of.give(ctx)
	}
	var failed *host.FailedError
	if errors.As(err, &failed) && failed.Final {
		err = &seat.FailedError{Cause: err}
	}
	return err
}

// SetLogLevels implements seat.Worker.
func (s *seated) SetLogLevels(levels []loglevel.Level) { s.of.levels.Set(levels) }

// SetPeers implements seat.Worker.
func (s *seated) SetPeers(peers []message.Peer) {
	var list []transfer.Peer
	for _, p := range peers {
		list = append(list, transfer.Peer(p))
	}
	s.Worker.SetPeers(list)
}

// Progress implements seat.Worker.
func (s *seated) Progress() (message.Progress, <-chan struct{}) {
	p, changed := s.Worker.Progress()
	return message.Progress(p), changed
}
