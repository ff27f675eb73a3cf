package spec

import (
	"fmt"
	"strings"
)

// say sends the frame of a step, in the way that it wants.
func (p *player) say(s *Step) error {
	text := p.values.fill(s.Send)
	switch {
	case s.Together:
		p.record.add("->", fmt.Sprintf("%d times in one write: %s", s.Times, text))
		all := ""
		for range s.Times {
			all += text + "\nend\n"
		}
		return p.put(all)
	case s.Bytewise:
		p.record.add("->", "byte by byte: "+text)
		for _, b := range []byte(text + "\nend\n") {
			if err := p.put(string([]byte{b})); err != nil {
				return err
			}
		}
		return nil
	}
	return p.send(text)
}

// sendTuple sends a bolt a tuple, whose id is how many have been sent.
func (p *player) sendTuple(source, stream string, task int, values string) error {
	p.tuples++
	return p.send(p.values.fill(fmt.Sprintf(`{"id":"%d","comp":%q,"stream":%q,"task":%d,"tuple":%s}`, p.tuples, source, stream, task, values)))
}

// sendCommand sends a spout a command: its name, and behind a blank its id if it has one.
func (p *player) sendCommand(command string) error {
	name, id, _ := strings.Cut(command, " ")
	if id == "" {
		id = `""`
	}
	return p.send(p.values.fill(fmt.Sprintf(`{"command":%q,"id":%s}`, name, id)))
}

func (p *player) send(text string) error {
	p.owing = p.owing && text != `{"command":"sync"}`
	return p.wire.send(text)
}
