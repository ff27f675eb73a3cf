package basic

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/gstorm/gstorm"
)

// expression is a compiled expression over the fields of a tuple.
type expression struct {
	program *vm.Program
	field   string // the field that the expression is nothing more than; "" for others
}

// compile reads an expression. Where all inputs are known, it may name none but their fields. The error says where in the
// text the mistake is.
func compile(text string, inputs []gstorm.Fields, options ...expr.Option) (*expression, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the expression is empty")
	}
	fields := types.Map{}
	known := len(inputs) > 0 && !slices.ContainsFunc(inputs, func(f gstorm.Fields) bool { return f == nil })
	for _, input := range inputs {
		for _, name := range input {
			fields[name] = types.Any
		}
	}
	options = append(options, expr.Env(fields))
	if !known {
		options = append(options, expr.AllowUndefinedVariables())
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, located(text, err)
	}
	e := &expression{program: program}
	if name, ok := program.Node().(*ast.IdentifierNode); ok {
		e.field = name.Value
	}
	return e, nil
}

// located is an error of the library on one line.
func located(text string, err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return fmt.Errorf("the expression %q: %w", text, err)
	}
	return fmt.Errorf("the expression %q, line %d, column %d: %s", text, at.Line, at.Column+1, at.Message)
}

// value computes the expression for a tuple, whose fields are those of environment.
func (e *expression) value(environment map[string]any) (any, error) {
	value, err := expr.Run(e.program, environment)
	if err != nil {
		return nil, located(e.program.Source().String(), err)
	}
	return value, nil
}

// environment are the fields of a tuple as expressions see them.
func environment(t *gstorm.Tuple) (map[string]any, error) {
	values, err := t.Decode()
	if err != nil {
		return nil, err
	}
	fields := make(map[string]any, len(values))
	for i, value := range values {
		if i < len(t.Source.Fields) {
			fields[t.Source.Fields[i]] = plain(value)
		}
	}
	return fields, nil
}

// plain makes numbers of the texts of numbers, wherever they are in a value: integers where they fit, for expressions
// compute with those exactly. The value itself stays as it is, for it is shared.
func plain(value any) any {
	switch value := value.(type) {
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return int(n)
		}
		f, err := value.Float64()
		if err != nil {
			return value.String()
		}
		return f
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		mapping := make(map[string]any, len(value))
		for name, item := range value {
			mapping[name] = plain(item)
		}
		return mapping
	}
	return value
}

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
