package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/exposition"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// pageAddress is where the page of a run is, if nothing else is said.
const pageAddress = "127.0.0.1:7777"

// runPage is the web page of `gstorm run --ui`, over all runs of it. It implements ui.Source.
type runPage struct {
	listener net.Listener
	server   *ui.Server
	lines    *ui.Lines
	host     string
	started  time.Time

	mu     sync.Mutex // guards all below
	shown  *execution // nil: nothing runs
	since  time.Time
	life   int    // how many there have been
	state  string // as it was counted last
	reason string

	levels  loglevel.Levels // of all runs
	setting sync.Mutex      // held while one is set
}

// openPage listens where the page is to be.
func (r *runner) openPage(address string) (*runPage, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--ui: %s is taken, perhaps by another gstorm; say --ui :0 for a port that is free: %w", address, err)
	}
	if err != nil {
		return nil, fmt.Errorf("--ui: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	p := &runPage{listener: listener, lines: ui.NewLines(host), host: host, started: time.Now()}
	p.server = ui.New(ui.Options{Source: p, Logger: r.log, Every: time.Second, Restart: p.restart, LogLevels: p})
	return p, nil
}

// withPage does something while there is a page.
func (r *runner) withPage(ctx context.Context, address string, do func(ctx context.Context) error) error {
	page, err := r.openPage(address)
	if err != nil {
		return err
	}
	least := min(r.options.level, slog.LevelInfo)
	server := r.log // what the page itself has to say is no line of the topology's
	r.page, r.log = page, slog.New(slog.NewMultiHandler(loglevel.Open(r.log.Handler()), loglevel.Open(page.lines.Handler(least))))
	page.announce(r.say)
	serving, end := context.WithCancel(context.WithoutCancel(ctx))
	var group sync.WaitGroup
	defer group.Wait()
	defer end()
	group.Go(func() { page.run(serving, server) })
	return do(ctx)
}

// listenAddress is where --ui is to listen: a port alone is one of the loopback.
func listenAddress(said string) (string, error) {
	host, port, err := net.SplitHostPort(said)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port), nil
}

// announce says where the page is.
func (p *runPage) announce(say func(string)) {
	address := p.listener.Addr().(*net.TCPAddr)
	say("the page of this run is at http://" + address.String() + "/")
	if !address.IP.IsLoopback() {
		say("whoever reaches this address can see what runs, and end it: it asks for no password")
	}
}

// run answers until ctx ends.
func (p *runPage) run(ctx context.Context, log *slog.Logger) {
	server := &http.Server{
		Handler: p.server.Mount(
			p.server.Routes(), p.server.RunRoutes(p.lines), p.server.TapRoutes(p.tap), p.server.TraceRoutes(p.traces), p.server.RetryRoutes(runRetries{p}),
			p.server.RestartRoutes(), p.server.LogLevelRoutes(), p.server.OnlyHere(ui.ProfileRoutes()), map[string]ui.Route{
				"GET /metrics": {Role: ui.Read, Handler: exposition.Handler(gstorm.Version(), p.metrics)},
			},
		), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), BaseContext: func(net.Listener) context.Context { return ctx },
	}
	var group sync.WaitGroup
	defer group.Wait()
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	group.Go(func() { p.server.Run(ctx) })
	group.Go(func() { p.server.RunRestarts(ctx) })
	if err := server.Serve(p.listener); ctx.Err() == nil {
		log.Error("the page is no longer there", "error", err)
	}
}

// show has the page show an execution; nil: none. A nil page shows nothing.
func (p *runPage) show(e *execution) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown = e; e != nil {
		p.life++
		p.since, p.state, p.reason = time.Now(), stats.Starting, ""
	}
}

// printed keeps what a component has printed. A nil page keeps nothing.
func (p *runPage) printed(component string, task int, line string) {
	if p != nil {
		p.lines.Add(ui.LogLine{Time: time.Now(), Level: slog.LevelInfo.String(), Message: line, Component: component, Task: task})
	}
}

