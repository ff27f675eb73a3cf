package host_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/hosttest"
)

const (
	fuzzedSteps  = 300             // no more are taken
	fuzzedPauses = 5 * time.Minute // nor longer ones, all together
)

// steps are what a program can do. Most are about one of the children: the bolt, until > makes it the spout.
var steps = map[byte]func(s *fuzzedSession){
	'<': func(s *fuzzedSession) { s.kid = s.kids[boltTask] },
	'>': func(s *fuzzedSession) { s.kid = s.kids[childSpout] },
	'e': func(s *fuzzedSession) { s.emit(false) },                               // STREAM ANCHORS: it emits
	'E': func(s *fuzzedSession) { s.emit(true) },                                // STREAM ANCHORS: and wants the task ids
	'a': func(s *fuzzedSession) { s.answer("ack") },                             // WHICH: it acks tuples
	'f': func(s *fuzzedSession) { s.answer("fail") },                            // WHICH: it fails them
	'm': func(s *fuzzedSession) { s.say(pick(messages, s.argument()), nil) },    // WHICH: it says something else
	'b': (*fuzzedSession).sayBroken,                                             // WHICH: it says what it should not
	'"': (*fuzzedSession).sayRaw,                                                // TEXT ": it writes that, without an end
	'.': func(s *fuzzedSession) { s.print("\nend\n", true) },                    // it writes an end
	'|': func(s *fuzzedSession) { s.kid.split = 1 + int(s.argument()) },         // WHERE: its next message comes in two parts
	'!': func(s *fuzzedSession) { s.kid.truncate = 1 + int(s.argument()) },      // WHERE: its next message breaks off
	'r': func(s *fuzzedSession) { s.kid.crlf = true },                           // its next message has Windows' line ends
	'd': func(s *fuzzedSession) { s.process().Die(pick(deaths, s.argument())) }, // HOW: it dies
	'R': func(s *fuzzedSession) { s.worker.Restart(s.kid.component) },           // it is given another process
	'z': func(s *fuzzedSession) { s.kid.refusals.Add(1 + s.digit()%3) },         // N: it can't be started N times more
	'o': func(s *fuzzedSession) { s.process().CloseOutput() },                   // it closes its stdout
	'h': func(s *fuzzedSession) { s.process().Mute(); s.kid.mute = true },       // it hangs
	'w': func(s *fuzzedSession) { s.lastWords(pick(lastWords, s.argument())) },  // WHICH: what it says when its input ends
	's': func(s *fuzzedSession) { s.source.more(1 + int(s.digit())) },           // N: the source emits N more
	'k': func(s *fuzzedSession) { s.sink.trouble(1+int(s.digit()), 0) },         // N: the sink is slow with N tuples
	'K': func(s *fuzzedSession) { s.sink.trouble(0, 1+int(s.digit())) },         // N: it fails N
	't': (*fuzzedSession).pause,                                                 // HOW LONG: time passes
	'~': func(s *fuzzedSession) { s.hasty = !s.hasty },                          // from now on nobody waits between steps
	'v': func(s *fuzzedSession) { s.worker.Deactivate() },                       // the spouts rest
	'V': func(s *fuzzedSession) { s.worker.Activate() },                         // and go on
	'D': func(s *fuzzedSession) { s.worker.Drain("the program says so") },       // the run is to end in order
	'x': func(s *fuzzedSession) { s.cut = true; s.cancel() },                    // the run is cut
}

// messages are what children say beside emits and answers.
var messages = []string{
	`{"command":"log","msg":"hello"}`, `{"command":"log","msg":["no","text"],"level":99}`, `{"command":"error","msg":"sorry"}`,
	`{"command":"error","msg":{"a":1},"class":"E","file":"x.rb","line":1e9,"id":"1"}`, `{"command":"metrics","name":"n","params":{"a":[1,2]}}`,
	`{"command":"sync"}`, `{"command":"sync","busy":1e9}`, `{"command":"sync","busy":-1}`, `{"command":"finished"}`, `{"command":"next"}`,
	`{"pid":-1}`, `{"pid":7,"gstorm":{"v":1,"features":["finished"]}}`, `{"command":"dance"}`, `{"command":"sync","busy":1e400}`,
}

