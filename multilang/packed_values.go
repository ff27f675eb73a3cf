package multilang

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// ErrUnpackable is in the error of what should be packed values and is none.
var ErrUnpackable = errors.New("the packed values make no sense")

// The tags of packed values. A value comes back as the Go type that it was; what has no tag is packed as the JSON text that
// encoding/json makes of it. The numbers are part of the protocol (spec/protocol.md, section 7).
const (
	packedNil byte = iota
	packedFalse
	packedTrue
	packedInt
	packedInt8
	packedInt16
	packedInt32
	packedInt64
	packedUint
	packedUint8
	packedUint16
	packedUint32
	packedUint64
	packedFloat32
	packedFloat64
	packedString
	packedBytes
	packedNumber
	packedList
	packedMap
	packedJSON
)

// The kinds of rows.
const (
	rowOfValues byte = iota
	rowOfText
)

// AppendPackedValues appends the values of one tuple as a packed row, for a Go component or from one (FeaturePacked). It
// takes what AppendValues takes, and unlike there all floats. It fails with a *ValueError that names the value; dst is then
// returned as it was.
func AppendPackedValues(dst []byte, values []any) ([]byte, error) {
	return appendRow(dst, func(row []byte) ([]byte, error) {
		row = append(row, rowOfValues)
		row = binary.AppendUvarint(row, uint64(len(values)))
		for i, v := range values {
			var err error
			if row, err = appendPacked(row, v, 0); err != nil {
				var bad *ValueError
				if errors.As(err, &bad) {
					bad.Field, bad.Path = i, fmt.Sprintf("[%d]%s", i, bad.Path)
				}
				return nil, err
			}
		}
		return row, nil
	})
}

// AppendPackedText appends the values of one tuple, of which there is the text of a JSON array, as a packed row.
func AppendPackedText(dst, text []byte) []byte {
	dst, _ = appendRow(dst, func(row []byte) ([]byte, error) { return append(append(row, rowOfText), text...), nil })
	return dst
}

// appendRow appends what content appends, with its length in front.
func appendRow(dst []byte, content func([]byte) ([]byte, error)) ([]byte, error) {
	start := len(dst)
	row, err := content(append(dst, 0)) // most lengths need no more than this one byte
	if err != nil {
		return dst, err
	}
	n := uint64(len(row) - start - 1)
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], n)
	if size > 1 {
		row = slices.Insert(row, start+1, length[1:size]...)
	}
	row[start] = length[0]
	return row, nil
}

func appendPacked(dst []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, &ValueError{Field: -1, Reason: fmt.Sprintf("nested deeper than %d", maxDepth)}
	}
	switch v := v.(type) {
	case nil:
		return append(dst, packedNil), nil
	case string:
		return appendPackedText(append(dst, packedString), v), nil
	case int:
		return binary.AppendVarint(append(dst, packedInt), int64(v)), nil
	case int64:
		return binary.AppendVarint(append(dst, packedInt64), v), nil
	case float64:
		return binary.LittleEndian.AppendUint64(append(dst, packedFloat64), math.Float64bits(v)), nil
	case bool:
		if v {
			return append(dst, packedTrue), nil
		}
		return append(dst, packedFalse), nil
	case json.Number:
		if !isNumber(string(v)) {
			return dst, &ValueError{Field: -1, Text: clip([]byte(v), maxValueText), Reason: notJSON}
		}
		return appendPackedText(append(dst, packedNumber), string(v)), nil
	case []byte:
		return appendPackedText(append(dst, packedBytes), v), nil
	case []any:
		return appendPackedList(dst, v, depth)
	case map[string]any:
		return appendPackedMap(dst, v, depth)
	}
	return appendPackedRare(dst, v)
}

func appendPackedText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func appendPackedList(dst []byte, list []any, depth int) ([]byte, error) {
	dst = binary.AppendUvarint(append(dst, packedList), uint64(len(list)))
	for i, v := range list {
		var err error
		if dst, err = appendPacked(dst, v, depth+1); err != nil {
			return dst, below(err, fmt.Sprintf("[%d]", i))
		}
	}
	return dst, nil
}

func appendPackedMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	dst = binary.AppendUvarint(append(dst, packedMap), uint64(len(m)))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		dst = appendPackedText(dst, k)
		var err error
		if dst, err = appendPacked(dst, m[k], depth+1); err != nil {
			return dst, below(err, pathKey([]byte(k)))
		}
	}
	return dst, nil
}

// below says in which part of a value the bad one was.
func below(err error, part string) error {
	var bad *ValueError
	if errors.As(err, &bad) {
		bad.Path = part + bad.Path
	}
	return err
}

func appendPackedRare(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case int8:
		return binary.AppendVarint(append(dst, packedInt8), int64(v)), nil
	case int16:
		return binary.AppendVarint(append(dst, packedInt16), int64(v)), nil
	case int32:
		return binary.AppendVarint(append(dst, packedInt32), int64(v)), nil
	case uint:
		return binary.AppendUvarint(append(dst, packedUint), uint64(v)), nil
	case uint8:
		return binary.AppendUvarint(append(dst, packedUint8), uint64(v)), nil
	case uint16:
		return binary.AppendUvarint(append(dst, packedUint16), uint64(v)), nil
	case uint32:
		return binary.AppendUvarint(append(dst, packedUint32), uint64(v)), nil
	case uint64:
		return binary.AppendUvarint(append(dst, packedUint64), v), nil
	case float32:
		return binary.LittleEndian.AppendUint32(append(dst, packedFloat32), math.Float32bits(v)), nil
	}
	e := newEncoder(nil)
	text, err := e.end(nil, e.value(v))
	if err != nil {
		return dst, err
	}
	return appendPackedText(append(dst, packedJSON), text), nil
}

