package packed

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
)

// Text is what a row holds that is the text of a JSON array; ok is false for one of packed values.
func Text(row []byte) (text []byte, ok bool) {
	if len(row) == 0 || row[0] != ofText {
		return nil, false
	}
	return row[1:], true
}

// Arity is how many values a row has that is not a text.
func Arity(row []byte) (int, error) {
	r := reader{row: row}
	return r.begin()
}

// Values are all values of a row that is not a text. Nothing keeps the row.
func Values(row []byte) ([]any, error) {
	r := reader{row: row}
	n, err := r.begin()
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, n)
	for range n {
		v, err := r.value(0)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	if r.at != len(row) {
		return nil, ErrMalformed
	}
	return values, nil
}

// Value is the i-th value of a row that is not a text, which has so many.
func Value(row []byte, i int) (any, error) {
	r := reader{row: row}
	if err := r.seek(i); err != nil {
		return nil, err
	}
	return r.value(0)
}

// String is the i-th value of a row, if that is a string: a part of row. Else ok is false.
func String(row []byte, i int) (text []byte, ok bool) {
	r := reader{row: row}
	if r.seek(i) != nil || r.at >= len(row) || row[r.at] != tagString {
		return nil, false
	}
	r.at++
	text, err := r.text()
	return text, err == nil
}

// reader reads packed values.
type reader struct {
	row []byte
	at  int
}

// begin reads how many values there are.
func (r *reader) begin() (int, error) {
	if len(r.row) == 0 || r.row[0] != ofValues {
		return 0, ErrMalformed
	}
	r.at = 1
	return r.count()
}

// seek goes to the i-th value.
func (r *reader) seek(i int) error {
	n, err := r.begin()
	if err != nil || i < 0 || i >= n {
		return ErrMalformed
	}
	for range i {
		if err := r.skip(0); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) value(depth int) (any, error) {
	if r.at >= len(r.row) || depth > maxDepth {
		return nil, ErrMalformed
	}
	tag := r.row[r.at]
	r.at++
	switch tag {
	case tagNil:
		return nil, nil
	case tagFalse:
		return false, nil
	case tagTrue:
		return true, nil
	case tagString, tagBytes, tagNumber, tagJSON:
		return r.texts(tag)
	case tagInt, tagInt8, tagInt16, tagInt32, tagInt64:
		return r.signed(tag)
	case tagUint, tagUint8, tagUint16, tagUint32, tagUint64:
		return r.unsigned(tag)
	case tagFloat32, tagFloat64:
		return r.float(tag)
	case tagList:
		return r.list(depth)
	case tagMap:
		return r.object(depth)
	}
	return nil, ErrMalformed
}

// texts reads what is packed as a text.
func (r *reader) texts(tag byte) (any, error) {
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	switch tag {
	case tagBytes:
		return append([]byte{}, text...), nil
	case tagNumber:
		return json.Number(text), nil
	case tagJSON:
		return readJSON(string(text))
	}
	return string(text), nil
}

// readJSON reads a value that was packed as its JSON text. Whole numbers become int64 where they fit.
func readJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, ErrMalformed
	}
	return whole(v), nil
}

func whole(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = whole(v[k])
		}
	}
	return v
}

// text reads a text, which is a part of the row.
func (r *reader) text() ([]byte, error) {
	n, err := r.count()
	if err != nil {
		return nil, err
	}
	return r.bytes(n)
}

// count reads the length of something that takes at least as many bytes of what is left.
func (r *reader) count() (int, error) {
	if r.at < len(r.row) { // which most lengths need no more than
		if n := int(r.row[r.at]); n < 0x80 && n < len(r.row)-r.at {
			r.at++
			return n, nil
		}
	}
	n, size := binary.Uvarint(r.row[min(r.at, len(r.row)):])
	if size <= 0 || n > uint64(len(r.row)-r.at-size) {
		return 0, ErrMalformed
	}
	r.at += size
	return int(n), nil
}

func (r *reader) bytes(n int) ([]byte, error) {
	if len(r.row)-r.at < n {
		return nil, ErrMalformed
	}
	r.at += n
	return r.row[r.at-n : r.at : r.at], nil
}

func (r *reader) signed(tag byte) (any, error) {
	n, size := binary.Varint(r.row[r.at:])
	if size <= 0 {
		return nil, ErrMalformed
	}
	r.at += size
	switch tag {
	case tagInt:
		return int(n), nil
	case tagInt8:
		return int8(n), nil
	case tagInt16:
		return int16(n), nil
	case tagInt32:
		return int32(n), nil
	}
	return n, nil
}

func (r *reader) unsigned(tag byte) (any, error) {
	n, size := binary.Uvarint(r.row[r.at:])
	if size <= 0 {
		return nil, ErrMalformed
	}
	r.at += size
	switch tag {
	case tagUint:
		return uint(n), nil
	case tagUint8:
		return uint8(n), nil
	case tagUint16:
		return uint16(n), nil
	case tagUint32:
		return uint32(n), nil
	}
	return n, nil
}

func (r *reader) float(tag byte) (any, error) {
	if tag == tagFloat32 {
		b, err := r.bytes(4)
		if err != nil {
			return nil, err
		}
		return math.Float32frombits(binary.LittleEndian.Uint32(b)), nil
	}
	b, err := r.bytes(8)
	if err != nil {
		return nil, err
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b)), nil
}

func (r *reader) list(depth int) (any, error) {
	n, err := r.count()
	if err != nil {
		return nil, err
	}
	list := make([]any, n)
	for i := range list {
		if list[i], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *reader) object(depth int) (any, error) {
	n, err := r.count()
	if err != nil {
		return nil, err
	}
	m := make(map[string]any, n)
	for range n {
		k, err := r.text()
		if err != nil {
			return nil, err
		}
		if m[string(k)], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// skip passes over a value.
func (r *reader) skip(depth int) error {
	if r.at >= len(r.row) || depth > maxDepth {
		return ErrMalformed
	}
	tag := r.row[r.at]
	r.at++
	var err error
	switch tag {
	case tagNil, tagFalse, tagTrue:
	case tagString, tagBytes, tagNumber, tagJSON:
		_, err = r.text()
	case tagFloat32:
		_, err = r.bytes(4)
	case tagFloat64:
		_, err = r.bytes(8)
	case tagList:
		err = r.skipEach(depth, false)
	case tagMap:
		err = r.skipEach(depth, true)
	default:
		_, size := binary.Uvarint(r.row[r.at:])
		if tag > tagJSON || size <= 0 {
			return ErrMalformed
		}
		r.at += size
	}
	return err
}

// skipEach passes over the elements of a list, or over the keys and values of a map.
func (r *reader) skipEach(depth int, keys bool) error {
	n, err := r.count()
	for range n {
		if keys && err == nil {
			_, err = r.text()
		}
		if err == nil {
			err = r.skip(depth + 1)
		}
	}
	return err
}
