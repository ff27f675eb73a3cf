package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/message"
)

// hung is the address of an agent that takes connections and never answers.
func hung(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// dead is an address where nobody listens.
func dead(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// well is the address of an agent that answers, and counts what it was told to do.
func well(t *testing.T, told *atomic.Int32) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			w.WriteHeader(http.StatusNotFound)
		case strings.HasSuffix(r.URL.Path, "/kill"):
			told.Add(1)
			w.WriteHeader(http.StatusNoContent)
		default:
			_, _ = io.WriteString(w, "{}")
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func client(t *testing.T, addresses ...string) *Client {
	c := NewClient(addresses...)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c.HTTP, c.AnswerWithin = &http.Client{Transport: transport}, 50*time.Millisecond
	return c
}

// TestAnAgentThatHangsIsPassedOver: what can be asked twice goes to the next agent, and what can't goes to one that is known to
// answer; from then on it comes first.
func TestAnAgentThatHangsIsPassedOver(t *testing.T) {
	var told atomic.Int32
	addresses := []string{hung(t), dead(t), well(t, &told)}
	if _, err := client(t, addresses...).Members(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := client(t, addresses...).Ask(t.Context(), &message.Question{}); err != nil {
		t.Error(err)
	}
	c := client(t, addresses...)
	if err := c.Do(t.Context(), "words", "kill", Change{}); err != nil || told.Load() != 1 {
		t.Errorf("%v; done %d times", err, told.Load())
	}
	c.AnswerWithin = time.Hour // the hung one is not asked again
	if _, err := c.Topologies(t.Context()); err == nil {
		t.Error("{} is no list")
	}
}

// TestWhatMayHaveBeenDoneIsNotDoneAgain: an agent that hangs with a request has it.
func TestWhatMayHaveBeenDoneIsNotDoneAgain(t *testing.T) {
	var told atomic.Int32
	c := client(t, hung(t), well(t, &told))
	c.last.Store(c.Addresses()[0]) // it answered before
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := c.Do(ctx, "words", "kill", Change{})
	if err == nil || !strings.Contains(err.Error(), "may have done what it was asked for") || told.Load() != 0 {
		t.Errorf("%v; done %d times", err, told.Load())
	}
	c = client(t, dead(t), well(t, &told))
	c.last.Store(c.Addresses()[0])
	if err := c.Do(t.Context(), "words", "kill", Change{}); err != nil || told.Load() != 1 {
		t.Errorf("%v; done %d times, by the agent that is there", err, told.Load())
	}
}

// TestNobodyAnswers: it is said who was asked, and what came of that.
func TestNobodyAnswers(t *testing.T) {
	addresses := []string{hung(t), dead(t)}
	c := client(t, addresses...)
	c.Patience = 0
	for what, ask := range map[string]func() error{
		"what can be asked twice": func() error { _, err := c.Members(t.Context()); return err },
		"what can't":              func() error { return c.Do(t.Context(), "words", "kill", Change{}) },
	} {
		err := ask()
		var nobody *UnreachableError
		if !errors.As(err, &nobody) || len(nobody.Tries) != 2 {
			t.Errorf("%s: %v", what, err)
			continue
		}
		for _, want := range []string{addresses[0] + " (it does not answer in time)", addresses[1] + " (dial", "refused"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", what, err, want)
			}
		}
	}
}
