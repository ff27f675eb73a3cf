package multilang

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	jsoniter "github.com/json-iterator/go"
)

// wire is how jsoniter reads and writes here: with nothing switched on that would need reflection or lose digits.
var wire = jsoniter.Config{UseNumber: true}.Froze()

// defaultStream is the stream of an emit that names none (Storm's Utils.DEFAULT_STREAM_ID).
const defaultStream = "default"

var errNoCommand = errors.New("the message has neither a command nor a pid")

// maxNames bounds the memory that a component can take by always using another stream.
const maxNames = 1024

// key is a key of a message that means something.
type key uint8

const (
	keyOther key = iota
	keyCommand
	keyPid
	keyID
	keyStream
	keyTask
	keyTuple
	keyAnchors
	keyNeedTaskIDs
	keyMsg
	keyLevel
	keyName
	keyParams
	keyExtension
	keyBusy
	keyClass
	keyFile
	keyLine
	keyEmits
	keyFails
	keyAcks
	keySync
	numKeys
)

var keys = map[string]key{
	"command": keyCommand, "pid": keyPid, "id": keyID, "stream": keyStream, "task": keyTask, "tuple": keyTuple,
	"anchors": keyAnchors, "need_task_ids": keyNeedTaskIDs, "msg": keyMsg, "level": keyLevel, "name": keyName,
	"params": keyParams, extensionKey: keyExtension, "busy": keyBusy, "class": keyClass, "file": keyFile, "line": keyLine,
	"emits": keyEmits, "fails": keyFails, "acks": keyAcks, "sync": keySync,
}

// part is the text of one value of a message, as the scanner found it. The zero part is a value that is absent or null.
type part struct {
	text  []byte
	dirty bool
	bad   *ValueError
	arity int
}

// decoder reads messages out of text. It keeps what can be used again for the next one.
type decoder struct {
	scan  scanner
	parts [numKeys]part
	iter  *jsoniter.Iterator
	names names
	batch batch
}

func newDecoder() *decoder {
	return &decoder{iter: jsoniter.NewIterator(wire)}
}

// split scans the object at the start of text into parts and returns where it ends. It is false if there is no such
// object or it is no message; cause says why.
func (d *decoder) split(text []byte) (end int, ok bool) {
	d.scan = scanner{buf: text}
	d.parts = [numKeys]part{}
	d.batch.reset()
	ok = d.object() && d.isMessage()
	return d.scan.pos, ok
}

func (d *decoder) object() bool {
	s := &d.scan
	if c, ok := s.peek(); !ok || c != '{' {
		return s.stop("a message begins with {")
	}
	return s.members(d.member)
}

// member scans the value of one key.
func (d *decoder) member(name []byte) (ok bool) {
	s := &d.scan
	k := d.key(name)
	switch k {
	case keyEmits:
		return d.batch.emits(s, d.key)
	case keyFails:
		return d.batch.answers(s, &d.batch.fails)
	case keyAcks:
		return d.batch.answers(s, &d.batch.acks)
	}
	d.parts[k], ok = s.part()
	return ok
}

// part scans one value.
func (s *scanner) part() (p part, ok bool) {
	start := s.pos
	if s.reset(start); !s.value() {
		return part{}, false
	}
	text := trimSpace(s.buf[start:s.pos])
	if string(text) == "null" {
		return part{}, true
	}
	return part{text: slices.Clip(text), dirty: s.dirty, bad: s.bad, arity: s.arity}, true
}

func (d *decoder) key(name []byte) key {
	if bytes.IndexByte(name, '\\') >= 0 {
		return keys[d.text(part{text: []byte(`"` + string(name) + `"`)})]
	}
	return keys[string(name)]
}

func (d *decoder) isMessage() bool {
	return d.parts[keyCommand].text != nil || d.parts[keyPid].text != nil
}

// cause is why the last split found no message.
func (d *decoder) cause() error {
	if d.scan.fault == "" {
		return errNoCommand
	}
	return fmt.Errorf("%s (at byte %d)", d.scan.fault, d.scan.faultAt)
}

