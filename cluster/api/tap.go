package api

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gstorm/gstorm/internal/stats"
)

// WantedTap is a request to see a worker's tuples, which it gives to its agent under ID.
type WantedTap struct {
	ID string `json:"id"`
	stats.TapRequest
}

// Tapped is what a worker's tap has to tell.
type Tapped struct {
	Worker int             `json:"worker"`
	Lines  []stats.TapLine `json:"lines"`
}

// Tap are tuples of a topology as they pass, one stats.TapLine a line, which the caller closes.
func (c *Client) Tap(ctx context.Context, name string, r stats.TapRequest) (io.ReadCloser, error) {
	q := url.Values{"component": {r.Component}, "rate": {strconv.Itoa(r.Rate)}}
	if r.Stream != "" {
		q.Set("stream", r.Stream)
	}
	if r.Task != 0 {
		q.Set("task", strconv.Itoa(r.Task))
	}
	if r.Where != "" {
		q.Set("where", r.Where)
	}
	response, err := c.get(ctx, topologyPath(name, "/tap?", q.Encode()))
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// NodeTap are those of workers of the agent that is asked; topology is an id.
func (c *Client) NodeTap(ctx context.Context, topology string, r stats.TapRequest) (io.ReadCloser, error) {
	return c.stream(ctx, "/v1/internal/taps/"+url.PathEscape(topology), r)
}

// GiveTapped gives what a worker's tap has to tell to its agent. An error that is NotFound says that nobody wants it any more.
func (c *Client) GiveTapped(ctx context.Context, tap string, t Tapped) error {
	return c.do(ctx, http.MethodPost, "/v1/internal/tapped/"+url.PathEscape(tap), t, nil)
}
