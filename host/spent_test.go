package host_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// volley is a spout that emits all its lines in one call.
type volley struct{ lines }

func (v *volley) Next(ctx context.Context, out *gstorm.SpoutCollector) error {
	for v.lines.Next(ctx, out) == nil {
	}
	return gstorm.ErrFinished
}

// ofBolt are the means of a bolt, in ms.
func ofBolt(t *testing.T, s stats.Snapshot, id string) (queue, pipe, child float64) {
	t.Helper()
	for _, c := range s.Components {
		if c.ID == id && c.Spent.Queued > 0 && c.Spent.Answered > 0 {
			n := float64(c.Spent.Answered) / 1000
			return c.Spent.Queue / float64(c.Spent.Queued) * 1000, c.Spent.Pipe / n, c.Spent.Child / n
		}
	}
	t.Fatalf("nothing is known of %s: %+v", id, s.Components)
	return
}

func near(got, want float64) bool { return math.Abs(got-want) < 0.01 }

func TestTuplesInGoWaitForThoseBefore(t *testing.T) {
	for _, n := range []int{1, 10, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := gstorm.NewBuilder("waits")
				b.Spout("lines", func() gstorm.Spout { return &volley{lines{todo: make([]string, n)}} }).Output("default", "line")
				b.Bolt("slow", func() gstorm.Bolt {
					return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
						time.Sleep(10 * time.Millisecond)
						return nil
					})
				}).From("lines", "", gstorm.Shuffle)
				queue, pipe, child := ofBolt(t, run(t, b), "slow")
				if want := float64(n-1) / 2 * 10; !near(queue, want) || pipe != 0 || !near(child, 10) {
					t.Errorf("queue %g ms, want %g; pipe %g ms, want 0; child %g ms, want 10", queue, want, pipe, child)
				}
			})
		})
	}
}

func TestBatchesInGoAreHandedOverAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("waits")
		b.Spout("lines", func() gstorm.Spout { return &volley{lines{todo: make([]string, 10)}} }).Output("default", "line")
		b.Bolt("slow", func() gstorm.Bolt { return sleepyBatches{} }).From("lines", "", gstorm.Shuffle)
		if queue, pipe, child := ofBolt(t, run(t, b), "slow"); queue != 0 || pipe != 0 || !near(child, 10) {
			t.Errorf("queue %g ms, pipe %g ms, want 0; child %g ms, want 10", queue, pipe, child)
		}
	})
}

type sleepyBatches struct{ boltFunc }

func (sleepyBatches) ExecuteBatch(context.Context, []*gstorm.Tuple, *gstorm.Collector) error {
	time.Sleep(10 * time.Millisecond)
	return nil
}

// sleeperEnv makes the test binary a bolt that sleeps for so long with each tuple.
const sleeperEnv = "HOST_TEST_SLEEPER"

// TestARealChildThatIsSlowHasAPipe: of ten tuples that a real process is written at once, each waits for those before it.
func TestARealChildThatIsSlowHasAPipe(t *testing.T) {
	if d, err := time.ParseDuration(os.Getenv(sleeperEnv)); err == nil {
		sleeper(d)
		os.Exit(0)
	}
	const n = 10
	b := gstorm.NewBuilder("sleeps").Set(gstorm.TopologyMaxSpoutPending, n)
	b.Spout("lines", func() gstorm.Spout { return &volley{lines{todo: make([]string, n)}} }).Output("default", "line")
	b.ShellBolt("slow", "sleeper").From("lines", "", gstorm.Shuffle)
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w, err := host.New(host.Options{
		Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Launch: func(*plan.Component) (host.Launch, error) {
			return host.Launch{
				Command: []string{self, "-test.run=^" + t.Name() + "$"}, Env: map[string]string{sleeperEnv: "50ms", "GORACE": "atexit_sleep_ms=0"},
			}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, pipe, child := ofBolt(t, w.Snapshot(), "slow")
	if child < 50 {
		t.Errorf("child: %g ms, it sleeps for 50", child)
	}
	if want := child * (n - 1) / 2; pipe < want/2 || pipe > want*2 {
		t.Errorf("pipe: %g ms, about %g are right with %g in the child", pipe, want, child)
	}
}

// sleeper speaks the classic protocol on stdin and stdout.
func sleeper(d time.Duration) {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	var frame string
	for first := true; in.Scan(); {
		if line := in.Text(); line != "end" {
			frame += line
			continue
		}
		var m struct{ ID, Stream string }
		_ = json.Unmarshal([]byte(frame), &m) // what is no tuple has neither
		switch {
		case first:
			fmt.Printf("{\"pid\":%d}\nend\n", os.Getpid())
		case m.Stream == "__heartbeat":
			fmt.Print("{\"command\":\"sync\"}\nend\n")
		case strings.HasPrefix(frame, "{"):
			time.Sleep(d)
			fmt.Printf("{\"command\":\"ack\",\"id\":%q}\nend\n", m.ID)
		}
		first, frame = false, ""
	}
}
