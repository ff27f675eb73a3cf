package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/dependencies"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/logs"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/cluster/process"
	"github.com/gstorm/gstorm/internal/replacefile"
)

// Spec is what a worker finds in its folder, in spec.json: all that it has to know to take its place.
type Spec struct {
	Topology *fsm.Topology `json:"topology"` // as it was when the worker was ordered
	Worker   int           `json:"worker"`
	Node     string        `json:"node"`   // id
	Host     string        `json:"host"`   // where it listens for other workers, without a port
	Folder   string        `json:"folder"` // the files of the topology's bundle
	Env      []string      `json:"env,omitempty"`
	Logs     string        `json:"logs"`              // the folder of all logs of the node
	Letters  string        `json:"letters,omitempty"` // the folder of all dead letters of the node; "": an agent without such has ordered it
	Agents   string        `json:"agents"`            // a file with the addresses of the agents, the node's own first
	// Credentials is Options.Credentials.
	Credentials json.RawMessage `json:"credentials,omitempty"`
}

// node keeps the workers running that the leader wants here.
type node struct {
	*Agent
	installer dependencies.Installer
	changed   chan struct{} // holds one when there is something to report
	preparing sync.WaitGroup

	mu     sync.Mutex // guards all below
	orders message.Orders
	ready  map[order]*preparation
}

// order is what has to be got ready for a worker: the topology in a shape.
type order struct {
	topology string
	shape    uint64
}

// preparation is how far that is.
type preparation struct {
	doing    string
	problem  string
	topology *fsm.Topology // nil: it is not ready
	folder   string
	env      []string
	cancel   context.CancelFunc
}

func newNode(a *Agent) *node {
	return &node{
		Agent: a, installer: dependencies.Installer{Log: a.log}, changed: make(chan struct{}, 1), ready: map[order]*preparation{},
	}
}

// describe is the node as the leader is to know it.
func (n *node) describe() fsm.Node {
	o := &n.options
	return fsm.Node{
		ID: n.id, Name: o.Name, Address: n.address, Slots: o.Slots, CPU: o.CPU, Memory: o.Memory, Tags: o.Tags, Version: o.Version,
	}
}

// tryAgain is how long it is waited after the leader could not be asked.
const tryAgain = 200 * time.Millisecond

// collectEvery is how often bundles are removed that nothing here needs, and keepUnused for how long those are kept.
const (
	collectEvery = 10 * time.Minute
	keepUnused   = time.Hour
)

// run reports to the leader and does as it says, until ctx ends. The workers go on then.
func (n *node) run(ctx context.Context) error {
	defer n.preparing.Wait()
	collect := time.NewTicker(collectEvery)
	defer collect.Stop()
	silent := false
	for ctx.Err() == nil {
		select {
		case <-collect.C:
			n.collect()
			n.cleanLogs()
			n.cleanPast()
			n.cleanLetters()
		default:
		}
		if err := n.writeAgents(); err != nil {
			n.log.Error("where the agents are can't be written down for the workers", "error", err)
		}
		o, err := n.report(ctx)
		if err == nil {
			if silent {
				n.log.Info("the leader can be reached again")
			}
			silent = false
			n.heed(ctx, *o)
			continue
		}
		if errors.Is(err, errNews) || ctx.Err() != nil {
			continue
		}
		if unfit := unfit(err); unfit != nil {
			if n.said.May("unfit " + unfit.Error()) {
				n.log.Error("this agent and the leader do not take each other for members of one cluster; trying again", "error", unfit)
			}
		} else if !silent {
			n.log.Warn("the leader can't be reached; what runs here goes on as long as the workers have their leases", "error", err)
		}
		silent = true
		select {
		case <-ctx.Done():
		case <-time.After(tryAgain):
		}
	}
	return nil
}

// unfit is an error that lasts until somebody does something, on this side or on the other, with what that is; nil: it is none.
// Certificates and the versions of others may become others without a restart of this agent, so it goes on trying.
func unfit(err error) error {
	if e, ok := errors.AsType[*api.Error](err); ok {
		if e.Kind == api.Protocol || e.Kind == api.Unauthorized {
			return e
		}
		return nil
	}
	switch text := err.Error(); {
	case strings.Contains(text, "remote error: tls:"):
		return fmt.Errorf("the other side does not take this agent's certificate (setting cert): is it of the cluster's authority, and does it still hold? %w", err)
	case strings.Contains(text, "the certificate of the other side: "): // identity.TLS.Client
		return fmt.Errorf("%w (setting ca: the authority of this agent must be the cluster's)", err)
	}
	return nil
}

// errNews is why a report was broken off: there is something new to report.
var errNews = errors.New("there is something new to report")

