package basic

import (
	"context"
	"errors"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
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
			var expressions []*expression
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

func fieldExpression(field catalog.Pair, inputs []gstorm.Fields) (*expression, error) {
	text, isText := field.Value.(string)
	if !isText {
		text = fmt.Sprint(field.Value) // a number or a truth value, which YAML does not ask to quote
	}
	e, err := compile(text, inputs)
	if err != nil {
		return nil, fmt.Errorf("option fields, %s: %w", field.Name, err)
	}
	return e, nil
}

type mapBolt []*expression

// Execute implements gstorm.Bolt.
func (b mapBolt) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	fields, err := environment(t)
	if err != nil {
		return err
	}
	values := make([]any, len(b))
	for i, e := range b {
		if values[i], err = e.of(t, fields); err != nil {
			return err
		}
	}
	out.Emit(values...)
	return nil
}

// of is the value of the expression as a tuple can carry it.
func (e *expression) of(t *gstorm.Tuple, fields map[string]any) (any, error) {
	if e.field != "" && t.Source.Fields.Contains(e.field) {
		return t.Value(e.field)
	}
	value, err := e.value(fields)
	if err != nil {
		return nil, err
	}
	return carried(value)
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b mapBolt) Tick(context.Context, *gstorm.Collector) error { return nil }
