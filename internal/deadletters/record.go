package deadletters

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"slices"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// record is one line of the file. One of its parts is set.
type record struct {
	Put    *Letter  `json:"put,omitempty"`    // a letter, in the place of what there was under its id
	Gone   []string `json:"gone,omitempty"`   // letters that are no more
	Asked  []string `json:"asked,omitempty"`  // letters that are to be replayed
	Failed *failure `json:"failed,omitempty"` // a replay has
}

// failure is a replay that has failed.
type failure struct {
	ID    string             `json:"id"`
	At    time.Time          `json:"at"`
	Cause stats.FailureCause `json:"cause"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumDigits is how long the checksum before a record is, with the blank behind it.
const sumDigits = 9

// appendRecord appends a record's line.
func appendRecord(dst []byte, r *record) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // what a component has written stays as it is
	if err := e.Encode(r); err != nil {
		return dst, err
	}
	var sum [4]byte
	line := text.Bytes() // it ends with a line feed
	dst = hex.AppendEncode(dst, crc32sum(sum[:0], line[:len(line)-1]))
	dst = append(dst, ' ')
	return append(dst, line...), nil
}

func crc32sum(dst, text []byte) []byte {
	n := crc32.Checksum(text, castagnoli)
	return append(dst, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

// readRecord reads a line, without its line feed.
func readRecord(line []byte) (r record, ok bool) {
	if len(line) < sumDigits || line[sumDigits-1] != ' ' {
		return r, false
	}
	var said, is [4]byte
	if n, err := hex.Decode(said[:], line[:sumDigits-1]); err != nil || n != len(said) {
		return r, false
	}
	text := line[sumDigits:]
	if !bytes.Equal(said[:], crc32sum(is[:0], text)) {
		return r, false
	}
	return r, json.Unmarshal(text, &r) == nil
}

// book is what the lines come to.
type book struct {
	letters map[string]*Letter
	order   []string // ids as they were put, the oldest first; some may be gone
	damaged int      // lines that make no sense
	bytes   int64    // of all lines
	dead    int64    // of those that are about letters that are gone, and of what is not letters at all
	size    map[string]int64
}

func newBook() *book { return &book{letters: map[string]*Letter{}, size: map[string]int64{}} }

// read takes in whole lines.
func (b *book) read(text []byte) {
	for line := range bytes.Lines(text) {
		b.bytes += int64(len(line))
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if len(line) == 0 {
			continue
		}
		if r, ok := readRecord(line); ok {
			b.apply(&r, int64(len(line))+1)
		} else {
			b.damaged++
			b.dead += int64(len(line)) + 1
		}
	}
}

func (b *book) apply(r *record, size int64) {
	switch {
	case r.Put != nil:
		if b.letters[r.Put.ID] == nil {
			b.order = append(b.order, r.Put.ID)
		}
		b.dead += b.size[r.Put.ID]
		b.letters[r.Put.ID], b.size[r.Put.ID] = r.Put, size
		return
	case r.Failed != nil:
		if l := b.letters[r.Failed.ID]; l != nil {
			l.Asked, l.Last, l.Cause = false, r.Failed.At, r.Failed.Cause
			l.Failures++
			l.Replays++
		}
	}
	for _, id := range r.Asked {
		if l := b.letters[id]; l != nil {
			l.Asked = true
		}
	}
	for _, id := range r.Gone {
		b.dead += b.size[id]
		delete(b.letters, id)
		delete(b.size, id)
	}
	b.dead += size
	if len(b.order) > 2*len(b.letters)+64 {
		b.order = slices.DeleteFunc(b.order, func(id string) bool { return b.letters[id] == nil })
	}
}

// all are the letters, the oldest first.
func (b *book) all() []*Letter {
	list := make([]*Letter, 0, len(b.letters))
	for _, id := range b.order {
		if l := b.letters[id]; l != nil {
			list = append(list, l)
		}
	}
	return list
}