// unpacker reads packed values. Strings of one row share their memory, and so do the lists of values of rows that follow
// each other; nothing keeps the text that they were read from.
type unpacker struct {
	row   []byte
	text  string // of row; "": not needed yet
	at    int
	chunk []any
}

// valuesAtOnce is for how many values memory is taken at once.
const valuesAtOnce = 128

// read reads the content of a row: values, or the text of a JSON array, which is a slice of row.
func (u *unpacker) read(row []byte) (values []any, text []byte, err error) {
	if len(row) == 0 {
		return nil, nil, ErrUnpackable
	}
	switch row[0] {
	case rowOfText:
		return nil, row[1:], nil
	case rowOfValues:
		u.row, u.text, u.at = row, "", 1
		values, err = u.values()
		return values, nil, err
	}
	return nil, nil, ErrUnpackable
}

func (u *unpacker) values() ([]any, error) {
	n, err := u.count()
	if err != nil {
		return nil, err
	}
	if cap(u.chunk)-len(u.chunk) < n {
		u.chunk = make([]any, 0, max(valuesAtOnce, n))
	}
	from := len(u.chunk)
	for range n {
		v, err := u.value(0)
		if err != nil {
			u.chunk = u.chunk[:from]
			return nil, err
		}
		u.chunk = append(u.chunk, v)
	}
	if u.at != len(u.row) {
		return nil, ErrUnpackable
	}
	return u.chunk[from:len(u.chunk):len(u.chunk)], nil
}

func (u *unpacker) value(depth int) (any, error) {
	if u.at >= len(u.row) || depth > maxDepth {
		return nil, ErrUnpackable
	}
	tag := u.row[u.at]
	u.at++
	switch tag {
	case packedNil:
		return nil, nil
	case packedFalse:
		return false, nil
	case packedTrue:
		return true, nil
	case packedString:
		s, err := u.string()
		return s, err
	case packedInt, packedInt8, packedInt16, packedInt32, packedInt64:
		return u.signed(tag)
	case packedUint, packedUint8, packedUint16, packedUint32, packedUint64:
		return u.unsigned(tag)
	case packedFloat64:
		b, err := u.bytes(8)
		if err != nil {
			return nil, err
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(b)), nil
	case packedFloat32:
		b, err := u.bytes(4)
		if err != nil {
			return nil, err
		}
		return math.Float32frombits(binary.LittleEndian.Uint32(b)), nil
	case packedBytes:
		s, err := u.string()
		return []byte(s), err
	case packedNumber:
		s, err := u.string()
		return json.Number(s), err
	case packedList:
		return u.list(depth)
	case packedMap:
		return u.object(depth)
	case packedJSON:
		return u.json()
	}
	return nil, ErrUnpackable
}

// string reads a text that is part of the row's.
func (u *unpacker) string() (string, error) {
	n, err := u.count()
	if err != nil {
		return "", err
	}
	if u.text == "" {
		if u.at+n == len(u.row) { // the last one, or the only one
			s := string(u.row[u.at:])
			u.at += n
			return s, nil
		}
		u.text = string(u.row)
	}
	u.at += n
	return u.text[u.at-n : u.at], nil
}

// count reads the length of something that takes at least as many bytes of what is left.
func (u *unpacker) count() (int, error) {
	if u.at < len(u.row) { // which most lengths need no more than
		if n := int(u.row[u.at]); n < 0x80 && n < len(u.row)-u.at {
			u.at++
			return n, nil
		}
	}
	n, size := binary.Uvarint(u.row[u.at:])
	if size <= 0 || n > uint64(len(u.row)-u.at-size) {
		return 0, ErrUnpackable
	}
	u.at += size
	return int(n), nil
}

func (u *unpacker) bytes(n int) ([]byte, error) {
	if len(u.row)-u.at < n {
		return nil, ErrUnpackable
	}
	u.at += n
	return u.row[u.at-n : u.at], nil
}

func (u *unpacker) signed(tag byte) (any, error) {
	n, size := binary.Varint(u.row[u.at:])
	if size <= 0 {
		return nil, ErrUnpackable
	}
	u.at += size
	switch tag {
	case packedInt:
		return int(n), nil
	case packedInt8:
		return int8(n), nil
	case packedInt16:
		return int16(n), nil
	case packedInt32:
		return int32(n), nil
	}
	return n, nil
}

func (u *unpacker) unsigned(tag byte) (any, error) {
	n, size := binary.Uvarint(u.row[u.at:])
	if size <= 0 {
		return nil, ErrUnpackable
	}
	u.at += size
	switch tag {
	case packedUint:
		return uint(n), nil
	case packedUint8:
		return uint8(n), nil
	case packedUint16:
		return uint16(n), nil
	case packedUint32:
		return uint32(n), nil
	}
	return n, nil
}

func (u *unpacker) list(depth int) (any, error) {
	n, err := u.count()
	if err != nil {
		return nil, err
	}
	list := make([]any, n)
	for i := range list {
		if list[i], err = u.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (u *unpacker) object(depth int) (any, error) {
	n, err := u.count()
	if err != nil {
		return nil, err
	}
	m := make(map[string]any, n)
	for range n {
		k, err := u.string()
		if err != nil {
			return nil, err
		}
		if m[k], err = u.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// json reads a value that was packed as its JSON text.
func (u *unpacker) json() (any, error) {
	text, err := u.string()
	if err != nil {
		return nil, err
	}
	values, err := DecodeValues([]byte("[" + text + "]"))
	if err != nil || len(values) != 1 {
		return nil, ErrUnpackable
	}
	return values[0], nil
}
