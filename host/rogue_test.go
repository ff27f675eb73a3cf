package host_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// rogue is a component that does its work, and every now and then something else.
type rogue struct {
	spout  bool
	mark   string
	random *rand.Rand
	in     *bufio.Reader
	next   int
}

func newRogue(kind, seed, mark string) *rogue {
	n, _ := strconv.ParseUint(seed, 10, 64)
	return &rogue{
		spout: kind == "spout", mark: mark, in: bufio.NewReader(os.Stdin),
		random: rand.New(rand.NewPCG(n, uint64(os.Getpid()))), // each life is another
	}
}

func (r *rogue) run() int {
	if _, err := r.read(); err != nil {
		return 1
	}
	r.misbehave()
	r.say(fmt.Sprintf(`{"pid":%d}`, os.Getpid()))
	for {
		frame, err := r.read()
		if err != nil {
			return 0
		}
		r.misbehave()
		var m struct{ ID, Command, Stream string }
		switch json.Unmarshal([]byte(frame), &m); {
		case strings.HasPrefix(frame, "["):
		case r.spout && m.Command == "next" && r.next < 50:
			r.next++
			r.say(fmt.Sprintf(`{"command":"emit","id":%d,"tuple":[%d],"need_task_ids":false}`, r.next, r.next))
			r.say(`{"command":"sync"}`)
		case m.Stream == "__heartbeat", r.spout:
			r.say(`{"command":"sync"}`)
		default:
			r.say(fmt.Sprintf(`{"command":"emit","anchors":[%q],"tuple":["x"]}`, m.ID))
			r.say(fmt.Sprintf(`{"command":%q,"id":%q}`, []string{"ack", "ack", "ack", "fail", "forget"}[r.random.IntN(5)], m.ID))
		}
	}
}

func (r *rogue) read() (string, error) {
	var frame strings.Builder
	for {
		line, err := r.in.ReadString('\n')
		if err != nil || line == "end\n" {
			return frame.String(), err
		}
		frame.WriteString(line)
	}
}

func (r *rogue) say(message string) { _, _ = os.Stdout.WriteString(message + "\nend\n") } // nobody may be there

// misbehave does something bad, sometimes.
func (r *rogue) misbehave() {
	switch r.random.IntN(60) {
	case 0:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case 1:
		_, _ = os.Stdout.WriteString(`{"command":"emit","tuple":["`)
		os.Exit(1)
	case 2:
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) // until it is found out
	case 3:
		_ = os.Stdout.Close()
	case 4:
		sleeper := exec.Command("sleep", r.mark) // holds all of its pipes open
		sleeper.Stdin, sleeper.Stdout, sleeper.Stderr = os.Stdin, os.Stdout, os.Stderr
		_ = sleeper.Start()
	case 5, 6:
		_, _ = os.Stdout.WriteString(broken[r.random.IntN(len(broken))])
	case 7, 8:
		r.say(broken[r.random.IntN(len(broken))])
	case 9, 10:
		r.say(messages[r.random.IntN(len(messages))])
	case 11:
		_, _ = os.Stderr.WriteString(strings.Repeat("a line\n", 10_000))
	case 12:
		os.Exit(r.random.IntN(2))
	}
}
