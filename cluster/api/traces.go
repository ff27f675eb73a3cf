package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gstorm/gstorm/internal/stats"
)

// NodeTraces is what an agent has of what its workers have recorded of a topology's traced trees, since a mark.
type NodeTraces struct {
	Life   string        `json:"life"`   // of the agent: marks of another one mean nothing to it
	Next   uint64        `json:"next"`   // the mark for what comes
	More   bool          `json:"more"`   // there is more already
	Events []WorkerTrace `json:"events"` // oldest first
}

// WorkerTrace is one thing that a worker has recorded.
type WorkerTrace struct {
	Worker int `json:"worker"`
	stats.TraceEvent
}

// NodeTraces are those that the agent that is asked has, since a mark that it has given in a life; 0: from the beginning. topology is
// an id.
func (c *Client) NodeTraces(ctx context.Context, topology, life string, since uint64) (n NodeTraces, err error) {
	q := url.Values{"life": {life}, "since": {strconv.FormatUint(since, 10)}}
	err = c.do(ctx, http.MethodGet, "/v1/internal/traces/"+url.PathEscape(topology)+"?"+q.Encode(), nil, &n)
	return n, err
}
