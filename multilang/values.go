package multilang

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	jsoniter "github.com/json-iterator/go"
)

// AppendValues appends the values of a tuple as the text of a JSON array: valid, ASCII, one line. It takes nil, bool,
// all integers and floats, string, json.Number, []byte (as base64), json.RawMessage, slices and maps of them, and
// anything else that encoding/json can marshal. Maps are written with sorted keys. A float is written so that it is read
// as a float again, 1 as 1.0: Ruby and Python tell the two apart. Bytes of a string that are no UTF-8 become U+FFFD. It
// fails with a *ValueError that names the value; dst is then returned as it was.
func AppendValues(dst []byte, values []any) ([]byte, error) {
	e := newEncoder(dst)
	return e.end(dst, e.list(values))
}

// encoder writes Go values. It switches on their types itself, as jsoniter would go by reflection; and it writes strings
// itself, as Stream would write other than ASCII as it is, even what is no UTF-8.
type encoder struct {
	out   *jsoniter.Stream
	depth int
}

func newEncoder(dst []byte) encoder {
	out := wire.BorrowStream(nil)
	out.SetBuffer(dst)
	return encoder{out: out}
}

// end returns dst with what was written, or as it was if something bad was found. The pool must not keep the buffer,
// which is the caller's.
func (e *encoder) end(dst []byte, bad *ValueError) ([]byte, error) {
	text := e.out.Buffer()
	e.out.SetBuffer(nil)
	wire.ReturnStream(e.out)
	if bad != nil {
		return dst, bad
	}
	return text, nil
}

func (e *encoder) value(v any) *ValueError {
	switch v := v.(type) {
	case nil:
		e.out.WriteNil()
	case bool:
		e.out.WriteBool(v)
	case string:
		e.string(v)
	case json.Number:
		return e.number(v)
	case float64:
		return e.float(v, 64)
	case float32:
		return e.float(float64(v), 32)
	case []any:
		return e.list(v)
	case map[string]any:
		return e.object(v)
	case []string:
		e.strings(v)
	default:
		return e.rare(v)
	}
	return nil
}

// rare writes integers, which need a case each, and what is left.
func (e *encoder) rare(v any) *ValueError {
	switch v := v.(type) {
	case int:
		e.out.WriteInt(v)
	case int64:
		e.out.WriteInt64(v)
	case int32:
		e.out.WriteInt32(v)
	case int16:
		e.out.WriteInt16(v)
	case int8:
		e.out.WriteInt8(v)
	case uint:
		e.out.WriteUint(v)
	case uint64:
		e.out.WriteUint64(v)
	case uint32:
		e.out.WriteUint32(v)
	case uint16:
		e.out.WriteUint16(v)
	case uint8:
		e.out.WriteUint8(v)
	case json.RawMessage:
		return e.raw(v)
	default:
		return e.marshal(v)
	}
	return nil
}

func (e *encoder) string(s string) { e.out.SetBuffer(AppendString(e.out.Buffer(), s)) }

func (e *encoder) number(n json.Number) *ValueError {
	if !isNumber(string(n)) {
		return &ValueError{Field: -1, Text: clip([]byte(n), maxValueText), Reason: notJSON}
	}
	e.out.WriteRaw(string(n))
	return nil
}

func (e *encoder) float(f float64, bits int) *ValueError {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return &ValueError{Field: -1, Text: strconv.FormatFloat(f, 'g', -1, 64), Reason: noSuchNumber}
	}
	e.out.SetBuffer(AppendFloat(e.out.Buffer(), f, bits))
	return nil
}

// AppendFloat appends a finite float of so many bits so that it is read as a float again: 1 as 1.0.
func AppendFloat(dst []byte, f float64, bits int) []byte {
	size := math.Abs(f)
	if size != 0 && size < 1e-6 || size >= 1e21 {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	if f == math.Trunc(f) {
		dst = append(dst, ".0"...)
	}
	return dst
}

func (e *encoder) list(values []any) *ValueError {
	if bad := e.enter(); bad != nil {
		return bad
	}
	e.out.WriteArrayStart()
	for i, v := range values {
		if i > 0 {
			e.out.WriteMore()
		}
		if bad := e.value(v); bad != nil {
			bad.Field, bad.Path = i, "["+strconv.Itoa(i)+"]"+bad.Path
			return bad
		}
	}
	e.out.WriteArrayEnd()
	e.depth--
	return nil
}

func (e *encoder) object(m map[string]any) *ValueError {
	if bad := e.enter(); bad != nil {
		return bad
	}
	e.out.WriteObjectStart()
	for i, k := range slices.Sorted(maps.Keys(m)) {
		e.key(i, k)
		if bad := e.value(m[k]); bad != nil {
			bad.Field, bad.Path = -1, pathKey([]byte(k))+bad.Path
			return bad
		}
	}
	e.out.WriteObjectEnd()
	e.depth--
	return nil
}

// key writes the key of an object's i-th member.
func (e *encoder) key(i int, k string) {
	if i > 0 {
		e.out.WriteMore()
	}
	e.string(k)
	e.out.WriteRaw(":")
}

func (e *encoder) strings(values []string) {
	e.out.WriteArrayStart()
	for i, s := range values {
		if i > 0 {
			e.out.WriteMore()
		}
		e.string(s)
	}
	e.out.WriteArrayEnd()
}

// enter begins a list or object. A limit there must be: a value can contain itself.
func (e *encoder) enter() *ValueError {
	if e.depth++; e.depth > maxDepth {
		return &ValueError{Field: -1, Reason: "nested deeper than " + strconv.Itoa(maxDepth)}
	}
	return nil
}

func (e *encoder) raw(text []byte) *ValueError {
	s := scanner{buf: text}
	if bad := s.document(); bad != nil {
		return bad
	}
	e.out.SetBuffer(s.appendText(e.out.Buffer(), text))
	return nil
}

// marshal leaves types that are not JSON's own to encoding/json.
func (e *encoder) marshal(v any) *ValueError {
	text, err := json.Marshal(v)
	if err != nil {
		return &ValueError{Field: -1, Text: fmt.Sprintf("%T", v), Reason: err.Error()}
	}
	return e.raw(text)
}
