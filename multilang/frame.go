package multilang

import "strconv"

// Frame is a kind of frame that the host writes.
type Frame uint8

// The frames that a host can write. NextFrame to DeactivateFrame are commands: for spouts only, and answered by a sync.
const (
	HandshakeFrame Frame = iota
	NextFrame
	AckFrame
	FailFrame
	ActivateFrame
	DeactivateFrame
	TupleFrame // a tuple or a tick, for bolts only
	HeartbeatFrame
	TaskIDsFrame
)

var frameNames = [...]string{
	"handshake", "next", "ack", "fail", "activate", "deactivate", "tuple", "heartbeat", "task ids",
}

// String is the frame's name in lower case; of a command, as it is written.
func (f Frame) String() string {
	if int(f) < len(frameNames) {
		return frameNames[f]
	}
	return "frame " + strconv.Itoa(int(f))
}

func (f Frame) isCommand() bool { return f >= NextFrame && f <= DeactivateFrame }
