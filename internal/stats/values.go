package stats

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What ShowValues shows of a tuple at most, in bytes: of one value, of all, and what counts for each beside its text.
const (
	MostOfValue = 4 << 10
	MostOfTuple = 64 << 10
	AroundValue = 32
)

// ShowValues is how values are shown, of which there is the text of a JSON array, and how many more there are. They stay to the
// letter what that text says.
func ShowValues(text []byte, fields []string) (shown []TapValue, more int, err error) {
	var values []json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, 0, err
	}
	shown = make([]TapValue, 0, min(len(values), MostOfTuple/AroundValue))
	left := MostOfTuple
	for i, value := range values {
		v := TapValue{Field: fmt.Sprintf("value %d", i+1)}
		if i < len(fields) {
			v.Field = fields[i]
		}
		if left -= AroundValue + len(v.Field); left < 0 {
			return shown, len(values) - i, nil
		}
		v.JSON = Beginning(value, min(left, MostOfValue))
		if left -= len(v.JSON); len(v.JSON) < len(value) {
			v.Bytes = len(value)
		}
		shown = append(shown, v)
	}
	return shown, 0, nil
}

// Beginning is a text, or as much of it as fits into most bytes.
func Beginning(text []byte, most int) string {
	if len(text) > most {
		for most > 0 && !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most]
	}
	return strings.ToValidUTF8(string(text), "\uFFFD")
}