// broken are what no child should say. What no message ends is followed by an end.
var broken = []string{
	"no message", "{", "", "end", "[1,2]", "null", "{}", `{"command":7}`, `{"command":"emit"}`, `{"command":"emit","tuple":"x"}`,
	`{"command":"emit","tuple":[NaN],"id":1}`, `{"command":"emit","tuple":[1e999,01],"id":2}`, "{\"command\":\"emit\",\"tuple\":[\"\xff\xfe\"],\"id\":3}",
	`{"command":"emit","tuple":["x"],"task":"nobody","id":4}`, `{"command":"emit","tuple":["x"],"task":-1}`, `{"command":"emit","stream":5,"tuple":["x"]}`,
	`{"command":"emit","tuple":["x","too","many"],"id":[5,{"a":null}]}`, `{"command":"emit","tuple":["x"],"anchors":{"a":1},"id":6}`,
	`{"command":"ack"}`, `{"command":"ack","id":{}}`, `{"command":"fail","id":99999999999999999999}`, `{"command":"fail","id":-0.5}`,
	`{"command":"emit","tuple":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`, strings.Repeat("a line\n", fuzzedFrame/8),
	`{"command":"emit","tuple":["` + strings.Repeat("x", fuzzedFrame) + `"]}`, "print{\"command\":\"sync\"}", "{\"command\":\"sync\"}print",
}

var deaths = []child.Death{{}, {ExitCode: 1}, {ExitCode: -1, Signal: "SIGKILL"}, {ExitCode: -1, Signal: "SIGSEGV"}}

var lastWords = []string{
	"", `{"command":"emit","tuple":["bye"],"need_task_ids":false}`, `{"command":"emit","tuple":["bye"],"id":"bye"}`,
	`{"command":"error","msg":"bye"}`, "bye", `{"command":"emit","tuple":["bye"],"anchors":["1","2"]}`,
}

var pauses = []time.Duration{
	time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, time.Second, 3 * time.Second,
	7 * time.Second, 12 * time.Second, 25 * time.Second, 40 * time.Second,
}

// pick lets a byte choose: the digits are the first ones, the letters come after them.
func pick[T any](from []T, by byte) T {
	switch {
	case '0' <= by && by <= '9':
		by -= '0'
	case 'a' <= by && by <= 'z':
		by -= 'a' - 10
	}
	return from[int(by)%len(from)]
}

// play takes the steps of the program.
func (s *fuzzedSession) play() {
	s.look(s.kid)
	for range fuzzedSteps {
		if s.program == "" {
			return
		}
		letter := s.argument()
		step := steps[letter]
		if step == nil || s.kid.process == nil && s.process() == nil {
			continue
		}
		s.rough = s.rough || !gentle(letter)
		step(s)
		if !s.hasty {
			synctest.Wait()
		}
		s.look(s.kids[boltTask])
		s.look(s.kids[childSpout])
	}
}

// gentle reports whether a tree goes on as if a step had not been taken.
func gentle(step byte) bool { return strings.IndexByte("<>eEa|rsvVK~", step) >= 0 }

// argument takes the next byte of the program, 0 at its end.
func (s *fuzzedSession) argument() byte {
	if s.program == "" {
		return '0'
	}
	b := s.program[0]
	s.program = s.program[1:]
	return b
}

func (s *fuzzedSession) digit() int32 { return int32(s.argument()) % 10 }

// process is the newest process of the child, nil if it never had one.
func (s *fuzzedSession) process() *hosttest.Process {
	s.look(s.kid)
	return s.kid.process
}

func (s *fuzzedSession) pause() {
	d := pick(pauses, s.argument())
	if s.pauses += d; s.pauses <= fuzzedPauses {
		time.Sleep(d)
	}
}

func (s *fuzzedSession) lastWords(words string) {
	s.process().Answer(hosttest.EndOfInput, []string{words})
}

// emit makes the child emit a value that was never emitted before.
func (s *fuzzedSession) emit(askTasks bool) {
	stream, anchors := s.argument(), s.argument()
	p, k := s.process(), s.kid
	s.next++
	value := fmt.Sprintf("!%d", s.next) // no step but this one writes a !
	m := map[string]any{"command": "emit", "tuple": []any{value}, "need_task_ids": askTasks}
	e := &fuzzedEmit{task: k.task, sure: s.aim(m, stream, value)}
	id := ""
	switch {
	case k.task == boltTask:
		ids := k.choose(anchors)
		m["anchors"] = ids
		if held, ok := ids.([]string); ok && anchors != '4' {
			e.anchors = slices.DeleteFunc(slices.Clone(held), s.answered)
		}
		s.rough = s.rough || strings.IndexByte("lSy", stream) >= 0 || s.single && stream == 't'
	case anchors != '0':
		id = fmt.Sprintf("!%d.%d", k.life, s.next)
		m["id"] = id
	}
	s.emits[value] = e
	text, _ := json.Marshal(m) // of strings and numbers
	if id != "" {
		k.open[id] = false
	}
	sure := s.say(string(text), p)
	if askTasks && m["task"] == nil {
		s.ask(e, p, sure)
	}
	e.sure = e.sure && sure
	if _, unheard := k.open[id]; unheard {
		// In haste, or while a queue is full, it may cross the end of its input.
		k.open[id] = sure && !s.hasty && !strings.Contains(s.settings, "q")
	}
}

