package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// errOver says that the other side has closed its end.
var errOver = errors.New("the other side has ended")

// player plays the steps of one case over one wire. It answers what comes by itself and is not what the case is about.
type player struct {
	*wire
	c       *Case
	kind    string // of the component
	values  values
	pid     int
	tuples  int      // that were sent by that verb
	unread  [][]byte // the rest of a batch
	owing   bool     // the last command has not been answered with a sync
	exit    int      // of the scripted component, when a step says so
	ended   bool
	endOut  func() error // ends the other side's input
	opening handshake    // what a runner that plays the host says first
}

// said is a frame as far as the player has to understand it.
type said struct {
	Command string          `json:"command"`
	Stream  string          `json:"stream"`
	Task    json.RawMessage `json:"task"`
	NeedIDs *bool           `json:"need_task_ids"`
	ID      json.RawMessage `json:"id"`
	Tuple   json.RawMessage `json:"tuple"`
	Message string          `json:"msg"`
	First   int             `json:"first"`
	Batch   []any           `json:"batch"`
}

func understand(frame []byte) said {
	var s said
	_ = json.Unmarshal(frame, &s) // task ids are an array: nothing of it applies
	return s
}

// play plays the case. The error says what was not as it should be.
func (p *player) play() error {
	if p.c.Opening == "" {
		if err := p.open(); err != nil {
			return fmt.Errorf("opening: %w", err)
		}
	}
	for i := range p.c.Steps {
		s := &p.c.Steps[i]
		for range max(s.Times, 1) {
			if err := p.step(s); err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
			if s.Together {
				break
			}
		}
	}
	return nil
}

func (p *player) step(s *Step) error {
	switch {
	case s.Send != "":
		return p.say(s)
	case s.Tuple != "":
		return p.sendTuple("source", "default", 3, s.Tuple)
	case s.Tick:
		return p.sendTuple("__system", "__tick", -1, "[1]")
	case s.Command != "":
		return p.sendCommand(s.Command)
	case s.Write != "":
		p.record.add("=>", s.Write)
		return p.put(p.values.fill(s.Write))
	case s.Expect != "":
		return p.expect(s)
	case s.Until != "":
		return p.until(s)
	case s.All != nil:
		return p.expectAll(s)
	case s.Idle != 0:
		return p.stayIdle(s)
	case s.Quiet != 0:
		return p.quiet(time.Duration(s.Quiet))
	case s.Pull != 0:
		return p.pull(s)
	case s.End:
		return p.end(s)
	case s.PidFile:
		if _, err := os.Stat(filepath.Join(p.opening.pidDir, p.values["pid"])); err != nil {
			return fmt.Errorf("look for the pid's file: %w", err)
		}
		return nil
	}
	p.exit, p.ended = *s.Exit, true
	return nil
}

// expect waits for the next frame that does not come by itself.
func (p *player) expect(s *Step) error {
	began := time.Now()
	frame, err := p.await(s.Expect, time.After(p.c.limit(s.Within)))
	if err != nil {
		return err
	}
	if early := time.Duration(s.NotBefore) - time.Since(began); early > 0 {
		return fmt.Errorf("%s came %v too early", cut(string(frame)), early)
	}
	return nil
}

func (p *player) await(pattern string, limit <-chan time.Time) ([]byte, error) {
	for {
		frame, err := p.next(limit)
		if err != nil {
			return nil, fmt.Errorf("expected %s: %w", cut(pattern), err)
		}
		mismatch := match(pattern, frame, p.values)
		if mismatch == nil {
			return frame, p.serve(frame)
		}
		if idle, err := p.idle(frame); !idle || err != nil {
			return nil, errors.Join(err, fmt.Errorf("expected %s, got %s: %w", cut(pattern), cut(string(frame)), mismatch))
		}
	}
}

