// Package board has the built-in bolt that shows what comes on gstorm's page, as a live table or chart. docs/boards.md has the form in
// which any component can do so.
package board

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/board/sheet"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// The forms in which a board is shown.
const (
	bars   = "bars"
	stream = "stream"
	table  = "table"
)

// Definitions are the components of the package.
func Definitions() []catalog.Definition {
	return []catalog.Definition{{
		Name: "board", Kind: gstorm.BoltKind, Doc: "shows what comes on gstorm's page, as a live table or chart",
		Details: "What boards look like, and where they are, is in [boards.md](boards.md). Whoever may read gstorm's page sees what is on them. With several tasks, subscribe with the fields grouping on the field of `key`: the page shows the top of what they have together.",
		Options: []catalog.Option{
			{Name: "title", Type: catalog.Text, Doc: "what stands above it; without it, the component's id"},
			{Name: "show", Type: catalog.Texts, Doc: "one or several of `bars`, `stream` (how the numbers were in the last ten minutes) and `table`; without it, bars and stream, and a table of the last tuples"},
			{Name: "keep", Type: catalog.Text, Default: sheet.Latest, Choices: []string{sheet.Latest, sheet.Ranking, sheet.Last},
				Doc: "`latest`: the latest numbers of each key; `ranking`: each tuple has a whole ranking, which stands for what the same task sent before; `last`: the last tuples"},
			{Name: "key", Type: catalog.Text, Doc: "the field with what the numbers are of, with `latest`"},
			{Name: "value", Type: catalog.Texts, Doc: "the fields with the numbers, of which the first counts; with `ranking` the field with lists as [[\"storm\", 3], [\"rain\", 2]], or mappings of labels to numbers; with `last` the fields that are shown, none: all"},
			{Name: "top", Type: catalog.Integer, Default: 10, Least: 1, Doc: "how many rows are shown, at most 100"},
			{Name: "forget", Type: catalog.Seconds, Doc: "after so long without anything new a row is gone"},
			{Name: "columns", Type: catalog.Texts, Doc: "what the columns are called; without it, as the fields are"},
		},
		Promise: "Acks each tuple when it is on the board, which is told at most once a second and lives in memory, from nothing at each start. A tuple without the fields, or with a text for a number, fails.",
		Example: "title: Words, key: word, value: count",
		Make:    newBoard,
	}}
}

func newBoard(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
	b := bolt{
		title: v.Text("title"), show: v.Texts("show"), columns: v.Texts("columns"), key: v.Text("key"), values: v.Texts("value"),
		options: sheet.Options{Keep: v.Text("keep"), Top: v.Int("top"), Forget: v.Duration("forget")},
	}
	if len(b.show) == 0 {
		if b.show = []string{bars, stream}; b.options.Keep == sheet.Last {
			b.show = []string{table}
		}
	}
	made := catalog.Made{
		Outline: gstorm.Outline{Config: gstorm.Config{gstorm.TopologyTickFreq: 1}},
		NewBolt: func() gstorm.Bolt { own := b; return &own },
	}
	return made, errors.Join(b.check(v), missing(append(slices.Clone(b.values), b.key), inputs))
}

// check is what is wrong with options together.
func (b *bolt) check(v catalog.Values) error {
	var errs []error
	for i, form := range b.show {
		if !slices.Contains([]string{bars, stream, table}, form) || slices.Contains(b.show[:i], form) {
			errs = append(errs, fmt.Errorf("option show has %q: bars, stream and table are known, each once", form))
		} else if form != table && b.options.Keep == sheet.Last {
			errs = append(errs, fmt.Errorf("option show has %s, but the last tuples can be shown as a table alone", form))
		}
	}
	if b.options.Top > sheet.MostRows {
		errs = append(errs, fmt.Errorf("option top is %d: it must be at most %d", b.options.Top, sheet.MostRows))
	}
	if v.Has("forget") && b.options.Forget == 0 {
		errs = append(errs, errors.New("option forget is 0: it must be more"))
	}
	if len(b.values) > sheet.MostNumbers || len(b.columns) > sheet.MostNumbers+1 {
		errs = append(errs, fmt.Errorf("there are more than %d columns of values", sheet.MostNumbers))
	}
	return errors.Join(append(errs, b.checkFields())...)
}

func (b *bolt) checkFields() error {
	switch keep := b.options.Keep; {
	case keep == sheet.Latest && (b.key == "" || len(b.values) == 0):
		return errors.New("it needs the options key and value, or another keep than latest")
	case keep != sheet.Latest && b.key != "":
		return fmt.Errorf("option key is for keep: latest, not for %s", keep)
	case keep == sheet.Ranking && len(b.values) != 1:
		return errors.New("option value must name the field with the rankings")
	}
	return nil
}

// missing reports a field that an input does not have.
func missing(names []string, inputs []gstorm.Fields) error {
	for _, input := range inputs {
		for _, name := range names {
			if input == nil || name == "" || input.Contains(name) {
				continue
			}
			if near := gstorm.Nearest(name, input); near != "" {
				return fmt.Errorf("its input has no field %q, did you mean %q?", name, near)
			}
			return fmt.Errorf("its input has no field %q (its fields: %s)", name, strings.Join(input, ", "))
		}
	}
	return nil
}
