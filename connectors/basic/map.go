package basic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/expression"
)

func mapDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "map", Kind: gstorm.BoltKind, Doc: "makes a tuple of new fields of each tuple, by an expression for each", Details: language +
			" A field that is only passed on keeps its value to the last digit.",
		Options: []catalog.Option{
			{Name: "fields", Type: catalog.Named, Required: true, Doc: "the new fields in order, each with its expression, as `[{word: lower(word)}, {twice: 2 * count}]`"},
		},
		Streams: []catalog.Stream{{Name: "default", Fields: "the names in `fields`", Doc: "one tuple for each of the input"}},
		Promise: atOnce + " A tuple for which an expression can't be computed fails, and says why.",
		Example: "fields: [{word: lower(word)}, {twice: 2 * count}]",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			var names []string
			var expressions []*expression.Expression
			var errs []error
			for _, field := range v.Named("fields") {
				e, err := fieldExpression(field, inputs)
				errs = append(errs, err)
				names, expressions = append(names, field.Name), append(expressions, e)
			}
			return catalog.Made{Outline: catalog.OnDefault(names...), NewBolt: func() gstorm.Bolt { return mapBolt(expressions) }}, errors.Join(errs...)
		},
	}
}

func fieldExpression(field catalog.Pair, inputs []gstorm.Fields) (*expression.Expression, error) {
	text, isText := field.Value.(string)
	if !isText {
		text = fmt.Sprint(field.Value) // a number or a truth value, which YAML does not ask to quote
	}
	e, err := expression.Compile(text, inputs)
	if err != nil {
		return nil, fmt.Errorf("option fields, %s: %w", field.Name, err)
	}
	return e, nil
}

type mapBolt []*expression.Expression

// Execute implements gstorm.Bolt.
func (b mapBolt) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	fields, err := expression.Environment(t)
	if err != nil {
		return err
	}
	values := make([]any, len(b))
	for i, e := range b {
		if values[i], err = valueOf(e, t, fields); err != nil {
			return err
		}
	}
	out.Emit(values...)
	return nil
}

// valueOf is the value of an expression as a tuple can carry it.
func valueOf(e *expression.Expression, t *gstorm.Tuple, fields map[string]any) (any, error) {
	if e.Field != "" && t.Source.Fields.Contains(e.Field) {
		return t.Value(e.Field)
	}
	value, err := e.Value(fields)
	if err != nil {
		return nil, err
	}
	return carried(value)
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b mapBolt) Tick(context.Context, *gstorm.Collector) error { return nil }

// carried is the result of an expression as a tuple can carry it. Times become texts, everything else what it is as JSON.
func carried(value any) (any, error) {
	switch value := value.(type) {
	case nil, bool, string, int, int64, float64, json.Number, []any, map[string]any:
		return value, nil
	case time.Duration:
		return value.String(), nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("the result %v is nothing that a tuple can carry: %w", value, err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var carried any
	err = d.Decode(&carried)
	return carried, err
}
