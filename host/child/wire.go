package child

import (
	"fmt"
	"io"
	"strings"

	"github.com/gstorm/gstorm/multilang"
	"github.com/gstorm/gstorm/multilang/msgpack"
)

// Wire is how messages are written on the pipes of a child. Both sides have to be configured alike: nothing of it is
// negotiated.
type Wire uint8

// The wires.
const (
	JSON        Wire = iota // Storm's frames
	MessagePack             // what pystorm and streamparse can speak instead
)

// serializerKey is the configuration key of the wire, for messages.
const serializerKey = "gstorm.serializer"

// newReader reads messages from a child's stdout.
func newReader(out io.Reader, s *Spec, onNoise func(line []byte)) *multilang.Reader {
	o := multilang.ReaderOptions{MaxFrame: or(s.MaxFrame, DefaultMaxFrame), OnNoise: onNoise}
	if s.Wire == MessagePack {
		out = msgpack.NewReader(out, o)
	}
	return multilang.NewReader(out, o)
}

// packer turns frames into what goes over the wire. The zero packer leaves them as they are.
type packer struct {
	encoder *msgpack.Encoder
	packed  []byte
}

func newPacker(w Wire) packer {
	if w == MessagePack {
		return packer{encoder: msgpack.NewEncoder()}
	}
	return packer{}
}

// pack returns frames as they are to be written, valid until the next call.
func (k *packer) pack(frames []byte) ([]byte, error) {
	if k.encoder == nil {
		return frames, nil
	}
	packed, err := k.encoder.Append(k.packed[:0], frames)
	k.packed = packed
	return packed, err
}

// wireHint is about a child that did not get past its handshake and may speak another wire; "" if nothing points to that.
func wireHint(d *Death, s *Spec, noise []string) string {
	if s.Wire == MessagePack {
		return fmt.Sprintf("%s (or topology.multilang.serializer) has it spoken to in MessagePack: does it speak that? "+
			`pystorm does with Component(serializer="msgpack"), streamparse_run with -s msgpack, and both need Python's msgpack`, serializerKey)
	}
	stderr := strings.Join(d.StderrTail, "\n")
	packed := len(noise) > 0 && msgpack.LooksPacked(noise[0])
	// The { of JSON is the number 123 in MessagePack. pystorm says no more than that it is none of what it looks for.
	if packed || strings.Contains(stderr, "in read_handshake") && strings.Contains(stderr, "'int' object") {
		return fmt.Sprintf("it seems to speak MessagePack: set %s to msgpack for it, or let it speak JSON", serializerKey)
	}
	return ""
}