// until passes over frames up to the one that matches.
func (p *player) until(s *Step) error {
	limit := time.After(p.c.limit(s.Within))
	for {
		frame, err := p.next(limit)
		if err != nil {
			return fmt.Errorf("expected %s sooner or later: %w", cut(s.Until), err)
		}
		if err := p.serve(frame); err != nil {
			return err
		}
		if match(s.Until, frame, p.values) == nil {
			return nil
		}
	}
}

// stayIdle answers what comes by itself and counts it.
func (p *player) stayIdle(s *Step) error {
	limit := time.After(time.Duration(s.Idle))
	for n := 0; ; n++ {
		frame, err := p.next(limit)
		if errors.Is(err, errLate) && n <= s.AtMost {
			return nil
		}
		if errors.Is(err, errLate) {
			return fmt.Errorf("%d frames came by themselves in %v, expected at most %d", n, time.Duration(s.Idle), s.AtMost)
		}
		if err != nil {
			return err
		}
		if idle, err := p.idle(frame); !idle || err != nil {
			return errors.Join(err, fmt.Errorf("expected nothing but what comes by itself, got %s", cut(string(frame))))
		}
	}
}

// expectAll waits for frames in any order.
func (p *player) expectAll(s *Step) error {
	limit := time.After(p.c.limit(s.Within))
	missing := append([]string(nil), s.All...)
	for len(missing) > 0 {
		frame, err := p.next(limit)
		if err != nil {
			return fmt.Errorf("expected %s: %w", cut(missing[0]), err)
		}
		if i := matchAny(missing, frame, p.values); i >= 0 {
			missing = append(missing[:i], missing[i+1:]...)
			if err := p.serve(frame); err != nil {
				return err
			}
			continue
		}
		if idle, err := p.idle(frame); !idle || err != nil {
			return errors.Join(err, fmt.Errorf("got %s, expected one of %d others, the first %s", cut(string(frame)), len(missing), cut(missing[0])))
		}
	}
	return nil
}

func (p *player) quiet(d time.Duration) error {
	limit := time.After(d)
	for {
		select {
		case <-limit:
			return nil
		case frame, ok := <-p.frames:
			if !ok {
				return errOver
			}
			if s := understand(frame); s.Stream != "__heartbeat" {
				return fmt.Errorf("expected nothing for %v, got %s", d, cut(string(frame)))
			}
			if _, err := p.idle(frame); err != nil {
				return err
			}
		}
	}
}

var errLate = errors.New("nothing more came in time")

// next is the next frame, checked for its form.
func (p *player) next(limit <-chan time.Time) ([]byte, error) {
	if len(p.unread) > 0 {
		frame := p.unread[0]
		p.unread = p.unread[1:]
		return frame, nil
	}
	select {
	case frame, ok := <-p.frames:
		if !ok {
			return nil, errOver
		}
		if p.c.Side == HostSide {
			p.owing = understand(frame).Command != ""
			return frame, wellFormed(frame)
		}
		if !p.c.Batches {
			return frame, nil
		}
		var err error
		if p.unread, err = unpack(frame, p.kind); err != nil {
			return nil, err
		}
		return p.next(limit)
	case <-limit:
		return nil, errLate
	}
}

// wellFormed says what is wrong with the form of a host's frame: libraries differ in what else they would understand.
func wellFormed(frame []byte) error {
	for i, b := range frame {
		if b < ' ' || b > '~' {
			return fmt.Errorf("a frame of the host is one line of printable ASCII; byte %d is %#x: %s", i, b, cut(string(frame)))
		}
	}
	if len(frame) == 0 || frame[0] != '{' && frame[0] != '[' {
		return fmt.Errorf("a frame of the host begins with its JSON: %s", cut(string(frame)))
	}
	return nil
}

// idle handles what the other side may say at any time; it reports whether the frame was that.
func (p *player) idle(frame []byte) (bool, error) {
	s := understand(frame)
	if p.c.Side == ComponentSide {
		return s.Command == "log" || s.Command == "metrics", nil
	}
	if s.Command == "next" && p.kind == Spout || s.Stream == "__heartbeat" {
		return true, p.send(`{"command":"sync"}`)
	}
	return false, nil
}

