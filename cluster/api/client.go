package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/internal/past"
)

// Client asks the agents of a cluster. Its methods may be called from any goroutine.
type Client struct {
	// HTTP makes the requests.
	HTTP *http.Client
	// Scheme is http or https.
	Scheme string
	// Addresses are those of agents, HOST:PORT. One that does not answer is passed over, and the next is asked. It is called
	// for every request.
	Addresses func() []string
	// Authorize puts what proves who asks into a request; nil: nothing has to be proved.
	Authorize func(r *http.Request)
	// Patience is for how long an agent that knows of no leader is asked again. 0: not at all.
	Patience time.Duration
	// AnswerWithin is how long it is waited for the begin of an answer before another agent is asked, where that does no harm.
	// 0: longer than an agent takes that is well.
	AnswerWithin time.Duration

	last atomic.Value // string: who has answered last
}

// NewClient is a Client for agents at addresses, without encryption.
func NewClient(addresses ...string) *Client {
	return &Client{HTTP: &http.Client{}, Scheme: "http", Addresses: func() []string { return addresses }, Patience: 10 * time.Second}
}

// again is how long it is waited before an agent that knows of no leader is asked again.
const again = 100 * time.Millisecond

// do makes a request, and reads the answer into out, which may be nil.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	response, err := c.request(ctx, &call{
		method: method, path: path, body: func() (io.Reader, error) { return bytes.NewReader(body), nil }, answerWithin: c.AnswerWithin,
		safe: method == http.MethodGet,
	})
	return read(response, err, out)
}

// read reads an answer into out, which may be nil.
func read(response *http.Response, err error, out any) error {
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if out == nil || response.StatusCode == http.StatusNoContent { // as an older agent may answer
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("the agent's answer can't be read: %w", err)
	}
	return nil
}

// request makes a request of an agent that answers. The body of the response, which is a good one, is the caller's.
func (c *Client) request(ctx context.Context, what *call) (*http.Response, error) {
	deadline := time.Now().Add(c.Patience)
	for {
		response, err := c.once(ctx, what)
		var e *Error
		if err == nil || !errors.As(err, &e) || e.Kind != NoLeader || !time.Now().Before(deadline) {
			return response, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(again):
		}
	}
}

func topologyPath(name string, rest ...string) string {
	return "/v1/topologies/" + url.PathEscape(name) + strings.Join(rest, "")
}

// Members are the cluster's agents.
func (c *Client) Members(ctx context.Context) (m Members, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/members", nil, &m)
	return m, err
}

// Topologies are all, by name.
func (c *Client) Topologies(ctx context.Context) (list []Topology, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/topologies", nil, &list)
	return list, err
}

// AllTopologies are all, by name, and behind them those that are no more, as far as they are remembered, the oldest first.
func (c *Client) AllTopologies(ctx context.Context) (list []Topology, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/topologies?all=true", nil, &list)
	return list, err
}

// Topology is all about one, by its name; or what is remembered of one that is no more, by its name or id.
func (c *Client) Topology(ctx context.Context, name string) (s TopologyStatus, err error) {
	err = c.do(ctx, http.MethodGet, topologyPath(name), nil, &s)
	return s, err
}

// TopologyLinks is Topology, with what has gone from worker to worker.
func (c *Client) TopologyLinks(ctx context.Context, name string) (s TopologyStatus, err error) {
	err = c.do(ctx, http.MethodGet, topologyPath(name)+"?links=true", nil, &s)
	return s, err
}

// Document reads one of the documents of the web page (package ui) into v; path is what the page asks for.
func (c *Client) Document(ctx context.Context, path string, v any) error {
	return c.do(ctx, http.MethodGet, path, nil, v)
}

// Submit has a topology run.
func (c *Client) Submit(ctx context.Context, s Submission) (t Topology, err error) {
	err = c.do(ctx, http.MethodPost, "/v1/topologies", s, &t)
	return t, err
}

// Do does something to a topology: kill, activate, deactivate, rebalance, upgrade or rollback.
func (c *Client) Do(ctx context.Context, name, what string, change Change) error {
	return c.do(ctx, http.MethodPost, topologyPath(name, "/", what), change, nil)
}

