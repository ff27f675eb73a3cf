package msgpack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	jsoniter "github.com/json-iterator/go"
	"github.com/vmihailenco/msgpack/v5"
)

// wire keeps the digits of numbers.
var wire = jsoniter.Config{UseNumber: true}.Froze()

var errNotJSON = errors.New("a frame is not one JSON text on one line")

// Encoder turns JSON frames as multilang writes them into MessagePack. It is for one goroutine.
type Encoder struct {
	out     sink
	enc     *msgpack.Encoder
	it      *jsoniter.Iterator
	lengths []int // of the containers of a frame, in the order in which they begin
	begun   int   // of lengths
	open    []int // those around a place, as indexes of lengths
}

// NewEncoder returns an Encoder.
func NewEncoder() *Encoder {
	e := &Encoder{it: jsoniter.NewIterator(wire)}
	e.enc = msgpack.NewEncoder(&e.out)
	return e
}

// Append appends the messages in frames to dst. It fails if a frame is not JSON on one line; dst is then returned as it
// was.
func (e *Encoder) Append(dst, frames []byte) ([]byte, error) {
	e.out = dst
	defer func() { e.out = nil }()
	for len(frames) > 0 {
		var line []byte
		line, frames, _ = bytes.Cut(frames, []byte("\n"))
		if string(line) == "end" {
			continue
		}
		if err := e.message(line); err != nil {
			return dst, fmt.Errorf("write a message in MessagePack: %w", err)
		}
	}
	return e.out, nil
}

func (e *Encoder) message(line []byte) error {
	e.count(line)
	e.it.ResetBytes(line)
	e.it.Error = nil // ResetBytes leaves an old one standing
	err := e.value()
	if e.it.Error != nil && e.it.Error != io.EOF {
		return e.it.Error
	}
	if e.it.WhatIsNext(); err == nil && e.it.Error != io.EOF {
		return errNotJSON
	}
	return err
}

// count finds out how long each container is, which MessagePack says first and JSON does not say.
func (e *Encoder) count(line []byte) {
	e.lengths, e.begun, e.open = e.lengths[:0], 0, e.open[:0]
	for i := 0; i < len(line); i++ {
		c := line[i]
		if n := len(e.open); n > 0 {
			length := &e.lengths[e.open[n-1]]
			switch {
			case c == ',':
				*length++
			case c != ' ' && c != ']' && c != '}':
				*length = max(*length, 1)
			}
		}
		switch c {
		case '[', '{':
			e.open = append(e.open, len(e.lengths))
			e.lengths = append(e.lengths, 0)
		case ']', '}':
			e.open = e.open[:max(len(e.open)-1, 0)]
		case '"':
			i += stringLength(line[i+1:])
		}
	}
}

// stringLength is the length of the rest of a string with its closing quote.
func stringLength(s []byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(s)
}

// next is the length of the next container.
func (e *Encoder) next() int {
	if e.begun == len(e.lengths) { // only where the text is not JSON, which the iterator finds out
		return 0
	}
	e.begun++
	return e.lengths[e.begun-1]
}

// value translates the iterator's next value.
func (e *Encoder) value() error {
	switch e.it.WhatIsNext() {
	case jsoniter.StringValue:
		return e.enc.EncodeString(e.it.ReadString())
	case jsoniter.NumberValue:
		return e.number(e.it.ReadNumber())
	case jsoniter.BoolValue:
		return e.enc.EncodeBool(e.it.ReadBool())
	case jsoniter.ArrayValue:
		err := e.enc.EncodeArrayLen(e.next())
		for err == nil && e.it.ReadArray() {
			err = e.value()
		}
		return err
	case jsoniter.ObjectValue:
		err := e.enc.EncodeMapLen(e.next())
		e.it.ReadMapCB(func(_ *jsoniter.Iterator, key string) bool {
			if err == nil {
				err = e.enc.EncodeString(key)
			}
			if err == nil {
				err = e.value()
			}
			return err == nil
		})
		return err
	case jsoniter.NilValue:
		e.it.ReadNil()
		return e.enc.EncodeNil()
	}
	return errNotJSON
}

// number writes an integer as one where it fits into 64 bits, all else as the nearest float.
func (e *Encoder) number(text json.Number) error {
	if !strings.ContainsAny(string(text), ".eE") {
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return e.enc.EncodeInt(n)
		}
		if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
			return e.enc.EncodeUint(n)
		}
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil && f == 0 { // out of range it is an infinity, which is what other readers of JSON make of it too
		return err
	}
	return e.enc.EncodeFloat64(f)
}

// sink gathers what the encoder writes.
type sink []byte

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	*s = append(*s, p...)
	return len(p), nil
}

// WriteByte implements io.ByteWriter.
func (s *sink) WriteByte(c byte) error {
	*s = append(*s, c)
	return nil
}
