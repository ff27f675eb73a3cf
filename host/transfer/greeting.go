package transfer

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// linkProtocol is the form of what goes over links. Workers of a topology run the same gstorm but while agents are upgraded, so
// a form is understood by the version that follows as well.
const linkProtocol = 1

// maxGreeting bounds what is read of a greeting and of its answer.
const maxGreeting = 4 << 20

// greeting is the first line over a link's connection: who wants to send what to whom.
type greeting struct {
	Protocol int    `json:"gstorm_link"`
	Topology string `json:"topology"` // its id
	Shape    uint64 `json:"shape"`    // tasks of another one have other numbers
	From     Peer   `json:"from"`
	To       Peer   `json:"to"`
}

// answer is the line that comes back.
type answer struct {
	Refused  string `json:"refused,omitempty"` // why; the sender tries again, with what it knows then
	Received uint64 `json:"received"`          // how many frames have come since the link began
	Full     []int  `json:"full,omitempty"`    // tasks whose queues are
}

func writeLine(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

func readLine(r *bufio.Reader, v any) error {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			if err := json.Unmarshal(line, v); err != nil {
				return fmt.Errorf("%w: a greeting: %w", ErrMalformed, err)
			}
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		case len(line) > maxGreeting:
			return fmt.Errorf("%w: a greeting of more than %d bytes", ErrMalformed, maxGreeting)
		}
	}
}
