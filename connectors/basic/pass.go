package basic

import (
	"fmt"
	"slices"

	"github.com/gstorm/gstorm"
)

// passed are the fields of a bolt that emits what it gets: those that all its inputs have. known is false if none is known.
func passed(inputs []gstorm.Fields) (fields gstorm.Fields, known bool, err error) {
	for _, input := range inputs {
		switch {
		case input == nil:
		case !known:
			fields, known = input, true
		case !slices.Equal(fields, input):
			return nil, false, fmt.Errorf("its inputs have different fields (%s; %s), so what it passes on would have no names: a map before it makes them the same", fields, input)
		}
	}
	if fields == nil {
		fields = gstorm.Fields{}
	}
	return fields, known, nil
}

// passing is the outline of a bolt that emits what it gets on some streams.
func passing(inputs []gstorm.Fields, streams ...string) (gstorm.Outline, error) {
	fields, _, err := passed(inputs)
	outputs := map[string]gstorm.Stream{}
	for _, stream := range streams {
		outputs[stream] = gstorm.Stream{Fields: fields}
	}
	return gstorm.Outline{Outputs: outputs}, err
}

// unknownFields are those of names that an input which is known does not have.
func unknownFields(names []string, inputs []gstorm.Fields) error {
	for _, input := range inputs {
		for _, name := range names {
			if input != nil && !input.Contains(name) {
				return fmt.Errorf("its input has no field %q (its fields: %s)", name, input)
			}
		}
	}
	return nil
}