// report reports once. The leader holds its answer back while there is nothing new; something new here breaks that off.
func (n *node) report(ctx context.Context) (*message.Orders, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 5*time.Second, errors.New("the leader does not answer"))
	defer cancel()
	states, moved := n.processes.States()
	r := n.describeAll(states)
	type result struct {
		orders *message.Orders
		err    error
	}
	done := make(chan result, 1)
	go func() {
		o, err := n.leader.Report(ctx, r)
		done <- result{o, err}
	}()
	select {
	case got := <-done:
		return got.orders, got.err
	case <-moved:
	case <-n.changed:
	}
	cancel()
	got := <-done
	if got.err != nil {
		return nil, errNews
	}
	return got.orders, nil
}

func (n *node) describeAll(states []process.State) *message.Report {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := &message.Report{Node: n.describe(), Revision: n.orders.Revision, Applied: n.consensus.Applied()}
	seen := map[string]bool{}
	for _, s := range states {
		seen[fmt.Sprint(s.Topology, " ", s.Worker)] = true
		r.Workers = append(r.Workers, message.WorkerReport{
			Topology: s.Topology, Worker: s.Worker, PID: s.PID, Running: s.Running, Restarts: s.Restarts, Problem: s.Exit,
		})
	}
	for _, w := range n.orders.Workers {
		if p := n.ready[order{w.Topology, w.Shape}]; p != nil && !seen[fmt.Sprint(w.Topology, " ", w.Worker)] {
			r.Workers = append(r.Workers, message.WorkerReport{Topology: w.Topology, Worker: w.Worker, Doing: p.doing, Problem: p.problem})
		}
	}
	return r
}

// heed does what the leader orders.
func (n *node) heed(ctx context.Context, o message.Orders) {
	n.mu.Lock()
	same := o.Revision == n.orders.Revision
	n.orders = o
	if !same {
		wanted := map[order]bool{}
		for _, w := range o.Workers {
			key := order{w.Topology, w.Shape}
			wanted[key] = true
			if n.ready[key] == nil {
				n.prepare(ctx, key)
			}
		}
		for key, p := range n.ready {
			if !wanted[key] {
				p.cancel()
				delete(n.ready, key)
			}
		}
	}
	n.mu.Unlock()
	if !same {
		n.want()
	}
}

// want tells the supervisor who is to run.
func (n *node) want() {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []process.Wanted
	for _, w := range n.orders.Workers {
		p := n.ready[order{w.Topology, w.Shape}]
		if p == nil || p.topology == nil {
			// What an earlier agent has started goes on meanwhile.
			if spec := n.running(w); spec != nil {
				all = append(all, process.Wanted{Topology: w.Topology, Worker: w.Worker, Spec: spec})
			}
			continue
		}
		spec, err := json.Marshal(Spec{
			Topology: p.topology, Worker: w.Worker, Node: n.id, Host: n.host(), Folder: p.folder, Env: p.env,
			Logs: n.logsFolder(), Letters: n.lettersFolder(), Agents: n.agentsFile(), Credentials: n.options.Credentials,
		})
		if err != nil {
			n.log.Error("a worker can't be told what to do", "error", err)
			continue
		}
		all = append(all, process.Wanted{Topology: w.Topology, Worker: w.Worker, Spec: spec})
	}
	if err := n.processes.Want(all); err != nil {
		n.log.Error("a worker can't be started", "error", err)
	}
}

// running is what a worker of an earlier agent was told, if it is of the shape that is ordered; nil: there is none.
func (n *node) running(w message.Order) []byte {
	text, err := n.processes.Spec(w.Topology, w.Worker)
	var s Spec
	if err != nil || json.Unmarshal(text, &s) != nil || s.Topology == nil || s.Topology.Placement.Shape != w.Shape {
		return nil
	}
	return text
}

// host is where the node's workers listen: where its agent does.
func (n *node) host() string {
	host, _, err := net.SplitHostPort(n.address)
	if err != nil {
		return n.address
	}
	return host
}

// prepare gets the files of a topology, and what they need. n.mu is held.
func (n *node) prepare(ctx context.Context, key order) {
	ctx, cancel := context.WithCancel(ctx)
	p := &preparation{doing: "asks for the topology", cancel: cancel}
	n.ready[key] = p
	n.preparing.Go(func() {
		defer cancel()
		for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
			err := n.try(ctx, key, p)
			if err == nil || ctx.Err() != nil {
				break
			}
			n.log.Error("a topology can't be got ready", slog.String("topology", key.topology), "error", err)
			n.note(p, func() { p.doing, p.problem = "tries again later", err.Error() })
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
		}
		n.want()
	})
}

func (n *node) note(p *preparation, f func()) {
	n.mu.Lock()
	f()
	n.mu.Unlock()
	n.signal()
}

