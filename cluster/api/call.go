package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// call is a request as it is made of one agent after the other.
type call struct {
	method, path string
	body         func() (io.Reader, error) // called for each try
	// safe: it may be done twice. What is not goes to another agent only if it has certainly reached nobody.
	safe bool
	// answerWithin is Client.AnswerWithin for what is safe; below 0: for ever.
	answerWithin time.Duration
}

const (
	// connectWithin bounds how long a connection may take, with its encryption.
	connectWithin = 3 * time.Second
	// usualAnswer is more than an agent that is well takes to begin an answer.
	usualAnswer = 5 * time.Second
	// askWithin is that for a worker's question: another agent has to be asked before the lease has run out.
	askWithin = 700 * time.Millisecond
)

var (
	errNoConnection = errors.New("no connection comes about in time")
	errNoAnswer     = errors.New("it does not answer in time")
)

// once asks one agent after the other, until one answers.
func (c *Client) once(ctx context.Context, what *call) (*http.Response, error) {
	addresses := c.Addresses()
	if len(addresses) == 0 {
		return nil, errors.New("no address of an agent is known")
	}
	last, known := c.last.Load().(string)
	if !known && len(addresses) > 1 && !what.safe {
		// One that hangs takes connections: whoever answers is found by what may be asked of several.
		hello, err := c.once(ctx, &call{method: http.MethodGet, path: "/", body: nothing, safe: true, answerWithin: c.AnswerWithin})
		if err == nil {
			_ = hello.Body.Close()
		}
		if errors.As(err, new(*UnreachableError)) {
			return nil, err
		}
		last, _ = c.last.Load().(string)
	}
	if i := slices.Index(addresses, last); i > 0 { // who is known to be there comes first
		addresses = slices.Concat([]string{last}, addresses[:i], addresses[i+1:])
	}
	failed := &UnreachableError{}
	for i, address := range addresses {
		response, sent, err := c.try(ctx, what, address, i == len(addresses)-1)
		if err == nil {
			c.last.Store(address)
			if response.StatusCode >= 300 {
				err := errorOf(response)
				_ = response.Body.Close()
				return nil, err
			}
			return response, nil
		}
		if sent && !what.safe {
			return nil, fmt.Errorf("the agent at %s has not answered, and may have done what it was asked for: %w", address, err)
		}
		failed.Tries = append(failed.Tries, Try{address, err})
		if ctx.Err() != nil {
			break
		}
	}
	return nil, failed
}

// try asks one agent. sent: it may have got the request.
func (c *Client) try(ctx context.Context, what *call, address string, last bool) (response *http.Response, sent bool, err error) {
	body, err := what.body()
	if err != nil {
		return nil, false, err
	}
	limited, cancel := context.WithCancelCause(ctx)
	connecting := time.AfterFunc(connectWithin, func() { cancel(errNoConnection) })
	defer connecting.Stop()
	if what.safe && what.answerWithin >= 0 && !last {
		answering := time.AfterFunc(cmp.Or(what.answerWithin, usualAnswer), func() { cancel(errNoAnswer) })
		defer answering.Stop()
	}
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		connecting.Stop()
		connected.Store(true)
	}})
	r, err := http.NewRequestWithContext(traced, what.method, c.Scheme+"://"+address+what.path, body)
	if err != nil {
		cancel(nil)
		return nil, false, err
	}
	r.Header.Set("Content-Type", "application/json")
	SetProtocol(r.Header)
	if c.Authorize != nil {
		c.Authorize(r)
	}
	response, err = c.HTTP.Do(r)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err // whoever asks knows what for
		}
		if cause := context.Cause(limited); cause != nil {
			err = cause
		}
		cancel(nil)
		return nil, connected.Load(), err
	}
	response.Body = &answerBody{response.Body, cancel}
	return response, true, nil
}

// answerBody ends the request with its answer.
type answerBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

// Close closes it.
func (b *answerBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// UnreachableError says that no agent has answered.
type UnreachableError struct{ Tries []Try }

// Try is why one has not.
type Try struct {
	Address string
	Err     error
}

// Error names all.
func (e *UnreachableError) Error() string {
	var parts []string
	for _, t := range e.Tries {
		parts = append(parts, fmt.Sprintf("%s (%v)", t.Address, t.Err))
	}
	return "no agent answers: " + strings.Join(parts, ", ")
}

// Unwrap are the reasons.
func (e *UnreachableError) Unwrap() (all []error) {
	for _, t := range e.Tries {
		all = append(all, t.Err)
	}
	return all
}
