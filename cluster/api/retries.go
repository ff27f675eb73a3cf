package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/stats"
)

// GivenFailures are the messages of a worker's spouts that have failed, the newest.
type GivenFailures struct {
	Topology string         `json:"topology"` // its id
	Worker   int            `json:"worker"`
	Failures stats.Failures `json:"failures"`
}

// LetterWork is something that is to be done with a topology's dead letters on a node.
type LetterWork struct {
	stats.LetterChoice
	// Outline is what runs now, and Here which of its tasks do on this node: for replays.
	Outline deadletters.Outline `json:"outline,omitempty"`
	Here    []int               `json:"here,omitempty"`
}

// LetterWorkDone is what came of it. Of letters that are to be replayed, but by a task of another node, those are in Elsewhere: they are
// on this node still, and waiting. Misfit is why none could be replayed.
type LetterWorkDone struct {
	Done      int                  `json:"done"`
	Elsewhere []deadletters.Letter `json:"elsewhere,omitempty"`
	Misfit    string               `json:"misfit,omitempty"`
}

// Failures are messages of a topology's spouts that have failed, the newest.
func (c *Client) Failures(ctx context.Context, name string, last int) (f stats.Failures, err error) {
	err = c.do(ctx, http.MethodGet, topologyPath(name, "/failures?last=", strconv.Itoa(last)), nil, &f)
	return f, err
}

// DeadLetters are a topology's dead letters, the newest.
func (c *Client) DeadLetters(ctx context.Context, name string, last int) (d stats.DeadLetters, err error) {
	err = c.do(ctx, http.MethodGet, topologyPath(name, "/dead-letters?last=", strconv.Itoa(last)), nil, &d)
	return d, err
}

// WorkLetters does something with dead letters of a topology: replay or drop. It returns with how many.
func (c *Client) WorkLetters(ctx context.Context, name, what string, choice stats.LetterChoice) (int, error) {
	var done LetterWorkDone
	err := c.do(ctx, http.MethodPost, topologyPath(name, "/dead-letters/", what), choice, &done)
	return done.Done, err
}

// GiveFailures gives a worker's failures to its agent.
func (c *Client) GiveFailures(ctx context.Context, f GivenFailures) error {
	return c.do(ctx, http.MethodPost, "/v1/internal/failures", f, nil)
}

// NodeFailures are the failures of workers of the agent that is asked; topology is an id.
func (c *Client) NodeFailures(ctx context.Context, topology string, last int) (f stats.Failures, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/internal/failures/"+url.PathEscape(topology)+"?last="+strconv.Itoa(last), nil, &f)
	return f, err
}

func lettersPath(name string, rest ...string) string {
	path := "/v1/internal/dead-letters/" + url.PathEscape(name)
	for _, part := range rest {
		path += part
	}
	return path
}

// NodeLetters are the dead letters that the agent that is asked has itself, of a topology by its name; most is how many there is room
// for, 0: not known.
func (c *Client) NodeLetters(ctx context.Context, name string, last, most int) (d stats.DeadLetters, err error) {
	err = c.do(ctx, http.MethodGet, lettersPath(name, "?last=", strconv.Itoa(last), "&most=", strconv.Itoa(most)), nil, &d)
	return d, err
}

// WorkNodeLetters does something with dead letters that the agent that is asked has itself: replay or drop.
func (c *Client) WorkNodeLetters(ctx context.Context, name, what string, w LetterWork) (done LetterWorkDone, err error) {
	err = c.do(ctx, http.MethodPost, lettersPath(name, "/", what), w, &done)
	return done, err
}

// PutNodeLetters gives an agent dead letters of another node, whose tasks are there now. When it returns they are on that agent's disk.
func (c *Client) PutNodeLetters(ctx context.Context, name string, letters []deadletters.Letter) error {
	return c.do(ctx, http.MethodPut, lettersPath(name), letters, nil)
}
