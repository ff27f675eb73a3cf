package main

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/ui"
)

// document asks any agent for one of the page's documents.
func (c *testCluster) document(path string, v any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var addresses []string
	for _, a := range c.agents {
		if a.cmd != nil {
			addresses = append(addresses, a.address)
		}
	}
	return api.NewClient(addresses...).Document(ctx, path, v)
}

// TestTheHistoryOutlivesAllAgents: all agents are killed and come back, so that another one may lead; what was counted before is
// still there, the rows and the sums agree, and what had been in the history is.
func TestTheHistoryOutlivesAllAgents(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t, 3)
	c.must("submit", "testdata/topology/crew.rb", "--name", "numbers", "--", "1000000", t.TempDir())
	of := func() (d ui.ComponentDetail, h ui.History, err error) {
		if err = c.document("/v1/topologies/numbers/components/numbers/view", &d); err == nil {
			err = c.document("/v1/topologies/numbers/history?"+url.Values{"component": {"numbers"}, "since": {"600"}, "points": {"600"}}.Encode(), &h)
		}
		return d, h, err
	}
	known := func(h ui.History) (n int, sum float64) {
		for _, v := range h.Series["emitted"] {
			if v != nil {
				n, sum = n+1, sum+*v*h.Step
			}
		}
		return n, sum
	}
	var before ui.ComponentDetail
	c.until("some seconds are known", func() bool {
		d, h, err := of()
		n, sum := known(h)
		before = d
		return err == nil && n >= 5 && sum > 0
	})
	killed := time.Now()
	for i, a := range c.agents {
		_ = a.cmd.Process.Kill()
		_ = a.cmd.Wait()
		c.start(i)
	}
	c.until("all that was counted is known again, second by second", func() bool {
		d, h, err := of()
		if err != nil {
			return false
		}
		rows := d.Earlier.Emitted
		for i := range d.TaskViews {
			rows += d.TaskViews[i].Emitted
		}
		if rows != d.Totals.Emitted {
			t.Fatalf("tasks have emitted %d, and those that are no more %d: together not %d", rows-d.Earlier.Emitted, d.Earlier.Emitted, d.Totals.Emitted)
		}
		_, sum := known(h)
		early := false
		for i, v := range h.Series["emitted"] {
			early = early || v != nil && *v > 0 && h.From.Add(time.Duration(float64(i+1)*h.Step*float64(time.Second))).Before(killed)
		}
		// The two documents are not of the same moment.
		return early && d.Totals.Emitted > before.Totals.Emitted && sum > 0.9*float64(d.Totals.Emitted) && sum < 1.1*float64(d.Totals.Emitted)+1000
	})
}
