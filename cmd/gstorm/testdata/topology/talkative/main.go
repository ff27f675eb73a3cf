// A spout and a bolt that say something at every level, again and again.
package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/plugin"
)

func main() {
	b := gstorm.NewBuilder("talkative")
	b.Spout("talk", func() gstorm.Spout { return &talk{} }).Output("default", "n")
	b.Bolt("listen", func() gstorm.Bolt { return &listen{} }).From("talk", "", gstorm.Shuffle)
	plugin.Main(b.Topology())
}

type talk struct{ log *slog.Logger }

func (s *talk) Open(_ context.Context, task *gstorm.TaskContext) error {
	s.log = task.Logger
	return nil
}

func (s *talk) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	time.Sleep(20 * time.Millisecond) // a spout that always has more would fill the log
	s.log.Debug("spout debug")
	s.log.Info("spout info")
	out.Emit(1)
	return nil
}

type listen struct{ log *slog.Logger }

func (l *listen) Open(_ context.Context, task *gstorm.TaskContext) error {
	l.log = task.Logger
	return nil
}

func (l *listen) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
	l.log.Debug("bolt debug")
	l.log.Info("bolt info")
	return nil
}
