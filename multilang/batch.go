package multilang

import (
	"cmp"
	"errors"
)

// maxBatchParts is how many tuples, and how many acks and fails, one frame may have. It bounds the memory that a frame of
// nothing but empty tuples takes here, many times its own size.
const maxBatchParts = 1 << 16

// keptBatchParts is up to how many parts the memory for them is kept for the next frame.
const keptBatchParts = 1 << 12

// Why a frame with the command batch is no message.
var (
	errBatchShape = errors.New("the lists of the batch are not as they should be")
	errBatchSize  = errors.New("the batch has more than 65536 tuples or answers")
)

// batch is what the scan of a frame with the command batch has found, and how much of it was handed out. Its parts are
// handed out one by one, as the classic messages that would say the same: emits, then fails, then acks, then the sync.
type batch struct {
	groups []group
	rows   []row
	fails  []answered
	acks   []answered
	fault  error
	sync   bool
	next   int // of all parts, in their order
	count  int
}

// group is what emits have in common that follow each other.
type group struct {
	stream, task part
	name         string // of the stream, once the scan is over
}

// row is one emit of [anchors or message id, values, values, ...].
type row struct {
	group int
	again bool // the head is that of the row before
	head  part
	tuple part
}

// answered is an element of the lists of acks and fails: an id, or the first and the last of several.
type answered struct {
	text        []byte
	first, last uint64
	ok          bool
}

// reset forgets the last frame, also what its parts would keep in memory.
func (b *batch) reset() {
	if b.groups == nil && b.fails == nil && b.acks == nil && b.fault == nil {
		return
	}
	*b = batch{groups: emptied(b.groups), rows: emptied(b.rows), fails: emptied(b.fails), acks: emptied(b.acks)}
}

func emptied[T any](parts []T) []T {
	if cap(parts) > keptBatchParts {
		return nil
	}
	clear(parts)
	return parts[:0]
}

// emits scans the list of groups. It is false if the scan stopped.
func (b *batch) emits(s *scanner, keyOf func(name []byte) key) bool {
	return b.list(s, func() bool { return b.group(s, keyOf) })
}

func (b *batch) group(s *scanner, keyOf func(name []byte) key) bool {
	if c, ok := s.peek(); !ok || c != '{' {
		return b.misshapen(s)
	}
	b.groups = append(b.groups, group{})
	n := len(b.groups) - 1
	return s.members(func(name []byte) bool {
		if string(name) == "tuples" {
			return b.list(s, func() bool { return b.row(s, n) })
		}
		p, ok := s.part()
		switch keyOf(name) {
		case keyStream:
			b.groups[n].stream = p
		case keyTask:
			b.groups[n].task = p
		}
		return ok
	})
}

// row scans what is emitted with the same anchors, or message id.
func (b *batch) row(s *scanner, group int) bool {
	if c, ok := s.peek(); !ok || c != '[' {
		return b.misshapen(s)
	}
	r := row{group: group}
	n := 0
	ok := s.elements(func() bool {
		p, ok := s.part()
		if n == 0 {
			r.head = p
		} else {
			r.tuple, r.again = p, n > 1
			b.add(r)
		}
		n++
		return ok
	})
	if n < 2 {
		b.add(r) // an emit of nothing, which is told
	}
	return ok
}

func (b *batch) add(r row) {
	if len(b.rows) == maxBatchParts {
		b.fault = errBatchSize
		return
	}
	b.rows = append(b.rows, r)
}

// answers scans a list of ids and ranges of ids.
func (b *batch) answers(s *scanner, to *[]answered) bool {
	return b.list(s, func() bool {
		a, ok := answer(s)
		if len(*to) == maxBatchParts {
			b.fault = errBatchSize
		} else {
			*to = append(*to, a)
		}
		return ok
	})
}

func answer(s *scanner) (a answered, ok bool) {
	if c, there := s.peek(); !there || c != '[' {
		p, ok := s.part()
		a.text = p.text
		a.first, a.ok = tupleNumber(p.text)
		a.last = a.first
		return a, ok
	}
	start, n := s.pos, 0
	a.ok = true
	ok = s.elements(func() bool {
		p, ok := s.part()
		id, isID := tupleNumber(p.text)
		if n == 0 {
			a.first = id
		}
		a.last = id
		a.ok = a.ok && isID
		n++
		return ok
	})
	a.text = trimSpace(s.buf[start:s.pos])
	a.ok = a.ok && n == 2 && a.first <= a.last
	return a, ok
}