func (n *node) signal() {
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

func (n *node) try(ctx context.Context, key order, p *preparation) error {
	t, err := n.leader.Ordered(ctx, key.topology)
	if err != nil {
		return err
	}
	if t.Placement.Shape != key.shape {
		return errors.New("the topology has taken another shape meanwhile")
	}
	hash := blob.Hash(t.Source.Bundle)
	n.note(p, func() { p.doing = "gets its files" })
	if err := n.fetch(ctx, hash); err != nil {
		return err
	}
	folder, err := n.bundles.Unpacked(hash)
	if err != nil {
		return err
	}
	n.note(p, func() { p.doing = "installs what it needs" })
	b := dependencies.Bundle{Folder: folder, File: t.Source.File, Notes: n.bundles.Notes(hash)}
	if err := n.installer.Install(ctx, b); err != nil {
		return err
	}
	env, err := dependencies.Environment(folder, t.Source.File)
	if err != nil {
		return err
	}
	n.note(p, func() { p.doing, p.problem, p.topology, p.folder, p.env = "", "", t, folder, env })
	return nil
}

// fetch gets a bundle from whoever has it, unless it is here.
func (n *node) fetch(ctx context.Context, hash blob.Hash) error {
	if n.bundles.Has(hash) {
		return nil
	}
	var failed error
	for _, address := range n.others() {
		err := n.fetchFrom(ctx, address, hash)
		if err == nil {
			return nil
		}
		failed = err
	}
	if failed == nil {
		failed = &blob.NotHeldError{Hash: hash}
	}
	return fmt.Errorf("no other agent gives the topology's files: %w", failed)
}

func (n *node) fetchFrom(ctx context.Context, address string, hash blob.Hash) (err error) {
	body, err := n.at(address).Bundle(ctx, string(hash), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	_, err = n.bundles.Put(body, hash)
	return err
}

// spread gives a bundle to the others that keep the log, so that it is not lost with this machine. It has to have been given to
// most of them.
func (n *node) spread(ctx context.Context, hash blob.Hash) error {
	servers, err := n.consensus.Servers()
	if err != nil {
		return err
	}
	voters, have := 0, 0
	var failed error
	for _, s := range servers {
		if !s.Voter {
			continue
		}
		voters++
		err := error(nil)
		if s.ID != n.id {
			err = n.at(s.Address).PutBundle(ctx, string(hash), func() (io.Reader, error) { return n.bundles.Open(hash) })
		}
		if err == nil {
			have++
		}
		failed = errors.Join(failed, err)
	}
	if 2*have <= voters {
		return fmt.Errorf("the topology's files could be given to %d of the %d agents that keep the log: %w", have, voters, failed)
	}
	return nil
}

// collect removes bundles that nothing here needs.
func (n *node) collect() {
	used := map[blob.Hash]bool{}
	state, _ := n.consensus.State()
	for _, t := range state.Topologies {
		for _, source := range []*fsm.Source{&t.Source, t.Previous, t.Earlier} {
			if source != nil {
				used[blob.Hash(source.Bundle)] = true
			}
		}
	}
	n.mu.Lock()
	for _, p := range n.ready {
		if p.topology != nil {
			used[blob.Hash(p.topology.Source.Bundle)] = true
		}
	}
	n.mu.Unlock()
	if err := n.bundles.Collect(func(h blob.Hash) bool { return used[h] }, time.Now().Add(-keepUnused)); err != nil {
		n.log.Warn("bundles that are not used could not be removed", "error", err)
	}
}

// cleanLogs removes logs that are not kept any longer.
func (n *node) cleanLogs() {
	o := &n.options
	clean := logs.CleanOptions{Folder: n.logsFolder(), Size: math.MaxInt64, Busy: map[logs.Busy]bool{}}
	if o.KeepLogs > 0 {
		clean.Before = time.Now().Add(-o.KeepLogs)
	}
	if o.KeepLogsMB > 0 {
		clean.Size = int64(o.KeepLogsMB) << 20
	}
	states, _ := n.processes.States()
	for _, s := range states {
		clean.Busy[logs.Busy{Topology: s.Topology, Worker: s.Worker}] = true
	}
	n.mu.Lock()
	for _, w := range n.orders.Workers {
		clean.Busy[logs.Busy{Topology: w.Topology, Worker: w.Worker}] = true
	}
	n.mu.Unlock()
	if err := logs.Clean(clean); err != nil {
		n.log.Warn("old logs could not be removed", "error", err)
	}
}

// logsFolder is the folder of all logs of the node.
func (a *Agent) logsFolder() string { return filepath.Join(a.options.Data, "logs") }

func (n *node) agentsFile() string { return filepath.Join(n.options.Data, "agents.json") }

// writeAgents writes down where the agents are, for workers that this one does not answer.
func (n *node) writeAgents() error {
	others := n.others()
	slices.Sort(others)
	text, err := json.Marshal(append([]string{n.address}, others...))
	if err != nil {
		return err
	}
	if before, err := os.ReadFile(n.agentsFile()); err == nil && string(before) == string(text) {
		return nil
	}
	return replacefile.Write(n.agentsFile(), text)
}