// fill makes the last split's parts a Message.
func (d *decoder) fill(m *Message) {
	*m = Message{Anchors: m.Anchors[:0]}
	p := &d.parts
	if p[keyCommand].text == nil {
		m.Command = Pid
		m.PID, _ = d.integer(p[keyPid])
		m.Extension = d.raw(m, keyExtension, extensionKey)
		return
	}
	name := d.bytes(p[keyCommand])
	switch string(name) {
	case "emit":
		m.Command = Emit
		d.emit(m)
	case "ack":
		m.Command = Ack
		m.ID, m.TupleID, m.TupleIDOK = d.tupleID(p[keyID])
		m.LastID = m.TupleID
	case "fail":
		m.Command = Fail
		m.ID, m.TupleID, m.TupleIDOK = d.tupleID(p[keyID])
		m.LastID = m.TupleID
	case "sync":
		m.Command = Sync
		m.Busy = max(0, d.number(p[keyBusy], 0))
	case "log":
		m.Command = Log
		m.Msg = d.text(p[keyMsg])
		m.Level = d.level(p[keyLevel])
	case "error":
		m.Command = Error
		d.error(m)
	case "metrics":
		m.Command = Metrics
		m.Name = d.name(p[keyName])
		m.Params = d.raw(m, keyParams, "params")
	case "finished":
		m.Command = Finished
	default:
		m.Name = string(name)
	}
}

func (d *decoder) emit(m *Message) {
	p := &d.parts
	m.Stream = defaultStream
	if name := d.name(p[keyStream]); name != "" {
		m.Stream = name
	}
	m.NeedTaskIDs = string(p[keyNeedTaskIDs].text) != "false"
	m.ID = d.raw(m, keyID, "id")
	if p[keyTask].text != nil {
		d.task(m, p[keyTask])
	}
	if p[keyAnchors].text != nil {
		d.anchors(m, p[keyAnchors])
	}
	if t := p[keyTuple].text; len(t) > 0 && t[0] == '[' {
		m.Tuple = d.raw(m, keyTuple, "")
		m.Arity = p[keyTuple].arity
	}
	if m.Invalid != nil {
		m.Tuple, m.Arity = nil, 0
	}
}

// task reads the task of a direct emit. What is no task id must not become 0, which would send the tuple to others.
func (d *decoder) task(m *Message, p part) {
	n, ok := d.integer(p)
	if !ok {
		n = -1
		m.Invalid = &ValueError{Field: -1, Path: "task", Text: clip(p.text, maxValueText), Reason: "not a task id"}
	}
	m.Task = n
}

func (d *decoder) error(m *Message) {
	p := &d.parts
	m.Msg = d.text(p[keyMsg])
	m.Class = d.text(p[keyClass])
	m.File = d.text(p[keyFile])
	m.Line, _ = d.integer(p[keyLine])
	_, m.TupleID, m.TupleIDOK = d.tupleID(p[keyID])
	m.ID = d.raw(m, keyID, "id")
}

// raw is rawPart of the part of a key.
func (d *decoder) raw(m *Message, k key, name string) []byte { return rawPart(m, d.parts[k], name) }

// rawPart is the JSON text of a part, nil and m.Invalid set if it can't be one. name is what its path begins with, "" for
// the values of a tuple.
func rawPart(m *Message, p part, name string) []byte {
	switch {
	case p.text == nil:
		return nil
	case p.bad == nil:
		return canonicalText(p.text, p.dirty)
	}
	if m.Invalid == nil {
		m.Invalid = p.bad
		if name != "" {
			m.Invalid.Field = -1
			m.Invalid.Path = name + m.Invalid.Path
		}
	}
	return nil
}

// text is the part's string, or its JSON text if it is something else.
func (d *decoder) text(p part) string {
	switch {
	case p.bad != nil:
		return strings.ToValidUTF8(strings.Trim(string(p.text), `"`), "\uFFFD")
	case p.dirty:
		p.text = canonicalText(p.text, true)
	}
	if len(p.text) == 0 || p.text[0] != '"' {
		return string(p.text)
	}
	d.read(p)
	return d.iter.ReadString()
}

