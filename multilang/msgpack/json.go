package msgpack

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/gstorm/gstorm/multilang"
)

// maxDepth is how deep values are translated. multilang.Reader refuses what is nested as deep as that, so it need not
// see what is inside.
const maxDepth = 1002

// value translates the next value. depth is the number of containers around it.
func (r *Reader) value(depth int) error {
	c, err := r.dec.PeekCode()
	if err != nil {
		return err
	}
	switch {
	case msgpcode.IsString(c), msgpcode.IsBin(c):
		err = r.text(c)
	case isMap(c):
		err = r.object(depth + 1)
	case isArray(c):
		err = r.array(depth + 1)
	case msgpcode.IsExt(c):
		r.word(multilang.ExtensionWord)
		err = r.skip(1)
	default:
		err = r.scalar(c)
	}
	if err == nil && len(r.out)-r.begin > r.max {
		return multilang.ErrFrameTooLarge
	}
	return err
}

func isArray(c byte) bool {
	return msgpcode.IsFixedArray(c) || c == msgpcode.Array16 || c == msgpcode.Array32
}

// scalar translates what is neither text nor has anything inside.
func (r *Reader) scalar(c byte) error {
	switch c {
	case msgpcode.Nil:
		r.word("null")
		return r.dec.DecodeNil()
	case msgpcode.False, msgpcode.True:
		b, err := r.dec.DecodeBool()
		r.out = strconv.AppendBool(r.out, b)
		return err
	case msgpcode.Float:
		f, err := r.dec.DecodeFloat32()
		r.float(float64(f)) // by all its digits, as the component's own language would widen it
		return err
	case msgpcode.Double:
		f, err := r.dec.DecodeFloat64()
		r.float(f)
		return err
	case msgpcode.Uint8, msgpcode.Uint16, msgpcode.Uint32, msgpcode.Uint64:
		n, err := r.dec.DecodeUint64()
		r.out = strconv.AppendUint(r.out, n, 10)
		return err
	case msgpcode.Int8, msgpcode.Int16, msgpcode.Int32, msgpcode.Int64:
		return r.integer()
	}
	if msgpcode.IsFixedNum(c) {
		return r.integer()
	}
	return r.syntaxError("%#02x begins no value", c)
}

func (r *Reader) integer() error {
	n, err := r.dec.DecodeInt64()
	r.out = strconv.AppendInt(r.out, n, 10)
	return err
}

func (r *Reader) float(f float64) {
	switch {
	case math.IsNaN(f):
		r.word("NaN")
	case math.IsInf(f, 1):
		r.word("Infinity")
	case math.IsInf(f, -1):
		r.word("-Infinity")
	default:
		r.out = multilang.AppendFloat(r.out, f, 64)
	}
}

func (r *Reader) word(w string) { r.out = append(r.out, w...) }

// text translates a str or a bin.
func (r *Reader) text(c byte) error {
	n, err := r.dec.DecodeBytesLen()
	if err != nil {
		return err
	}
	text, err := r.in.bytes(n)
	switch {
	case err != nil:
		return err
	case msgpcode.IsBin(c) && !utf8.Valid(text):
		r.word(multilang.BinaryWord)
	default:
		r.out = multilang.AppendString(r.out, text)
	}
	return nil
}

func (r *Reader) array(depth int) error {
	r.word("[")
	if depth > maxDepth {
		r.word("]")
		return r.skip(1)
	}
	n, err := r.dec.DecodeArrayLen()
	for i := 0; i < n && err == nil; i++ {
		if i > 0 {
			r.word(",")
		}
		err = r.value(depth)
	}
	if err == nil {
		r.word("]")
	}
	return err
}

func (r *Reader) object(depth int) error {
	r.word("{")
	if depth > maxDepth {
		r.word("}")
		return r.skip(1)
	}
	n, err := r.dec.DecodeMapLen()
	for i := 0; i < n && err == nil; i++ {
		if i > 0 {
			r.word(",")
		}
		err = r.member(depth)
	}
	if err == nil {
		r.word("}")
	}
	return err
}

// member translates a key and its value.
func (r *Reader) member(depth int) error {
	c, err := r.dec.PeekCode()
	if err != nil {
		return err
	}
	start := len(r.out)
	switch {
	case isMap(c), isArray(c), msgpcode.IsExt(c):
		r.word(`"?":` + multilang.KeyWord)
		return r.skip(2)
	case msgpcode.IsString(c), msgpcode.IsBin(c):
		err = r.text(c)
	default:
		r.word(`"`)
		err = r.scalar(c)
		r.word(`"`)
	}
	if err != nil {
		return err
	}
	if r.out[start] != '"' { // bytes that are no text
		r.out = r.out[:start]
		r.word(`"?":` + multilang.KeyWord)
		return r.skip(1)
	}
	r.word(":")
	return r.value(depth)
}

// skip passes over values, and what is in them, however deep.
func (r *Reader) skip(values int) error {
	for ; values > 0; values-- {
		c, err := r.dec.PeekCode()
		if err != nil {
			return err
		}
		inside, err := r.skipOne(c)
		if err != nil {
			return err
		}
		values += inside
	}
	return nil
}

// skipOne passes over the next value but for the values in it, whose number it returns.
func (r *Reader) skipOne(c byte) (inside int, err error) {
	size := 0
	switch {
	case isArray(c):
		return r.dec.DecodeArrayLen()
	case isMap(c):
		inside, err = r.dec.DecodeMapLen()
		return 2 * inside, err
	case msgpcode.IsString(c), msgpcode.IsBin(c):
		size, err = r.dec.DecodeBytesLen()
	case msgpcode.IsExt(c):
		_, size, err = r.dec.DecodeExtHeader()
	default:
		before := len(r.out)
		err = r.scalar(c)
		r.out = r.out[:before]
	}
	if err == nil {
		_, err = r.in.bytes(size)
	}
	return 0, err
}
