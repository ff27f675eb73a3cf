package catalog

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOptionsAreReadByTheirTypes(t *testing.T) {
	for _, test := range []struct {
		option Option
		given  any
		want   any // an error's text as error
	}{
		{Option{Type: Text}, "a", "a"},
		{Option{Type: Text}, 1, fmt.Errorf("it must be a text")},
		{Option{Type: Text, Choices: []string{"a"}}, "b", fmt.Errorf("it must be a")},
		{Option{Type: Texts}, "a", []string{"a"}},
		{Option{Type: Texts}, []any{"a", "b"}, []string{"a", "b"}},
		{Option{Type: Texts}, []string{"a"}, []string{"a"}},
		{Option{Type: Texts}, []any{}, fmt.Errorf("it must not be empty")},
		{Option{Type: Command}, "a b", []string{"sh", "-c", "a b"}},
		{Option{Type: Command}, []any{"a", "b"}, []string{"a", "b"}},
		{Option{Type: Integer}, json.Number("7"), 7},
		{Option{Type: Integer}, int64(7), 7},
		{Option{Type: Integer}, 7.0, 7},
		{Option{Type: Integer}, 7.5, fmt.Errorf("it must be a whole number")},
		{Option{Type: Integer}, "7", fmt.Errorf("it must be a whole number")},
		{Option{Type: Integer}, -1, fmt.Errorf("it must be at least 0")},
		{Option{Type: Number}, json.Number("0.5"), 0.5},
		{Option{Type: Number}, 2, 2.0},
		{Option{Type: Number}, json.Number("1e999"), fmt.Errorf("it must be a number")},
		{Option{Type: Number}, true, fmt.Errorf("it must be a number")},
		{Option{Type: Seconds}, 0.25, 250 * time.Millisecond},
		{Option{Type: Seconds}, 1e300, fmt.Errorf("it must be a number of seconds")},
		{Option{Type: Seconds}, -1, fmt.Errorf("it must be at least 0")},
		{Option{Type: Size}, 10, 10},
		{Option{Type: Size}, "64MB", 64 << 20},
		{Option{Type: Size}, "1 KiB", 1 << 10},
		{Option{Type: Size}, "2g", 2 << 30},
		{Option{Type: Size}, "100", 100},
		{Option{Type: Size}, "12 apples", fmt.Errorf("it must be a number of bytes, or a text as 64MB")},
		{Option{Type: Size}, "9999999999999g", fmt.Errorf("it must be a number of bytes, or a text as 64MB")},
		{Option{Type: Size}, "", fmt.Errorf("it must be a number of bytes, or a text as 64MB")},
		{Option{Type: Truth}, true, true},
		{Option{Type: Truth}, "yes", fmt.Errorf("it must be true or false")},
		{Option{Type: Named}, []any{map[string]any{"b": 1}, map[string]any{"a": "x"}}, []Pair{{"b", 1}, {"a", "x"}}},
		{Option{Type: Named}, []map[string]any{{"b": 1}}, []Pair{{"b", 1}}},
		{Option{Type: Named}, []any{map[string]any{"b": 1, "a": 2}}, fmt.Errorf("it must be a list with one name and its value in each item, as [{a: 1}, {b: 2}]")},
		{Option{Type: Variable}, map[string]any{"a": "b"}, map[string]string{"a": "b"}},
		{Option{Type: Variable}, map[string]any{"a": 1}, fmt.Errorf("it must be a mapping of names to texts")},
		{Option{Type: Variable}, "a", fmt.Errorf("it must be a mapping of names to texts")},
	} {
		got, err := test.option.read(test.given)
		if want, isError := test.want.(error); isError {
			if err == nil || err.Error() != want.Error() {
				t.Errorf("%s %v: %v, want the error %v", test.option.Type, test.given, err, want)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s %v: %v (-want +got):\n%s", test.option.Type, test.given, err, diff)
		}
	}
}
