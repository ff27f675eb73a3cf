package route

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

var errTooDeep = errors.New("nested deeper than 10000 levels")

// HashValue returns the canonical hash of a Go value, the same as Hash of its JSON text. It fails on what has no JSON
// text (NaN and the infinities, a json.Number that is no number) and on types that a tuple cannot carry (see
// gstorm.Values). It allocates nothing.
func HashValue(v any) (uint64, error) { return hashValue(v, 0) }

func hashValue(v any, depth int) (uint64, error) {
	switch v := v.(type) {
	case nil:
		return hashNull, nil
	case bool:
		return hashBool(v), nil
	case string:
		return hashString(v), nil
	case json.Number:
		return hashNumber(v)
	case float64:
		return hashFloat(v, 64)
	case float32:
		return hashFloat(float64(v), 32)
	case []any:
		return hashList(v, depth+1)
	case map[string]any:
		return hashMap(v, depth+1)
	}
	return hashInteger(v)
}

func hashInteger(v any) (uint64, error) {
	switch v := v.(type) {
	case int:
		return hashInt(int64(v)), nil
	case int64:
		return hashInt(v), nil
	case int32:
		return hashInt(int64(v)), nil
	case int16:
		return hashInt(int64(v)), nil
	case int8:
		return hashInt(int64(v)), nil
	case uint:
		return hashUint(uint64(v)), nil
	case uint64:
		return hashUint(v), nil
	case uint32:
		return hashUint(uint64(v)), nil
	case uint16:
		return hashUint(uint64(v)), nil
	case uint8:
		return hashUint(uint64(v)), nil
	}
	return 0, fmt.Errorf("a %T is no value that a tuple can carry", v)
}

func hashInt(n int64) uint64 {
	var buf [20]byte
	return hashDecimal(strconv.AppendInt(buf[:0], n, 10))
}

func hashUint(n uint64) uint64 {
	var buf [20]byte
	return hashDecimal(strconv.AppendUint(buf[:0], n, 10))
}

func hashFloat(f float64, bits int) (uint64, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%v has no JSON form", f)
	}
	var buf [32]byte
	return hashDecimal(strconv.AppendFloat(buf[:0], f, 'e', -1, bits)), nil
}

// hashDecimal hashes a text that is known to be a number.
func hashDecimal(text []byte) uint64 {
	s := scanner{text: text}
	h, _ := s.number()
	return h
}

func hashNumber(n json.Number) (uint64, error) {
	var buf [64]byte
	s := scanner{text: append(buf[:0], n...)}
	h, err := s.number()
	if err != nil || s.at < len(s.text) {
		return 0, fmt.Errorf("json.Number %q is no number", string(n))
	}
	return h, nil
}

func hashString(text string) uint64 {
	h := uint64(seedString)
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			h = addByte(h, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		h = addRune(h, r)
		i += size
	}
	return mix(h)
}

// addRune adds a code point in UTF-8.
func addRune(h uint64, r rune) uint64 {
	var buf [utf8.UTFMax]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], r)] {
		h = addByte(h, b)
	}
	return h
}

func hashList(list []any, depth int) (uint64, error) {
	if depth > maxDepth {
		return 0, errTooDeep
	}
	h := uint64(seedList)
	for _, v := range list {
		element, err := hashValue(v, depth)
		if err != nil {
			return 0, err
		}
		h = addElement(h, element)
	}
	return mix(h), nil
}

func hashMap(m map[string]any, depth int) (uint64, error) {
	if depth > maxDepth {
		return 0, errTooDeep
	}
	h := uint64(seedMap)
	for key, v := range m {
		value, err := hashValue(v, depth)
		if err != nil {
			return 0, err
		}
		h += entry(hashString(key), value)
	}
	return mix(h), nil
}