// DrainNode has a node, by its id or name, give away what it has, or takes that back.
func (c *Client) DrainNode(ctx context.Context, node string, draining bool) error {
	return c.do(ctx, http.MethodPost, "/v1/nodes/"+url.PathEscape(node)+"/drain", Drain{draining}, nil)
}

// RemoveNode says that a node will not come back.
func (c *Client) RemoveNode(ctx context.Context, node string) error {
	return c.do(ctx, http.MethodDelete, "/v1/nodes/"+url.PathEscape(node), nil, nil)
}

// PutBundle gives the cluster a bundle, whose hash is given. open is called for each try.
func (c *Client) PutBundle(ctx context.Context, hash string, open func() (io.Reader, error)) error {
	response, err := c.request(ctx, &call{method: http.MethodPut, path: "/v1/bundles/" + hash, body: open, safe: true, answerWithin: -1})
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// Bundle is a bundle, which the caller closes. local: only if the agent that is asked has it itself.
func (c *Client) Bundle(ctx context.Context, hash string, local bool) (io.ReadCloser, error) {
	path := "/v1/bundles/" + hash
	if local {
		path += "?local=true"
	}
	response, err := c.get(ctx, path)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// get makes a request for what is read bit by bit.
func (c *Client) get(ctx context.Context, path string) (*http.Response, error) {
	return c.request(ctx, &call{method: http.MethodGet, path: path, body: nothing, answerWithin: c.AnswerWithin, safe: true})
}

func nothing() (io.Reader, error) { return http.NoBody, nil }

// Logs are lines of a topology's log, one JSON object a line, which the caller closes.
func (c *Client) Logs(ctx context.Context, name string, q LogQuery) (io.ReadCloser, error) {
	return c.stream(ctx, topologyPath(name, "/logs"), q)
}

// NodeLogs are those that the agent that is asked has itself; topology is an id.
func (c *Client) NodeLogs(ctx context.Context, topology string, q LogQuery) (io.ReadCloser, error) {
	return c.stream(ctx, "/v1/internal/logs/"+url.PathEscape(topology), q)
}

func (c *Client) stream(ctx context.Context, path string, q any) (io.ReadCloser, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	response, err := c.get(ctx, path+"?q="+url.QueryEscape(string(text)))
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// Ask is a worker's question to the leader.
func (c *Client) Ask(ctx context.Context, q *message.Question) (*message.Answer, error) {
	a := &message.Answer{}
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	response, err := c.request(ctx, &call{
		method: http.MethodPost, path: "/v1/internal/ask", body: func() (io.Reader, error) { return bytes.NewReader(text), nil },
		answerWithin: askWithin, safe: true, // who asks twice gets the same answer
	})
	return a, read(response, err, a)
}

// Report is an agent's report to the leader.
func (c *Client) Report(ctx context.Context, r *message.Report) (*message.Orders, error) {
	o := &message.Orders{}
	return o, c.do(ctx, http.MethodPost, "/v1/internal/report", r, o)
}

// Ordered is a topology as it is in the state, for who has to run it; by its id.
func (c *Client) Ordered(ctx context.Context, id string) (*fsm.Topology, error) {
	t := &fsm.Topology{}
	return t, c.do(ctx, http.MethodGet, "/v1/internal/topologies/"+url.PathEscape(id), nil, t)
}

// GiveStats gives a worker's counts to its agent, and gets to know what is wanted of the worker.
func (c *Client) GiveStats(ctx context.Context, s WorkerStats) (wanted Wanted, err error) {
	err = c.do(ctx, http.MethodPost, "/v1/internal/stats", s, &wanted)
	return wanted, err
}

// NodeCounts are the counts that the agent that is asked has of a topology; by its id.
func (c *Client) NodeCounts(ctx context.Context, id string) (n NodeCounts, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/internal/counts/"+url.PathEscape(id), nil, &n)
	return n, err
}

// NodePast is the past that it has kept of it.
func (c *Client) NodePast(ctx context.Context, id string) (*past.Curve, error) {
	response, err := c.get(ctx, "/v1/internal/past/"+url.PathEscape(id))
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return past.ReadCurve(response.Body)
}