// serve gives a component what it waits for before it goes on: the task ids of its emit.
func (p *player) serve(frame []byte) error {
	if p.c.Side != ComponentSide {
		return nil
	}
	s := understand(frame)
	direct := len(s.Task) > 0 && string(s.Task) != "0" && string(s.Task) != "null"
	if s.Command != "emit" || direct || s.NeedIDs != nil && !*s.NeedIDs {
		return nil
	}
	return p.send("[2]")
}

// pull asks a spout for tuples until it has emitted so many.
func (p *player) pull(s *Step) error {
	limit := time.After(p.c.limit(s.Within))
	command := s.First
	for n := 0; n < s.Pull; {
		if command == "" {
			command = p.request(s.Pull - n)
		}
		if err := p.send(p.values.fill(command)); err != nil {
			return err
		}
		command = ""
		for synced := false; !synced; {
			frame, err := p.next(limit)
			if err != nil {
				return fmt.Errorf("%d of %d tuples were emitted: %w", n, s.Pull, err)
			}
			switch m := understand(frame); m.Command {
			case "emit":
				n++
				p.values[fmt.Sprintf("id%d", n)], p.values[fmt.Sprintf("tuple%d", n)] = string(m.ID), string(m.Tuple)
				if len(m.ID) == 0 || string(m.ID) == "null" {
					return fmt.Errorf("it was emitted without an id: %s", cut(string(frame)))
				}
				if err = p.serve(frame); err == nil && s.Tuples != nil {
					err = match(s.Tuples[n-1], m.Tuple, p.values)
				}
			case "sync":
				synced = true
			case "log", "metrics", "finished":
			default:
				err = fmt.Errorf("expected an emit or a sync, got %s", cut(string(frame)))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// request asks a spout for tuples: for so many, where batches were agreed on.
func (p *player) request(n int) string {
	if p.c.Batches {
		return fmt.Sprintf(`{"command":"next","id":"","n":%d}`, n)
	}
	return `{"command":"next","id":""}`
}

// end ends the component's input and waits for the end of its output. What it says meanwhile is its own business.
func (p *player) end(s *Step) error {
	if err := p.endOut(); err != nil {
		return fmt.Errorf("end the input: %w", err)
	}
	limit := time.After(p.c.limit(s.Within))
	for {
		_, err := p.next(limit)
		switch {
		case errors.Is(err, errOver):
			return nil
		case err != nil:
			return fmt.Errorf("its input has ended, but it goes on: %w", err)
		}
	}
}

// Play is the scripted component of a host's case: it plays the steps over a component's stdin and stdout, then answers
// whatever still comes until the input ends. done gets the verdict as soon as the steps are over: nil, or what was wrong,
// with the end of what was said. It returns the exit code that the component has to end with.
func Play(c *Case, kind string, pid int, in io.Reader, out io.Writer, done func(error)) int {
	p := &player{wire: newWire(in, out), c: c, kind: kind, values: newValues(), pid: pid}
	err := p.play()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, p.record.String())
	}
	done(err)
	if err = nil; p.ended {
		return p.exit // with the process ends its reader
	}
	if p.owing {
		err = p.send(`{"command":"sync"}`)
	}
	for frame := range p.frames {
		if err != nil || p.agree(frame) != nil {
			break // the host has gone
		}
	}
	return 0
}

// agree answers a frame as the most obedient component would.
func (p *player) agree(frame []byte) error {
	s := understand(frame)
	switch {
	case s.Command != "" || s.Stream == "__heartbeat":
		return p.send(`{"command":"sync"}`)
	case s.Batch != nil:
		return p.send(fmt.Sprintf(`{"command":"batch","acks":[[%d,%d]]}`, s.First, s.First+len(s.Batch)-1))
	case s.Tuple != nil:
		return p.send(fmt.Sprintf(`{"command":"ack","id":%s}`, s.ID))
	}
	return nil
}
