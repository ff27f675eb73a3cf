package stormtesting

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/gstorm/gstorm"
)

// LogInfoBolt logs every tuple at level info through the logger of its task: the values as JSON, and where they came from.
// It emits nothing. It is the LogInfoBolt of Storm's Flux.
type LogInfoBolt struct {
	log *slog.Logger
}

// Open keeps the logger. It implements gstorm.Opener.
func (b *LogInfoBolt) Open(_ context.Context, task *gstorm.TaskContext) error {
	b.log = task.Logger
	return nil
}

// Execute logs one tuple. It implements gstorm.Bolt.
func (b *LogInfoBolt) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	values, err := t.Decode()
	if err != nil {
		return err
	}
	text, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("values that are no JSON: %w", err)
	}
	b.log.Info(string(text), "from", fmt.Sprintf("%s/%d", t.Source.Component, t.Source.Task))
	return nil
}
