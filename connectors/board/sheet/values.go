package sheet

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// longest is how many characters of a text are shown.
const longest = 100

// Number is the number that a tuple carries. The error can follow the name of a field.
func Number(value any) (float64, error) {
	var f float64
	var err error
	switch v := value.(type) {
	case float64:
		f = v
	case float32:
		f = float64(v)
	case int:
		f = float64(v)
	case int64:
		f = float64(v)
	case json.Number:
		f, err = v.Float64()
	default:
		// The other sizes of numbers are rare.
		var text []byte
		if text, err = json.Marshal(value); err == nil && len(text) > 0 && text[0] != '"' && text[0] != 'n' {
			err = json.Unmarshal(text, &f)
		} else {
			err = fmt.Errorf("no number")
		}
	}
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("is %s, not a number", quoted(value))
	}
	return f, nil
}

// rankingOf are the rows of a ranking.
func rankingOf(value any, at time.Time) ([]Row, error) {
	if counts, isMap := value.(map[string]any); isMap {
		rows := make([]Row, 0, len(counts))
		for _, label := range slices.Sorted(maps.Keys(counts)) {
			n, err := Number(counts[label])
			if err != nil {
				return nil, fmt.Errorf("has %s, whose number %w", quoted(label), err)
			}
			rows = append(rows, Row{Cells: []any{shown(label), n}, At: at})
		}
		return rows, nil
	}
	list, isList := value.([]any)
	if !isList {
		return nil, fmt.Errorf("is %s, not a ranking: a list as [[\"storm\", 3], [\"rain\", 2]], or a mapping of labels to numbers", quoted(value))
	}
	rows := make([]Row, len(list))
	for i, item := range list {
		pair, isPair := item.([]any)
		if !isPair || len(pair) < 2 {
			return nil, fmt.Errorf("has %s as item %d: a label and its number are expected, as [\"storm\", 3]", quoted(item), i+1)
		}
		rows[i] = Row{Cells: []any{shown(pair[0])}, At: at}
		for _, number := range pair[1:min(len(pair), MostNumbers+1)] {
			n, err := Number(number)
			if err != nil {
				return nil, fmt.Errorf("has %s as item %d, whose number %w", shown(item), i+1, err)
			}
			rows[i].Cells = append(rows[i].Cells, n)
		}
	}
	return rows, nil
}

// cell is a value in a table: a number where it is one that is exact, else its text.
func cell(value any) any {
	if _, isText := value.(string); !isText {
		if n, err := Number(value); err == nil && math.Abs(n) < 1<<53 {
			return n
		}
	}
	return shown(value)
}

// shown is a value's text: of a text itself, of all else its JSON, as much as is shown of it.
func shown(value any) string {
	text, isText := value.(string)
	if !isText {
		encoded, err := json.Marshal(value)
		if text = string(encoded); err != nil {
			text = fmt.Sprint(value) // NaN, say
		}
	}
	text = strings.ToValidUTF8(text[:min(len(text), 4*longest+4)], "\uFFFD") // before it is counted: it may be very long
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	n := 0
	for i := range text {
		if n == longest {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// quoted is a value for a message: a text can be told from a number.
func quoted(value any) string {
	if text, isText := value.(string); isText {
		return strconv.Quote(shown(text))
	}
	return shown(value)
}

// fitting are the first rows that are not too large.
func fitting(rows []Row) []Row {
	size := 0
	for i, r := range rows {
		text, err := json.Marshal(r.Cells)
		if size += len(text); err != nil || size > mostBytes {
			return rows[:i]
		}
	}
	return rows
}
