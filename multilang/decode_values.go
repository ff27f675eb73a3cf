package multilang

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	jsoniter "github.com/json-iterator/go"
)

// DecodeValues reads the text of a JSON array. A number that is written without fraction and exponent becomes an int64
// if it fits; one with either becomes a float64 if that loses no digit of it; all others a json.Number. An object becomes a
// map[string]any, an array a []any. It fails with a *ValueError if raw is no valid JSON array.
func DecodeValues(raw []byte) ([]any, error) {
	s := scanner{buf: raw}
	if bad := s.document(); bad != nil {
		return nil, bad
	}
	text := canonicalText(raw, s.dirty)
	if text[0] != '[' {
		return nil, &ValueError{Field: -1, Text: clip(text, maxValueText), Reason: "not an array"}
	}
	it := wire.BorrowIterator(text)
	values := readList(it, s.arity)
	wire.ReturnIterator(it)
	return values, nil
}

// readValue reads the next value of a text that the scanner has passed: the Iterator can't fail on it.
func readValue(it *jsoniter.Iterator) any {
	switch it.WhatIsNext() {
	case jsoniter.StringValue:
		return it.ReadString()
	case jsoniter.NumberValue:
		return number(it.ReadNumber())
	case jsoniter.BoolValue:
		return it.ReadBool()
	case jsoniter.ArrayValue:
		return readList(it, 0)
	case jsoniter.ObjectValue:
		m := map[string]any{}
		it.ReadMapCB(func(it *jsoniter.Iterator, key string) bool {
			m[key] = readValue(it)
			return true
		})
		return m
	}
	it.ReadNil()
	return nil
}

func readList(it *jsoniter.Iterator, n int) []any {
	list := make([]any, 0, n)
	for it.ReadArray() {
		list = append(list, readValue(it))
	}
	return list
}

func number(text json.Number) any {
	if !strings.ContainsAny(string(text), ".eE") {
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return n
		}
		return text
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return text
	}
	var buf [32]byte
	if !sameDecimal([]byte(text), strconv.AppendFloat(buf[:0], f, 'e', -1, 64)) {
		return text
	}
	return f
}

// sameDecimal reports whether two JSON numbers are the same one.
func sameDecimal(a, b []byte) bool {
	var x, y [32]byte
	aDigits, aExp := decimal(x[:0], a)
	bDigits, bExp := decimal(y[:0], b)
	return aExp == bExp && bytes.Equal(aDigits, bDigits)
}

// decimal appends the digits of a number without zeros at either end, and returns them with the exponent of ten that an
// integer of these digits is to be multiplied with.
func decimal(dst, text []byte) (digits []byte, exp int) {
	mantissa := text
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exp, _ = strconv.Atoi(string(text[i+1:])) // out of range: ParseFloat has made it an infinity, an error, or zero
	}
	digits = dst
	fraction := false
	for _, c := range mantissa {
		switch {
		case c == '.':
			fraction = true
		case c >= '0' && c <= '9':
			if c != '0' || len(digits) > 0 {
				digits = append(digits, c)
			}
			if fraction {
				exp--
			}
		}
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
		exp++
	}
	if len(digits) == 0 {
		exp = 0
	}
	return digits, exp
}