// list scans an array, or something else, which is a fault of the batch.
func (b *batch) list(s *scanner, element func() bool) bool {
	if c, ok := s.peek(); !ok || c != '[' {
		return b.misshapen(s)
	}
	return s.elements(element)
}

// misshapen passes over a value that should have been something else.
func (b *batch) misshapen(s *scanner) bool {
	b.fault = errBatchShape
	_, ok := s.part()
	return ok
}

// begin makes ready to hand out the parts of the last split.
func (d *decoder) begin() error {
	b := &d.batch
	b.sync = string(d.parts[keySync].text) == "true"
	for i := range b.groups {
		g := &b.groups[i]
		if g.name = defaultStream; g.stream.text != nil {
			g.name = cmp.Or(d.name(g.stream), defaultStream)
		}
	}
	b.next, b.count = 0, len(b.rows)+len(b.fails)+len(b.acks)
	if b.sync {
		b.count++
	}
	if b.fault != nil {
		b.count = 0
	}
	return b.fault
}

// isBatch reports whether the last split found a batch.
func (d *decoder) isBatch() bool { return string(d.parts[keyCommand].text) == `"batch"` }

// more reports whether a batch has parts that were not handed out.
func (d *decoder) more() bool { return d.batch.next < d.batch.count }

// take makes the next part of a batch a Message.
func (d *decoder) take(m *Message) {
	b := &d.batch
	n := b.next
	b.next++
	if n < len(b.rows) {
		d.row(m, &b.rows[n])
		return
	}
	*m = Message{Anchors: m.Anchors[:0]}
	if n -= len(b.rows); n < len(b.fails) {
		m.Command = Fail
		b.fails[n].fill(m)
		return
	}
	if n -= len(b.fails); n < len(b.acks) {
		m.Command = Ack
		b.acks[n].fill(m)
		return
	}
	m.Command = Sync
}

// row makes a Message of one emit. What stands in front of the values is the anchors of a bolt's tuple, or the id of a
// spout's: it is both here, as nothing says which.
func (d *decoder) row(m *Message, r *row) {
	g := &d.batch.groups[r.group]
	if r.again && m.Invalid == nil {
		m.Tuple, m.Arity = nil, 0 // all else is as it was
	} else {
		*m = Message{Command: Emit, Stream: g.name, Anchors: m.Anchors[:0]}
		m.ID = rawPart(m, r.head, "id")
		m.rowAnchors(r.head)
	}
	if g.task.text != nil {
		d.task(m, g.task)
	}
	if t := r.tuple.text; len(t) > 0 && t[0] == '[' {
		m.Tuple, m.Arity = rawPart(m, r.tuple, ""), r.tuple.arity
	}
	if m.Invalid != nil {
		m.Tuple, m.Arity = nil, 0
	}
}

// rowAnchors reads an id or a flat list of ids.
func (m *Message) rowAnchors(head part) {
	if len(head.text) == 0 {
		return
	}
	if head.text[0] != '[' {
		m.rowAnchor(head.text)
		return
	}
	s := scanner{buf: head.text}
	s.elements(func() bool {
		p, ok := s.part()
		if p.text != nil {
			m.rowAnchor(p.text)
		}
		return ok
	})
}

func (m *Message) rowAnchor(text []byte) {
	if id, ok := tupleNumber(text); ok {
		m.Anchors = append(m.Anchors, id)
	} else {
		m.BadAnchors++
	}
}

func (a *answered) fill(m *Message) {
	m.TupleID, m.LastID, m.TupleIDOK = a.first, a.last, a.ok
	m.ID = a.text
}

// tupleNumber reads the text of a tuple id: a number, or digits in quotes. Unlike parseID it takes no memory for what is
// neither, which message ids of spouts may be.
func tupleNumber(text []byte) (id uint64, ok bool) {
	if n := len(text); n > 2 && text[0] == '"' && text[n-1] == '"' {
		text = text[1 : n-1]
	}
	if len(text) == 0 || len(text) > 19 { // 19 digits always fit
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		id = id*10 + uint64(c-'0')
	}
	return id, true
}
