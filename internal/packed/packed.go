// Package packed writes and reads the values of a tuple as components in Go send them to other processes: each as the Go type
// that it is. What a row holds is not looked at before somebody asks for a value.
package packed

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// ErrMalformed is in the error of what should be packed values and is none.
var ErrMalformed = errors.New("the packed values make no sense")

// maxDepth is how deep values may be nested.
const maxDepth = 1000

// The tags of packed values. A value comes back as the Go type that it was; what has no tag is packed as the JSON text that
// encoding/json makes of it. The numbers are part of the protocol (spec/protocol.md, section 7).
const (
	tagNil byte = iota
	tagFalse
	tagTrue
	tagInt
	tagInt8
	tagInt16
	tagInt32
	tagInt64
	tagUint
	tagUint8
	tagUint16
	tagUint32
	tagUint64
	tagFloat32
	tagFloat64
	tagString
	tagBytes
	tagNumber
	tagList
	tagMap
	tagJSON
)

// The kinds of rows.
const (
	ofValues byte = iota
	ofText
)

// ValueError is a value that can't be packed.
type ValueError struct {
	Field  int    // its index in the tuple
	Path   string // where in the tuple, like [2].price[0]
	Type   string // its Go type
	Reason string
}

// Error is one line: where, what, why.
func (e *ValueError) Error() string {
	return fmt.Sprintf("value at %s: %q: %s", e.Path, e.Type, e.Reason)
}

// AppendValues appends the values of one tuple as a row, with its length in front. It takes any value that encoding/json can
// marshal, and all floats. It fails with a *ValueError that names the value; dst is then returned as it was.
func AppendValues(dst []byte, values []any) ([]byte, error) {
	start := len(dst)
	row := append(dst, 0, ofValues) // most lengths need no more than one byte
	row = binary.AppendUvarint(row, uint64(len(values)))
	for i, v := range values {
		if s, ok := v.(string); ok { // which most are
			row = appendText(append(row, tagString), s)
			continue
		}
		var err error
		if row, err = appendValue(row, v, 0); err != nil {
			var bad *ValueError
			if errors.As(err, &bad) {
				bad.Field, bad.Path = i, fmt.Sprintf("[%d]%s", i, bad.Path)
			}
			return dst, err
		}
	}
	return endRow(row, start), nil
}

// AppendText appends the values of one tuple, of which there is the text of a JSON array, as a row.
func AppendText(dst, text []byte) []byte {
	start := len(dst)
	return endRow(append(append(dst, 0, ofText), text...), start)
}

// AppendRow appends a row that was read, as it is.
func AppendRow(dst, row []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(row))), row...)
}

// endRow writes the length of the row that begins at start into its place, which has one byte.
func endRow(dst []byte, start int) []byte {
	n := len(dst) - start - 1
	if n < 0x80 {
		dst[start] = byte(n)
		return dst
	}
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], uint64(n))
	dst = slices.Insert(dst, start+1, length[1:size]...)
	dst[start] = length[0]
	return dst
}

func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, &ValueError{Type: fmt.Sprintf("%T", v), Reason: fmt.Sprintf("nested deeper than %d", maxDepth)}
	}
	switch v := v.(type) {
	case nil:
		return append(dst, tagNil), nil
	case string:
		return appendText(append(dst, tagString), v), nil
	case int:
		return binary.AppendVarint(append(dst, tagInt), int64(v)), nil
	case int64:
		return binary.AppendVarint(append(dst, tagInt64), v), nil
	case float64:
		return binary.LittleEndian.AppendUint64(append(dst, tagFloat64), math.Float64bits(v)), nil
	case bool:
		if v {
			return append(dst, tagTrue), nil
		}
		return append(dst, tagFalse), nil
	case json.Number:
		if !json.Valid([]byte(v)) {
			return dst, &ValueError{Type: string(v), Reason: "not a number"}
		}
		return appendText(append(dst, tagNumber), string(v)), nil
	case []byte:
		return appendText(append(dst, tagBytes), v), nil
	case []any:
		return appendList(dst, v, depth)
	case map[string]any:
		return appendMap(dst, v, depth)
	}
	return appendRare(dst, v)
}

func appendText[T string | []byte](dst []byte, text T) []byte {
	if len(text) < 0x80 {
		return append(append(dst, byte(len(text))), text...)
	}
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func appendList(dst []byte, list []any, depth int) ([]byte, error) {
	dst = binary.AppendUvarint(append(dst, tagList), uint64(len(list)))
	for i, v := range list {
		var err error
		if dst, err = appendValue(dst, v, depth+1); err != nil {
			return dst, below(err, fmt.Sprintf("[%d]", i))
		}
	}
	return dst, nil
}

func appendMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	dst = binary.AppendUvarint(append(dst, tagMap), uint64(len(m)))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		dst = appendText(dst, k)
		var err error
		if dst, err = appendValue(dst, m[k], depth+1); err != nil {
			return dst, below(err, pathKey(k))
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

func appendRare(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case int8:
		return binary.AppendVarint(append(dst, tagInt8), int64(v)), nil
	case int16:
		return binary.AppendVarint(append(dst, tagInt16), int64(v)), nil
	case int32:
		return binary.AppendVarint(append(dst, tagInt32), int64(v)), nil
	case uint:
		return binary.AppendUvarint(append(dst, tagUint), uint64(v)), nil
	case uint8:
		return binary.AppendUvarint(append(dst, tagUint8), uint64(v)), nil
	case uint16:
		return binary.AppendUvarint(append(dst, tagUint16), uint64(v)), nil
	case uint32:
		return binary.AppendUvarint(append(dst, tagUint32), uint64(v)), nil
	case uint64:
		return binary.AppendUvarint(append(dst, tagUint64), v), nil
	case float32:
		return binary.LittleEndian.AppendUint32(append(dst, tagFloat32), math.Float32bits(v)), nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return dst, &ValueError{Type: fmt.Sprintf("%T", v), Reason: err.Error()}
	}
	return appendText(append(dst, tagJSON), text), nil
}

// pathKey is a key as a part of a path.
func pathKey(key string) string {
	for _, c := range key {
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return "[" + strconv.Quote(key) + "]"
		}
	}
	return "." + key
}
