package basic

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

func rateLimitDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "rate_limit", Kind: gstorm.BoltKind, Doc: "passes tuples on no faster than so many a second, and holds back the rest without losing any",
		Details: "Tuples that wait grow older. If more of them can wait than pass within `topology.message.timeout.secs`, which a " +
			"`topology.max.spout.pending` bounds, a warning at the start says so and how many that are.",
		Options: []catalog.Option{
			{Name: "rate", Type: catalog.Number, Required: true, Doc: "how many tuples a second, of all tasks together"},
			{Name: "burst", Type: catalog.Integer, Default: 1, Least: 1, Doc: "how many each task may pass at once after a pause"},
		},
		Streams: []catalog.Stream{{Name: "default", Fields: "those of the input", Doc: "every tuple, in order"}},
		Promise: atOnce + " Those before it are held back in turn, up to the spout.",
		Example: "rate: 100",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			if v.Float("rate") <= 0 {
				return catalog.Made{}, errors.New("option rate is 0: it must be more")
			}
			outline, err := passing(inputs, gstorm.DefaultStream)
			return catalog.Made{Outline: outline, NewBolt: func() gstorm.Bolt {
				return &rateLimitBolt{rate: v.Float("rate"), burst: v.Int("burst")}
			}}, err
		},
	}
}

type rateLimitBolt struct {
	rate    float64
	burst   int
	limiter *rate.Limiter
}

// Open implements gstorm.Opener.
func (b *rateLimitBolt) Open(_ context.Context, task *gstorm.TaskContext) error {
	share := b.rate / float64(max(task.Tasks, 1))
	b.limiter = rate.NewLimiter(rate.Limit(share), b.burst)
	return b.mind(task, share)
}

// mind compares how long tuples may have to wait with the message timeout.
func (b *rateLimitBolt) mind(task *gstorm.TaskContext, share float64) error {
	timeout, ok, err := task.Config.Seconds(gstorm.TopologyMessageTimeout)
	if off, set, _ := task.Config.Bool(gstorm.TopologyEnableTimeouts); err != nil || !ok || set && !off {
		return err
	}
	if within := share * timeout.Seconds(); within < 1 {
		return fmt.Errorf("a tuple of %g a second and task waits longer than %s (%v)", share, gstorm.TopologyMessageTimeout, timeout)
	}
	waiting, ok, err := task.Config.Int(gstorm.TopologyMaxSpoutPending)
	if err != nil {
		return err
	}
	if !ok {
		if waiting, _, err = task.Config.Int(gstorm.TopologyReceiveBuffer); err != nil {
			return err
		}
	}
	if time.Duration(float64(waiting)/share*float64(time.Second)) > timeout {
		task.Logger.Warn("more tuples can wait for the rate limit than pass before they time out; the others are replayed and wait again",
			slog.Int("waiting", waiting), slog.Float64("rate", share), slog.Duration("timeout", timeout),
			slog.String("hint", fmt.Sprintf("set %s to %d at most", gstorm.TopologyMaxSpoutPending, int(share*timeout.Seconds()))))
	}
	return nil
}

// Execute waits for its turn. It implements gstorm.Bolt.
func (b *rateLimitBolt) Execute(ctx context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	values, err := t.Decode()
	if err != nil {
		return err
	}
	if err := b.limiter.Wait(ctx); err != nil {
		return fmt.Errorf("wait for the rate limit: %w", err)
	}
	out.Emit(values...)
	return nil
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b *rateLimitBolt) Tick(context.Context, *gstorm.Collector) error { return nil }