// ask notes that an emit of a process asks for task ids.
func (s *fuzzedSession) ask(e *fuzzedEmit, p *hosttest.Process, sure bool) {
	k := s.kid
	if p != k.process {
		return
	}
	k.told.lost = k.told.lost || !sure
	if !k.told.lost {
		e.told, e.nth = k.told, k.told.asked
	}
	k.told.asked++
}

// aim makes an emit one on a stream. It reports whether it goes to one of the sink's tasks.
func (s *fuzzedSession) aim(m map[string]any, stream byte, value string) bool {
	switch stream {
	case 't':
		m["stream"], m["tuple"] = "two", []any{value, s.next % 3}
		return s.kid.task == boltTask && !s.single
	case 's':
		m["stream"], m["task"] = "straight", sinkTask+s.next%2
	case 'S': // to one that does not listen
		m["stream"], m["task"] = "straight", sourceTask
		return false
	case 'l':
		m["stream"] = "loop"
		s.loops++
		return false
	case 'y':
		m["tuple"] = []any{value, "one too many"}
		return false
	}
	return true
}

// answered reports whether the bolt may have acked a tuple.
func (s *fuzzedSession) answered(id string) bool {
	_, said := s.acks[id]
	return said
}

// answer makes the child ack or fail.
func (s *fuzzedSession) answer(command string) {
	which := s.argument()
	p, k := s.process(), s.kid
	switch ids := k.choose(which).(type) {
	case []string:
		for _, id := range slices.Clone(ids) {
			sure := s.say(fmt.Sprintf(`{"command":%q,"id":%q}`, command, id), p)
			if command == "ack" && !s.answered(id) {
				s.acks[id] = sure
			}
			if sure {
				k.held = slices.DeleteFunc(k.held, func(h string) bool { return h == id })
				k.over = append(k.over, id)
			}
		}
	case []any:
		for _, id := range ids {
			text, _ := json.Marshal(id)
			s.say(fmt.Sprintf(`{"command":%q,"id":%s}`, command, text), p)
		}
	}
}

func (s *fuzzedSession) sayBroken() {
	text := pick(broken, s.argument())
	s.kid.told.lost = true
	if len(text) > fuzzedFrame-10 {
		s.kid.spoiled = true
	}
	s.say(text, nil)
}

func (s *fuzzedSession) sayRaw() {
	text, rest, _ := strings.Cut(s.program, `"`)
	s.program = rest
	s.print(strings.ReplaceAll(text, "!", ""), false)
}

// say makes a process of the child (nil: the newest) write a message, whole or not. It reports whether the host must
// understand it.
func (s *fuzzedSession) say(message string, p *hosttest.Process) (sure bool) {
	k := s.kid
	sure = k.loose == 0 && k.truncate == 0
	text := message + "\nend\n"
	if k.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	parts := []string{text}
	switch {
	case k.truncate > 0:
		parts = []string{text[:k.truncate%len(text)]}
	case k.split > 0:
		parts = []string{text[:k.split%len(text)], text[k.split%len(text):]}
	}
	whole := k.truncate == 0
	k.split, k.truncate, k.crlf = 0, 0, false
	if p == nil {
		p = s.process()
	}
	for i, part := range parts {
		switch {
		case i == 0:
		case s.hasty:
			sure = false // an answer that it gives by itself may come in between
		default:
			synctest.Wait()
		}
		sure = s.printTo(p, part, whole && i == len(parts)-1) && sure
	}
	return sure
}

func (s *fuzzedSession) print(text string, ends bool) {
	p := s.process()
	s.kid.told.lost = true
	s.printTo(p, text, ends)
}

// printTo makes a process write. It reports whether the host must read it.
func (s *fuzzedSession) printTo(p *hosttest.Process, text string, ends bool) bool {
	written, k := p.Print(text), s.kid
	if p != k.process {
		return written && !k.spoiled
	}
	k.loose += len(text)
	k.spoiled = k.spoiled || k.loose > fuzzedFrame-10
	if ends {
		k.loose = 0
	}
	return written && !k.spoiled
}
