package past

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"slices"
)

// record is what there was at a time, in ms since 1970.
type record struct {
	at     int64
	values []uint64
}

// contents are those of a ring.
type contents struct {
	head    head
	start   int    // of the first block
	number  uint64 // of the newest block
	records []record
}

// mostValues bounds what is held in memory of a ring.
const mostValues = 16 << 20

// readRing reads a ring: of what is whole in it the last records, at most so many. They are in the order of their times: where a
// clock was set back, what seems to be of later than what was written then is left out.
func readRing(text []byte, most int) (*contents, error) {
	if len(text) < headStart || string(text[:len(magic)]) != magic {
		return nil, errors.New("it is no such file")
	}
	length := binary.LittleEndian.Uint32(text[len(magic):])
	if length > maxMeta || int(length) > len(text)-headStart {
		return nil, errors.New("its head is cut")
	}
	c := &contents{start: headStart + int(length)}
	described := text[headStart:c.start]
	if crc32.Checksum(described, castagnoli) != binary.LittleEndian.Uint32(text[len(magic)+4:]) {
		return nil, errors.New("its head is not what was written")
	}
	if err := json.Unmarshal(described, &c.head); err != nil {
		return nil, err
	}
	if err := c.head.check(); err != nil {
		return nil, err
	}
	most = min(most, mostValues/max(c.head.Width, 1))
	type block struct {
		number uint64
		text   []byte
	}
	var blocks []block
	for at := c.start; at+blockHead <= len(text) && len(blocks) < c.head.Blocks; at += c.head.Block {
		b := text[at:min(at+c.head.Block, len(text))]
		number := binary.LittleEndian.Uint64(b)
		if number > 0 && crc32.Checksum(b[:8], castagnoli) == binary.LittleEndian.Uint32(b[8:]) {
			blocks = append(blocks, block{number, b[blockHead:]})
		}
	}
	slices.SortFunc(blocks, func(a, b block) int { return cmp.Compare(b.number, a.number) })
	var newest []record // the newest first
	for i, b := range blocks {
		if i == 0 {
			c.number = b.number
		}
		list := readBlock(b.number, b.text, c.head.Width, most)
		for _, r := range slices.Backward(list) {
			if n := len(newest); n < most && (n == 0 || r.at < newest[n-1].at) {
				newest = append(newest, r)
			}
		}
		if len(newest) == most {
			break
		}
	}
	slices.Reverse(newest)
	c.records = newest
	return c, nil
}

// readBlock reads the last records of a block, at most so many.
func readBlock(number uint64, text []byte, width, most int) (list []record) {
	var at int64
	last := make([]uint64, width)
	for len(text) > recordHead {
		length := binary.LittleEndian.Uint32(text)
		if length == 0 || uint64(length) > uint64(len(text)-recordHead) {
			break
		}
		rest := text[recordHead : recordHead+int(length)]
		if check(number, rest) != binary.LittleEndian.Uint32(text[4:]) || !decode(rest, &at, last) {
			break
		}
		list = append(list, record{at, slices.Clone(last)})
		if len(list) > 2*most { // what is too old is not to be held
			list = slices.Delete(list, 0, len(list)-most)
		}
		text = text[recordHead+int(length):]
	}
	return list[max(len(list)-most, 0):]
}

// decode makes a record of the one before. false: it makes no sense.
func decode(text []byte, at *int64, values []uint64) bool {
	d, n := binary.Varint(text)
	if n <= 0 {
		return false
	}
	*at += d
	text = text[n:]
	for i := 0; i < len(values); i++ {
		d, n := binary.Varint(text)
		if n <= 0 {
			return false
		}
		text = text[n:]
		values[i] += uint64(d)
		if d != 0 {
			continue
		}
		run, n := binary.Uvarint(text)
		if n <= 0 || run > uint64(len(values)-1-i) {
			return false
		}
		text = text[n:]
		i += int(run)
	}
	return len(text) == 0
}
