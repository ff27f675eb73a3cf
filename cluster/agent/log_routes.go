package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/logs"
	"github.com/gstorm/gstorm/ui"
)

// defaultLast is how many lines somebody gets who does not say.
const defaultLast = 100

// getNodeLogs are lines that workers of this node have logged, as they were written.
func (a *Agent) getNodeLogs(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := fsm.CheckID(id); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	q, err := ui.ReadLogQuery(r, ui.LogQuery{Last: defaultLast})
	if err != nil {
		return err
	}
	out := newLineWriter(w)
	for line, err := range logs.Read(r.Context(), logs.Query{
		Folder: a.logsFolder(), Topology: id, Worker: q.Worker, Components: q.Components, Level: q.Least,
		Contains: q.Plain, Match: q.Expressions, Since: q.Since, Until: q.Until, Last: q.Last, Follow: q.Follow,
	}) {
		if err != nil {
			return err
		}
		if !out.write(api.LogLine{
			Time: line.Time, Level: line.Level.String(), Message: line.Message, Component: line.Component, Task: line.Task, PID: line.PID,
			Worker: line.Worker, Node: a.options.Name, Attributes: attributes(line.Attributes),
		}) {
			return nil
		}
	}
	return nil
}

func attributes(list []logs.Attribute) (all []api.Attribute) {
	for _, a := range list {
		all = append(all, api.Attribute(a))
	}
	return all
}

// getLogs are lines that the workers of a topology have logged, on all nodes, as they come.
func (a *Agent) getLogs(w http.ResponseWriter, r *http.Request) error {
	state, _ := a.consensus.State()
	id, err := idOf(state, r.PathValue("name"))
	if err != nil {
		return err
	}
	q, err := ui.ReadLogQuery(r, ui.LogQuery{Last: defaultLast})
	if err != nil {
		return err
	}
	out := newLineWriter(w)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	var reading sync.WaitGroup
	for _, n := range state.Nodes { // also those where the topology once was
		reading.Go(func() {
			if err := copyLogs(ctx, a.at(n.Address), id, api.LogQuery(q.LogQuery), out); err != nil && ctx.Err() == nil {
				out.write(api.LogLine{Level: slog.LevelWarn.String(), Node: n.Name, Message: "its log can't be had: " + err.Error()})
			}
		})
	}
	reading.Wait()
	return nil
}

// idOf is the id of a topology, or of one that is no more and had that name or id.
func idOf(state *fsm.State, name string) (string, error) {
	t, err := state.Topology(name)
	if err == nil {
		return t.ID, nil
	}
	if e, err := state.Past(name); err == nil {
		return e.ID, nil
	}
	return "", known(err, state)
}

func copyLogs(ctx context.Context, from *api.Client, topology string, q api.LogQuery, to *lineWriter) (err error) {
	body, err := from.NodeLogs(ctx, topology, q)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	lines := bufio.NewReader(body)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil || !to.raw(line) {
			return err
		}
	}
}

// lineWriter writes one JSON object a line, from any goroutine, and sends each on its way.
type lineWriter struct {
	mu    sync.Mutex // held while writing
	to    http.ResponseWriter
	flush *http.ResponseController
}

func newLineWriter(w http.ResponseWriter) *lineWriter {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := &lineWriter{to: w, flush: http.NewResponseController(w)}
	_ = out.flush.Flush() // whoever follows is to know that there is an answer
	return out
}

// write writes a line. false: nobody reads any more.
func (l *lineWriter) write(line api.LogLine) bool {
	text, err := json.Marshal(line)
	return err == nil && l.raw(append(text, '\n'))
}

func (l *lineWriter) raw(text []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.to.Write(text)
	return errors.Join(err, l.flush.Flush()) == nil
}
