package host_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/hosttest"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// TestASpoutThatIsHeldBackDoesNotHang: one call of a spout brings more than its consumer, which takes its time, has room
// for. What the spout says then is not read for longer than it may be silent, which is not its fault.
func TestASpoutThatIsHeldBackDoesNotHang(t *testing.T) {
	const tuples = 1500
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("held").Set(gstorm.TopologyReceiveBuffer, 1).Set(gstorm.TopologySubprocessTimeout, 5)
		b.ShellSpout("source", "source").Output("default", "n")
		b.Bolt("slow", func() gstorm.Bolt {
			return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
				time.Sleep(100 * time.Millisecond) // on the virtual clock
				return nil
			})
		}).From("source", "", gstorm.Shuffle)
		p, err := plan.Build(b.Topology(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		starter := &hosttest.Starter{}
		w, err := host.New(host.Options{
			Plan: p, Starter: starter, Seed: 1, Logger: slog.New(slog.DiscardHandler),
			Launch: func(*plan.Component) (host.Launch, error) { return host.Launch{Command: []string{"source"}}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		synctest.Wait()
		var burst []string
		for n := range tuples {
			burst = append(burst, fmt.Sprintf(`{"command":"emit","tuple":[%d],"need_task_ids":false}`, n))
		}
		source := starter.Process(p.Component("source").TaskIDs[0])
		source.Answer("next", []string{strings.Join(append(burst, `{"command":"finished"}`), "\nend\n")})
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		s := w.Snapshot()
		if n := restarts(s, "source"); s.State != stats.Finished || n != 0 {
			t.Errorf("state %s, started again %d times: %+v", s.State, n, s.Errors)
		}
	})
}
