package basic

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

func logDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "log", Kind: gstorm.BoltKind, Doc: "logs its tuples, as JSON, and where they come from",
		Options: []catalog.Option{
			{Name: "level", Type: catalog.Text, Default: "info", Choices: []string{"debug", "info", "warn", "error"}, Doc: "at which level"},
			{Name: "prefix", Type: catalog.Text, Doc: "what stands before the values"},
			{Name: "fields", Type: catalog.Texts, Doc: "log only these fields, as an object"},
			{Name: "every", Type: catalog.Integer, Default: 1, Least: 1, Doc: "log the first of so many tuples"},
		},
		Promise: "Acks each tuple when it is logged.",
		Example: "prefix: words",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			var level slog.Level
			if err := level.UnmarshalText([]byte(v.Text("level"))); err != nil {
				return catalog.Made{}, err
			}
			prefix := v.Text("prefix")
			if prefix != "" {
				prefix += " "
			}
			return catalog.Made{NewBolt: func() gstorm.Bolt {
				return &logBolt{level: level, prefix: prefix, fields: v.Texts("fields"), every: v.Int("every")}
			}}, unknownFields(v.Texts("fields"), inputs)
		},
	}
}

type logBolt struct {
	level  slog.Level
	prefix string
	fields []string // none: all values
	every  int
	seen   int
	log    *slog.Logger
}

// Open implements gstorm.Opener.
func (b *logBolt) Open(_ context.Context, task *gstorm.TaskContext) error {
	b.log = task.Logger
	return nil
}

// Execute implements gstorm.Bolt.
func (b *logBolt) Execute(ctx context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	b.seen++
	if (b.seen-1)%b.every != 0 {
		return nil
	}
	values, err := t.Decode()
	if err != nil {
		return err
	}
	text, err := asJSON([]any(values))
	if len(b.fields) > 0 {
		text, err = b.object(t)
	}
	if err != nil {
		return err
	}
	b.log.Log(ctx, b.level, b.prefix+text, "from", fmt.Sprintf("%s/%d", t.Source.Component, t.Source.Task))
	return nil
}

// object is the chosen fields in the order in which they were chosen.
func (b *logBolt) object(t *gstorm.Tuple) (string, error) {
	text := []byte("{")
	for i, name := range b.fields {
		value, err := t.Value(name)
		if err != nil {
			return "", err
		}
		of, err := asJSON(value)
		if err != nil {
			return "", err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "%q:%s", name, of)
	}
	return string(append(text, '}')), nil
}

func asJSON(value any) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return "", fmt.Errorf("values that are no JSON: %w", err)
	}
	return string(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), nil
}

// Tick does nothing, so that ticks are not logged. It implements gstorm.Ticker.
func (b *logBolt) Tick(context.Context, *gstorm.Collector) error { return nil }
