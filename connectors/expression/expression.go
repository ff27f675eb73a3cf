// Package expression has expressions over the fields of tuples, in the language of expr-lang.
package expression

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/gstorm/gstorm"
)

// Expression is a compiled expression over the fields of a tuple. Any goroutine may use it.
type Expression struct {
	// Field is the field that the expression is nothing more than; "" for others.
	Field string

	program *vm.Program
}

// Compile reads an expression. Where all inputs are known, it may name none but their fields. The error says where in the
// text the mistake is.
func Compile(text string, inputs []gstorm.Fields) (*Expression, error) {
	return compile(text, inputs)
}

// Condition is Compile for an expression that is true or false.
func Condition(text string, inputs []gstorm.Fields) (*Expression, error) {
	return compile(text, inputs, expr.AsBool())
}

func compile(text string, inputs []gstorm.Fields, options ...expr.Option) (*Expression, error) {
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
		return nil, helped(located(text, err), inputs)
	}
	e := &Expression{program: program}
	if name, ok := program.Node().(*ast.IdentifierNode); ok {
		e.Field = name.Value
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

// helped is an error that says which names there are, if it is about one that there is not.
func helped(err error, inputs []gstorm.Fields) error {
	_, name, unknown := strings.Cut(err.Error(), ": unknown name ")
	if !unknown {
		return err
	}
	var names []string
	for _, fields := range inputs {
		for _, field := range fields {
			if !slices.Contains(names, field) {
				names = append(names, field)
			}
		}
	}
	if near := gstorm.Nearest(name, names); near != "" {
		return fmt.Errorf("%w, did you mean %s?", err, near)
	}
	return fmt.Errorf("%w (the fields: %s)", err, strings.Join(names, ", "))
}

// Value computes the expression for a tuple, whose fields are those of Environment.
func (e *Expression) Value(environment map[string]any) (any, error) {
	value, err := expr.Run(e.program, environment)
	if err != nil {
		return nil, located(e.program.Source().String(), err)
	}
	return value, nil
}

// True computes a Condition for a tuple.
func (e *Expression) True(t *gstorm.Tuple) (bool, error) {
	fields, err := Environment(t)
	if err != nil {
		return false, err
	}
	result, err := e.Value(fields)
	truth, _ := result.(bool) // anything else is an error already
	return truth, err
}

// Environment are the fields of a tuple as expressions see them.
func Environment(t *gstorm.Tuple) (map[string]any, error) {
	values, err := t.Decode()
	if err != nil {
		return nil, err
	}
	fields := make(map[string]any, len(values))
	for i, value := range values {
		if i < len(t.Source.Fields) {
			fields[t.Source.Fields[i]] = Plain(value)
		}
	}
	return fields, nil
}

// Plain makes numbers of the texts of numbers, wherever they are in a value: integers where they fit, for expressions
// compute with those exactly. The value itself stays as it is, for it is shared.
func Plain(value any) any {
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
			list[i] = Plain(item)
		}
		return list
	case map[string]any:
		mapping := make(map[string]any, len(value))
		for name, item := range value {
			mapping[name] = Plain(item)
		}
		return mapping
	}
	return value
}