// bytes is what text is, without a copy where that is possible.
func (d *decoder) bytes(p part) []byte {
	if p.bad != nil || p.dirty || bytes.IndexByte(p.text, '\\') >= 0 {
		return []byte(d.text(p))
	}
	if len(p.text) > 0 && p.text[0] == '"' {
		return slices.Clip(p.text[1 : len(p.text)-1])
	}
	return p.text
}

// name is text for what a component says again and again.
func (d *decoder) name(p part) string { return d.names.of(d.bytes(p)) }

// names are texts that are said again and again, and so are kept: up to maxNames of them.
type names struct{ kept map[string]string }

// of is a name's text.
func (n *names) of(b []byte) string {
	if s, ok := n.kept[string(b)]; ok {
		return s
	}
	if n.kept == nil {
		n.kept = map[string]string{}
	}
	s := string(b)
	if len(n.kept) < maxNames {
		n.kept[s] = s
	}
	return s
}

// integer is a whole number, which may be written as a string or with a fraction of zero.
func (d *decoder) integer(p part) (int, bool) {
	b := d.bytes(p)
	if n, err := strconv.Atoi(string(b)); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int(f), true
}

// number is a number, or what is given if there is none.
func (d *decoder) number(p part, otherwise float64) float64 {
	if p.bad != nil || len(p.text) == 0 || !isNumber(p.text) {
		return otherwise
	}
	d.read(p)
	f := d.iter.ReadFloat64()
	if d.iter.Error != nil && d.iter.Error != io.EOF {
		return otherwise
	}
	return f
}

// level follows Storm's ShellMsg: a number's whole part, and info for whatever is none of the five.
func (d *decoder) level(p part) Level {
	if f := d.number(p, -1); f >= float64(LevelTrace) && f < float64(LevelError)+1 {
		return Level(f)
	}
	return LevelInfo
}

// tupleID is the id of a tuple that the host gave to a bolt, as text and as the number that it must be.
func (d *decoder) tupleID(p part) (text []byte, id uint64, ok bool) {
	if p.text == nil {
		return nil, 0, false
	}
	text = d.bytes(p)
	id, ok = parseID(text)
	return text, id, ok
}

func parseID(text []byte) (uint64, bool) {
	id, err := strconv.ParseUint(string(text), 10, 64)
	return id, err == nil
}

// anchors reads a list of tuple ids. A lone id, numbers, null inside the list and lists inside it are all sent by some
// library (storm.js wraps what it is given).
func (d *decoder) anchors(m *Message, p part) {
	if p.bad != nil {
		m.BadAnchors++
		return
	}
	d.read(p)
	d.anchor(m, bytes.IndexByte(p.text, '\\') < 0)
}

// anchor reads what comes next. plain says that no string has an escape, which ReadStringAsSlice would trip over.
func (d *decoder) anchor(m *Message, plain bool) {
	var text []byte
	switch d.iter.WhatIsNext() {
	case jsoniter.ArrayValue:
		for d.iter.ReadArray() {
			d.anchor(m, plain)
		}
		return
	case jsoniter.NilValue:
		d.iter.ReadNil()
		return
	case jsoniter.StringValue:
		if plain {
			text = d.iter.ReadStringAsSlice()
		} else {
			text = []byte(d.iter.ReadString())
		}
	case jsoniter.NumberValue:
		text = []byte(d.iter.ReadNumber())
	default:
		d.iter.Skip()
	}
	if id, ok := parseID(text); ok {
		m.Anchors = append(m.Anchors, id)
	} else {
		m.BadAnchors++
	}
}

// read makes a part the Iterator's next value. ResetBytes leaves an old error standing, which would spoil the next read.
func (d *decoder) read(p part) {
	d.iter.ResetBytes(p.text)
	d.iter.Error = nil
}
