package consensus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/hashicorp/raft"
)

// entryFormat begins each entry that is stored.
const entryFormat = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeLog is an entry of the log as it is stored: the format, the CRC of all that follows, then index, term, type, time
// (ns since 1970; 0: none), and data and extensions with their lengths. bbolt's own checksums are of its meta pages only.
func encodeLog(l *raft.Log) []byte {
	b := make([]byte, 5, 5+4*binary.MaxVarintLen64+1+2*binary.MaxVarintLen64+len(l.Data)+len(l.Extensions))
	b[0] = entryFormat
	b = binary.AppendUvarint(b, l.Index)
	b = binary.AppendUvarint(b, l.Term)
	b = append(b, byte(l.Type))
	at := int64(0)
	if !l.AppendedAt.IsZero() {
		at = l.AppendedAt.UnixNano()
	}
	b = binary.AppendVarint(b, at)
	for _, bytes := range [][]byte{l.Data, l.Extensions} {
		b = binary.AppendUvarint(b, uint64(len(bytes)))
		b = append(b, bytes...)
	}
	binary.BigEndian.PutUint32(b[1:5], crc32.Checksum(b[5:], castagnoli))
	return b
}

var errCutShort = errors.New("it is cut short")

// decodeLog reads what encodeLog has written. It keeps nothing of b.
func decodeLog(b []byte, l *raft.Log) error {
	switch {
	case len(b) < 5:
		return errCutShort
	case b[0] != entryFormat:
		return fmt.Errorf("it has format %d, this gstorm reads %d", b[0], entryFormat)
	case crc32.Checksum(b[5:], castagnoli) != binary.BigEndian.Uint32(b[1:5]):
		return errors.New("its checksum is wrong: the disk has lost or changed something")
	}
	r := entryReader{b: b[5:]}
	*l = raft.Log{Index: r.uvarint(), Term: r.uvarint(), Type: raft.LogType(r.byte())}
	if at := r.varint(); at != 0 {
		l.AppendedAt = time.Unix(0, at)
	}
	l.Data, l.Extensions = r.bytes(), r.bytes()
	return r.err
}

// entryReader reads the parts of an entry, and keeps the first error.
type entryReader struct {
	b   []byte
	err error
}

func (r *entryReader) advance(n int) {
	if n <= 0 || n > len(r.b) {
		r.b, r.err = nil, errCutShort
		return
	}
	r.b = r.b[n:]
}

func (r *entryReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	r.advance(n)
	return v
}

func (r *entryReader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.advance(n)
	return v
}

func (r *entryReader) byte() byte {
	if len(r.b) == 0 {
		r.err = errCutShort
		return 0
	}
	v := r.b[0]
	r.advance(1)
	return v
}

func (r *entryReader) bytes() []byte {
	n := r.uvarint()
	switch {
	case r.err != nil || n == 0:
		return nil
	case n > uint64(len(r.b)):
		r.err = errCutShort
		return nil
	}
	v := append([]byte{}, r.b[:n]...)
	r.b = r.b[n:]
	return v
}
