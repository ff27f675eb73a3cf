package board

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/board/sheet"
)

// Metric is the name of the metric by which a component, of whatever language, has something shown on the page.
const Metric = "gstorm.board"

// bolt tells what it has to show as a metric.
type bolt struct {
	title   string
	show    []string
	columns []string // none: as the fields are
	key     string
	values  []string
	options sheet.Options

	sheet   *sheet.Sheet
	metrics gstorm.Metrics
	updated time.Time
	told    bool // all that there is
	rows    int  // that were told
}

// Open implements gstorm.Opener.
func (b *bolt) Open(_ context.Context, task *gstorm.TaskContext) error {
	b.sheet, b.metrics = sheet.New(b.options), task.Metrics
	if b.title == "" {
		b.title = task.Component
	}
	if len(b.columns) == 0 {
		switch {
		case b.options.Keep == sheet.Latest:
			b.columns = append([]string{b.key}, b.values...)
		case b.options.Keep == sheet.Ranking:
			b.columns = []string{"name", "count"}
		default:
			b.columns = b.values
		}
	}
	b.tell(time.Now())
	return nil
}

// Execute implements gstorm.Bolt.
func (b *bolt) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	now := time.Now()
	if err := b.take(t, now); err != nil {
		return err
	}
	b.updated, b.told = now, false
	return nil
}

func (b *bolt) take(t *gstorm.Tuple, now time.Time) error {
	if b.options.Keep == sheet.Last && len(b.values) == 0 {
		all, err := t.Decode()
		if err != nil {
			return err
		}
		if len(b.columns) == 0 {
			b.columns = slices.Clone(t.Source.Fields[:min(len(t.Source.Fields), sheet.MostNumbers+1)])
		}
		b.sheet.Add(all, now)
		return nil
	}
	values := make([]any, len(b.values))
	for i, name := range b.values {
		var err error
		if values[i], err = t.Value(name); err != nil {
			return err
		}
	}
	switch b.options.Keep {
	case sheet.Ranking:
		if err := b.sheet.Rank(t.Source.Task, values[0], now); err != nil {
			return fmt.Errorf("field %q %w", b.values[0], err)
		}
	case sheet.Last:
		b.sheet.Add(values, now)
	default:
		key, err := t.Value(b.key)
		if err != nil {
			return err
		}
		numbers := make([]float64, len(values))
		for i, value := range values {
			if numbers[i], err = sheet.Number(value); err != nil {
				return fmt.Errorf("field %q %w", b.values[i], err)
			}
		}
		b.sheet.Set(key, numbers, now)
	}
	return nil
}

// Tick tells what has changed. It implements gstorm.Ticker.
func (b *bolt) Tick(context.Context, *gstorm.Collector) error {
	if !b.told || b.options.Forget > 0 && b.rows > 0 {
		b.tell(time.Now())
	}
	return nil
}

// Close implements gstorm.Closer.
func (b *bolt) Close(ctx context.Context, out *gstorm.Collector) error { return b.Tick(ctx, out) }

// tell reports the board as docs/boards.md describes it.
func (b *bolt) tell(now time.Time) {
	rows := b.sheet.Rows(now)
	told := map[string]any{"title": b.title, "show": texts(b.show), "columns": texts(b.columns)}
	order := map[string]any{"by": "number", "top": b.options.Top}
	if b.options.Keep == sheet.Last {
		order["by"] = "time"
	}
	told["order"] = order
	cells, times := make([]any, len(rows)), make([]any, len(rows))
	for i, r := range rows {
		cells[i], times[i] = r.Cells, r.At.UnixMilli()
	}
	told["rows"], told["times"] = cells, times
	if !b.updated.IsZero() {
		told["updated"] = b.updated.UTC().Format(time.RFC3339Nano)
	}
	b.metrics.Set(Metric, told)
	b.told, b.rows = true, len(rows)
}

func texts(list []string) []any {
	all := make([]any, len(list))
	for i, text := range list {
		all[i] = text
	}
	return all
}
