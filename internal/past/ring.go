package past

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
)

// A ring is a file of fixed size: a head, then blocks, which are written one after the other, and of which the next takes the
// place of the oldest. A block is a list of records; the first says what it has by itself, each other by its differences to the
// one before. All numbers are little-endian.
//
//	head    "gstorm past 1\n\n\n", length (4), CRC-32C of the text (4), the text: JSON of a head
//	block   number (8), from 1; the CRC-32C of that (4); then records
//	record  length of the rest (4), CRC-32C of the block's number and the rest (4), the rest: varints of
//	        the time in ms, and of each value (of both: the difference to that before); a 0 is followed by how many more follow it
//
// What a block had of an earlier round has another number in its check, so it ends what is new. A record that is torn or
// altered, and what follows it in its block, is not there for the reader; the next writer begins a new block.
type ring struct {
	file   *os.File
	head   head
	at     int64  // of the first block
	number uint64 // of the block that is written
	used   int    // bytes of it
	time   int64
	last   []uint64
	begin  bool // the next record begins a block
	text   []byte
}

// head is how a ring is made.
type head struct {
	Width  int             `json:"width"` // values of a record
	Block  int             `json:"block"` // bytes
	Blocks int             `json:"blocks"`
	Meta   json.RawMessage `json:"meta"` // what the values are
}

const (
	magic      = "gstorm past 1\n\n\n"
	headStart  = len(magic) + 8
	blockHead  = 12
	recordHead = 8

	maxMeta   = 8 << 20
	maxWidth  = 1 << 20
	maxBlock  = 16 << 20
	maxBlocks = 64
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// longest is the longest record of so many values, with its head.
func longest(width int) int { return recordHead + binary.MaxVarintLen64*(width+1) }

func (h *head) check() error {
	switch {
	case h.Width < 0 || h.Width > maxWidth:
		return fmt.Errorf("records of %d values", h.Width)
	case h.Block < blockHead+longest(h.Width) || h.Block > maxBlock:
		return fmt.Errorf("blocks of %d bytes, for records of %d values", h.Block, h.Width)
	case h.Blocks < 2 || h.Blocks > maxBlocks:
		return fmt.Errorf("%d blocks", h.Blocks)
	}
	return nil
}

func (h *head) size() int { return h.Block * h.Blocks }

// headText is the beginning of the file.
func (h *head) headText() ([]byte, error) {
	text, err := json.Marshal(h)
	if err == nil && len(text) > maxMeta {
		err = fmt.Errorf("its head has %d bytes", len(text))
	}
	if err != nil {
		return nil, err
	}
	all := append([]byte(magic), make([]byte, 8)...)
	binary.LittleEndian.PutUint32(all[len(magic):], uint32(len(text)))
	binary.LittleEndian.PutUint32(all[len(magic)+4:], crc32.Checksum(text, castagnoli))
	return append(all, text...), nil
}

// createRing makes an empty one beside the path, with records, and puts it there.
func createRing(path string, h head, records []record) (*ring, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	text, err := h.headText()
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	r := &ring{file: file, head: h, at: int64(len(text)), begin: true, last: make([]uint64, h.Width)}
	_, err = file.WriteAt(text, 0)
	for i := range records {
		if err == nil {
			err = r.append(records[i].at, records[i].values)
		}
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

// resumeRing goes on with one of which contents were read.
func resumeRing(path string, c *contents) (*ring, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &ring{file: file, head: c.head, at: int64(c.start), number: c.number, begin: true, last: make([]uint64, c.head.Width)}, nil
}

// beginBlock has the next record begin a block.
func (r *ring) beginBlock() { r.begin = true }

// append adds a record. After an error the next one begins a block.
func (r *ring) append(at int64, values []uint64) error {
	text := r.text[:0]
	if !r.begin {
		text = r.encode(text, at, values)
		r.begin = r.used+len(text) > r.head.Block
	}
	offset := r.used
	if r.begin {
		r.number++
		r.time = 0
		clear(r.last)
		text = binary.LittleEndian.AppendUint64(text[:0], r.number)
		text = binary.LittleEndian.AppendUint32(text, crc32.Checksum(text, castagnoli))
		text = r.encode(text, at, values)
		offset = 0
	}
	r.text, r.begin = text, true
	if _, err := r.file.WriteAt(text, r.at+int64(r.number%uint64(r.head.Blocks))*int64(r.head.Block)+int64(offset)); err != nil {
		return err
	}
	r.begin, r.used, r.time = false, offset+len(text), at
	copy(r.last, values)
	return nil
}

// encode adds a record to a text.
func (r *ring) encode(text []byte, at int64, values []uint64) []byte {
	start := len(text)
	text = append(text, make([]byte, recordHead)...)
	text = binary.AppendVarint(text, at-r.time)
	for i := 0; i < len(values); i++ {
		d := int64(values[i] - r.last[i])
		text = binary.AppendVarint(text, d)
		if d != 0 {
			continue
		}
		run := 0
		for i+1+run < len(values) && values[i+1+run] == r.last[i+1+run] {
			run++
		}
		text = binary.AppendUvarint(text, uint64(run))
		i += run
	}
	rest := text[start+recordHead:]
	binary.LittleEndian.PutUint32(text[start:], uint32(len(rest)))
	binary.LittleEndian.PutUint32(text[start+4:], check(r.number, rest))
	return text
}

// check is the checksum of a record in a block.
func check(number uint64, rest []byte) uint32 {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], number)
	return crc32.Update(crc32.Checksum(n[:], castagnoli), castagnoli, rest)
}

func (r *ring) close() error {
	if r == nil {
		return nil
	}
	return r.file.Close()
}

// ringSize is how large a ring may become.
func ringSize(file *os.File) (int64, error) {
	start := make([]byte, headStart)
	if _, err := file.ReadAt(start, 0); err != nil {
		return 0, err
	}
	length := binary.LittleEndian.Uint32(start[len(magic):])
	if length > maxMeta {
		return 0, errors.New("it is no such file")
	}
	text := make([]byte, length)
	if _, err := file.ReadAt(text, int64(headStart)); err != nil {
		return 0, err
	}
	var h head
	err := json.Unmarshal(text, &h)
	return int64(headStart) + int64(length) + int64(h.size()), err
}
