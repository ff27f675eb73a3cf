package host_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/host/hosttest"
	"github.com/gstorm/gstorm/internal/plan"
)

// TestEveryTreeEndsOnce lets children emit, ack, fail, answer twice, forget and die at random, and checks what is
// promised to spouts: every tree ends, and a spout's process hears exactly once of each of its messages.
func TestEveryTreeEndsOnce(t *testing.T) { checkDisorder(t, false, "never") }

// TestEveryTreeEndsOnceAhead is the same with a spout that is written many commands at once.
func TestEveryTreeEndsOnceAhead(t *testing.T) { checkDisorder(t, false, "always") }

// TestEveryTreeOfBatchesEndsOnce is the same with children that take and send batches.
func TestEveryTreeOfBatchesEndsOnce(t *testing.T) { checkDisorder(t, true, "auto") }

func checkDisorder(t *testing.T, batches bool, commandsAhead string) {
	steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
		return step{
			what:    rapid.SampledFrom([]string{"emit", "emit", "emit", "ack", "ack", "ack", "fail", "twice", "forget", "die", "spout dies", "time"}).Draw(r, "what"),
			bolt:    rapid.IntRange(1, 4).Draw(r, "bolt"),
			seconds: rapid.IntRange(1, 15).Draw(r, "seconds"),
		}
	}), 1, 60)
	rapid.Check(t, func(r *rapid.T) {
		script := steps.Draw(r, "steps")
		var d *disorder
		synctest.Test(t, func(t *testing.T) {
			d = newDisorder(t, batches, commandsAhead)
			d.play(script)
		})
		for _, fault := range d.faults {
			r.Error(fault)
		}
	})
}

// step is one thing that happens.
type step struct {
	what    string
	bolt    int // the task that it happens to
	seconds int
}

func (s step) String() string { return fmt.Sprintf("%s %d", s.what, s.bolt) }

// disorder is one random run: spout 5 -> first 1,2 -> second 3,4 (task ids go by the components' names).
type disorder struct {
	starter *hosttest.Starter
	batches bool
	worker  *host.Worker
	ended   chan error
	held    map[int][]string // tuples that a bolt's process has and has not answered, by task
	next    int              // message id
	pending map[int]bool     // messages of the living spout that it has not heard of
	faults  []string
}

