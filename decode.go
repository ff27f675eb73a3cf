package gstorm

import (
	"encoding/json"
	"errors"
	"strings"
)

// decodeValues reads the text of a JSON array of values.
func decodeValues(text string, hint int) (Values, error) {
	if values, ok := scalars(text, hint); ok {
		return values, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var values Values
	err := d.Decode(&values)
	if err == nil && values == nil {
		err = errors.New("null is no list of values")
	}
	return values, err
}

// scalars reads an array of numbers, literals and strings without escapes, which most tuples are, at a tenth of the cost:
// strings are parts of the text. Whatever else there is, a mistake among it, is not ok and is for encoding/json.
func scalars(text string, hint int) (values Values, ok bool) {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return nil, false
	}
	values = make(Values, 0, hint)
	if len(text) == 2 {
		return values, true
	}
	for rest := text[1:]; ; rest = rest[1:] {
		value, end := scalar(rest)
		if end == 0 {
			return nil, false
		}
		values = append(values, value)
		rest = rest[end:]
		if rest == "]" {
			return values, true
		}
		if rest[0] != ',' {
			return nil, false
		}
	}
}

// scalar reads the value at the start of a text that ends with a bracket, and returns where it ends; 0: it is no scalar, or
// no simple one.
func scalar(text string) (value any, end int) {
	end = scalarEnd(text)
	if end == 0 {
		return nil, 0
	}
	switch text[0] {
	case '"':
		return text[1 : end-1], end
	case 't':
		return true, end
	case 'f':
		return false, end
	case 'n':
		return nil, end
	}
	return json.Number(text[:end]), end
}

// plainString is the n-th value of an array of scalars, if it is a string without escapes; nil: see Tuple.Decode.
func plainString(text []byte, n int) []byte {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return nil
	}
	for text = text[1:]; ; text = text[1:] {
		end := scalarEnd(text)
		if end == 0 {
			return nil
		}
		if n == 0 {
			if text[0] != '"' || text[end] != ',' && text[end] != ']' {
				return nil
			}
			return text[1 : end-1]
		}
		if text = text[end:]; text[0] != ',' {
			return nil
		}
		n--
	}
}

// scalarEnd is where the value ends that a text begins with; 0 if it is no scalar, or a string with more in it than bytes
// that stand for themselves. A bracket ends the text.
func scalarEnd[T string | []byte](text T) int {
	switch c := text[0]; {
	case c == '"':
		return plainEnd(text)
	case c == '-' || '0' <= c && c <= '9':
		return numberEnd(text)
	case len(text) > 4 && string(text[:4]) == "true", len(text) > 4 && string(text[:4]) == "null":
		return 4
	case len(text) > 5 && string(text[:5]) == "false":
		return 5
	}
	return 0
}

// plainEnd is where a string ends in which every byte stands for itself; 0 for others.
func plainEnd[T string | []byte](text T) int {
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c < ' ' || c == '\\' || c >= 0x80:
			return 0
		}
	}
	return 0
}

// numberEnd is where a number ends; 0 if it is none.
func numberEnd[T string | []byte](text T) int {
	i := 0
	if text[0] == '-' {
		i = 1
	}
	if text[i] == '0' {
		i++
	} else if i = digitsEnd(text, i); i == 0 {
		return 0
	}
	if text[i] == '.' {
		if i = digitsEnd(text, i+1); i == 0 {
			return 0
		}
	}
	if text[i] == 'e' || text[i] == 'E' {
		i++
		if text[i] == '+' || text[i] == '-' {
			i++
		}
		i = digitsEnd(text, i)
	}
	return i
}

// digitsEnd is where one or more digits end; 0 if there is none. Something that is no digit ends the text.
func digitsEnd[T string | []byte](text T, from int) int {
	i := from
	for '0' <= text[i] && text[i] <= '9' {
		i++
	}
	if i == from {
		return 0
	}
	return i
}