// Look implements ui.Source.
func (p *runPage) Look() *ui.Cluster {
	c := &ui.Cluster{Kind: ui.RunKind, Name: p.host, Version: gstorm.Version(), Started: p.started}
	node := ui.Node{ID: p.host, Name: p.host, Address: p.listener.Addr().String(), Status: "alive", Since: p.started, Version: gstorm.Version(), Role: "leader", Slots: 1}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.shown; e != nil {
		node.Workers = 1
		c.Topologies = []ui.Topology{p.topology(e)}
	}
	c.Nodes = []ui.Node{node}
	return c
}

func (p *runPage) topology(e *execution) ui.Topology {
	t := ui.Topology{
		Name: e.plan.Topology, ID: fmt.Sprintf("%s-%d-%d", e.plan.Topology, p.life, p.since.Unix()), Status: ui.Active, State: p.state, Reason: p.reason,
		Version: p.life, Submitted: p.since, File: e.file, Plan: e.plan, Actions: []string{ui.Deactivate, ui.Kill, ui.LogLevel, ui.Restart},
	}
	w := ui.Worker{ID: 1, Node: p.host, NodeName: p.host, Address: p.listener.Addr().String(), PID: os.Getpid(), Tasks: len(e.plan.Tasks), Running: true}
	for _, task := range e.plan.Tasks {
		w.TaskIDs = append(w.TaskIDs, task.ID)
	}
	t.Workers = []ui.Worker{w}
	switch {
	case e.draining():
		t.Status, t.Actions = ui.Killed, nil
	case !e.active.Load():
		t.Status, t.Actions = ui.Inactive, []string{ui.Activate, ui.Kill, ui.LogLevel, ui.Restart}
	}
	return t
}

// Counts implements ui.Source.
func (p *runPage) Counts(context.Context, *ui.Topology) (stats.Snapshot, []ui.NodeSums, []string) {
	p.mu.Lock()
	e := p.shown
	p.mu.Unlock()
	if e == nil {
		return stats.Snapshot{}, nil, nil
	}
	s := e.worker.Snapshot()
	p.mu.Lock()
	defer p.mu.Unlock()
	if e == p.shown {
		p.state, p.reason = s.State, s.Reason
	}
	return s, nil, nil
}

// tap implements ui.Tapper.
func (p *runPage) tap(ctx context.Context, t *ui.Topology, r stats.TapRequest) (<-chan stats.TapLine, error) {
	p.mu.Lock()
	e := p.shown
	p.mu.Unlock()
	if e == nil {
		return nil, &ui.Error{Kind: ui.Conflict, Message: t.Name + " has ended"}
	}
	match, err := condition(e.plan, r)
	if err != nil {
		return nil, &ui.Error{Kind: ui.Invalid, Message: "where: " + err.Error()}
	}
	lines, err := e.worker.Tap(ctx, r, match)
	if err != nil {
		return nil, &ui.Error{Kind: ui.Conflict, Message: err.Error()}
	}
	return lines, nil
}

// metrics are the counts for Prometheus.
func (p *runPage) metrics(context.Context) ([]exposition.Topology, error) {
	p.mu.Lock()
	e := p.shown
	p.mu.Unlock()
	if e == nil {
		return nil, nil
	}
	return []exposition.Topology{{Stats: e.worker.Snapshot()}}, nil
}

// Change implements ui.Source.
func (p *runPage) Change(_ context.Context, t *ui.Topology, action string, c ui.Change) error {
	p.mu.Lock()
	e := p.shown
	p.mu.Unlock()
	if e == nil {
		return &ui.Error{Kind: ui.Conflict, Message: t.Name + " has ended"}
	}
	switch action {
	case ui.Activate, ui.Deactivate:
		if e.draining() {
			return &ui.Error{Kind: ui.Conflict, Message: t.Name + " is ending"}
		}
		e.activate(action == ui.Activate)
	case ui.Kill:
		e.asked.Store(true)
		e.drain("killed from its page", "")
		if c.Wait >= 0 {
			e.cutAfter(time.Duration(c.Wait * float64(time.Second)))
		}
	case ui.Rebalance:
		return &ui.Error{Kind: ui.Conflict, Message: "a run on this machine can't be rebalanced: change the parallelism in the file, gstorm run --watch takes it up; or submit it to a cluster"}
	default:
		return &ui.Error{Kind: ui.NotFound, Message: fmt.Sprintf("a topology can't be told to %s, but activate, deactivate, kill", action)}
	}
	return nil
}