func newDisorder(t *testing.T, batches bool, commandsAhead string) *disorder {
	b := gstorm.NewBuilder("disorder").Set(gstorm.TopologyMessageTimeout, 20).Set(gstorm.RestartMax, 1000).
		Set(gstorm.CommandsAhead, commandsAhead)
	b.ShellSpout("spout", "spout").Output("default", "n")
	b.ShellBolt("first", "first").Parallelism(2).Output("default", "n").From("spout", "", gstorm.Shuffle)
	b.ShellBolt("second", "second").Parallelism(2).From("first", "", gstorm.All).From("spout", "", gstorm.FieldsGrouping, "n")
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &disorder{starter: &hosttest.Starter{Batches: batches}, batches: batches, ended: make(chan error, 1), held: map[int][]string{}, pending: map[int]bool{}}
	d.worker, err = host.New(host.Options{
		Plan: p, Starter: d.starter, Seed: 1, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), DrainLimit: time.Hour,
		Launch: func(c *plan.Component) (host.Launch, error) { return host.Launch{Command: []string{c.ID}}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() { d.ended <- d.worker.Run(t.Context()) }()
	synctest.Wait()
	return d
}

const spoutTask = 5

func (d *disorder) play(script []step) {
	for _, s := range script {
		d.do(s)
		synctest.Wait()
		d.collect()
		d.faults = append(d.faults, disagreements(d.worker.Snapshot())...)
	}
	d.worker.Drain("enough")
	time.Sleep(time.Minute) // virtual: what was forgotten times out, and dead children are back
	synctest.Wait()
	if err := <-d.ended; err != nil {
		d.faultf("%v", err)
	}
	d.collect()
	snapshot := d.worker.Snapshot()
	d.faults = append(d.faults, disagreements(snapshot)...)
	trees := snapshot.Trees
	if trees.Pending != 0 || trees.Emitted != trees.Acked+trees.Failed+trees.TimedOut || int(trees.Emitted) != d.next {
		d.faultf("%d messages, trees %+v", d.next, trees)
	}
	if len(d.pending) > 0 {
		d.faultf("the spout never heard of %v", d.pending)
	}
}

func (d *disorder) faultf(format string, args ...any) {
	d.faults = append(d.faults, fmt.Sprintf(format, args...))
}

func (d *disorder) do(s step) {
	switch s.what {
	case "emit":
		d.next++
		d.pending[d.next] = true
		d.starter.Process(spoutTask).Say(d.emit(d.next))
	case "ack":
		d.answer(s.bolt, "ack", 1)
	case "fail":
		d.answer(s.bolt, "fail", 1)
	case "twice":
		d.answer(s.bolt, "ack", 2)
	case "forget":
		d.held[s.bolt] = nil
	case "die":
		d.held[s.bolt] = nil
		d.starter.Process(s.bolt).Die(child.Death{ExitCode: 1})
		time.Sleep(10 * time.Second) // virtual: until it is back
	case "spout dies":
		clear(d.pending)
		d.starter.Process(spoutTask).Die(child.Death{ExitCode: 1})
		time.Sleep(10 * time.Second)
	case "time":
		time.Sleep(time.Duration(s.seconds) * time.Second)
	}
}

func (d *disorder) emit(id int) string {
	if d.batches {
		return fmt.Sprintf(`{"command":"batch","emits":[{"tuples":[[%d,[%d]]]}]}`, id, id%3)
	}
	return fmt.Sprintf(`{"command":"emit","id":%d,"tuple":[%d],"need_task_ids":false}`, id, id%3)
}

// answer answers the oldest tuple that a bolt holds, n times; the first bolts emit two tuples before, anchored to all that
// they hold.
func (d *disorder) answer(bolt int, command string, n int) {
	if len(d.held[bolt]) == 0 {
		return
	}
	if d.batches {
		d.answerBatch(bolt, command, n)
		return
	}
	p := d.starter.Process(bolt)
	if bolt <= 2 {
		anchors, _ := json.Marshal(d.held[bolt]) // of strings
		for range 2 {
			p.Say(fmt.Sprintf(`{"command":"emit","anchors":%s,"tuple":["x"],"need_task_ids":false}`, anchors))
		}
	}
	id := d.held[bolt][0]
	d.held[bolt] = d.held[bolt][1:]
	for range n {
		p.Say(fmt.Sprintf(`{"command":%q,"id":%q}`, command, id))
	}
}

// answerBatch answers in one batch; an ack is of the two oldest if their ids follow each other.
func (d *disorder) answerBatch(bolt int, command string, n int) {
	held := d.held[bolt]
	emits, answers, taken := "", "", 1
	if bolt <= 2 {
		row := fmt.Sprintf(`[[%s],["x"]]`, strings.Join(held, ","))
		emits = fmt.Sprintf(`"emits":[{"tuples":[%s,%s]}],`, row, row)
	}
	answer := held[0]
	if command == "ack" && len(held) > 1 && follows(held[0], held[1]) {
		answer, taken = fmt.Sprintf("[%s,%s]", held[0], held[1]), 2
	}
	for i := range n {
		if i > 0 {
			answers += ","
		}
		answers += answer
	}
	d.held[bolt] = held[taken:]
	d.starter.Process(bolt).Say(fmt.Sprintf(`{"command":"batch",%s"%ss":[%s]}`, emits, command, answers))
}

func follows(id, next string) bool {
	a, err := strconv.Atoi(id)
	b, err2 := strconv.Atoi(next)
	return err == nil && err2 == nil && b == a+1
}

// collect reads what the children got.
func (d *disorder) collect() {
	for task := 1; task <= spoutTask; task++ {
		p := d.starter.Process(task)
		for _, frame := range p.Received() {
			var m struct {
				Command, Stream string
				ID              json.RawMessage
				First           int
				Batch           []any
				Acks, Fails     []int
			}
			if json.Unmarshal([]byte(frame), &m) != nil {
				continue // (end of input)
			}
			switch {
			case m.Command == "ack" || m.Command == "fail":
				var id int
				if err := json.Unmarshal(m.ID, &id); err != nil {
					d.faultf("the spout hears %s", frame)
				}
				d.hear(frame, id)
			case m.Command == "next":
				d.hear(frame, append(m.Acks, m.Fails...)...)
			case m.Batch != nil:
				for i := range m.Batch {
					d.held[task] = append(d.held[task], strconv.Itoa(m.First+i))
				}
			case m.Command == "":
				var id string
				_ = json.Unmarshal(m.ID, &id)
				d.held[task] = append(d.held[task], id)
			}
		}
	}
}

// hear notes that the spout hears of messages, each of which must be pending.
func (d *disorder) hear(frame string, ids ...int) {
	for _, id := range ids {
		if !d.pending[id] {
			d.faultf("the spout hears %s, of which %d is not pending", frame, id)
		}
		delete(d.pending, id)
	}
}
