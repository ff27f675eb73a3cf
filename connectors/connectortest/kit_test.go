package connectortest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gstorm/gstorm"
)

// mistaken says in the environment which mistake the component of TestAMistake makes.
const mistaken = "GSTORM_TEST_MISTAKE"

// TestAMistake runs the kit with a component that makes a mistake, in a process of its own, as it fails.
func TestAMistake(t *testing.T) {
	mistake := os.Getenv(mistaken)
	switch {
	case mistake == "":
		t.Skip("it has to fail: TestEveryMistakeIsFound runs it, in a process of its own")
	case strings.HasPrefix(mistake, "spout "):
		Spout(t, spoutKit(strings.TrimPrefix(mistake, "spout ")))
	default:
		Sink(t, sinkTarget(strings.TrimPrefix(mistake, "sink ")))
	}
}

func TestEveryMistakeIsFound(t *testing.T) {
	for mistake, want := range map[string]string{
		"spout loses the last":          "messages (-want +got)",
		"spout doubles the first":       "messages (-want +got)",
		"spout never replays":           "failed and did not come again",
		"spout replays acked ones":      "which had not failed, or came twice",
		"spout replays only once":       "failed and did not come again",
		"spout replays other values":    "a message that came again",
		"spout emits without ids":       "was emitted without a message id",
		"spout forgets when it rests":   "messages (-want +got)",
		"spout gives all tasks all":     "came from two tasks",
		"spout takes ids twice":         "two messages have the id",
		"sink loses one":                "what has arrived (-want +got)",
		"sink doubles one":              "what has arrived (-want +got)",
		"sink acks before it writes":    "what has arrived (-want +got)",
		"sink begins anew":              "what has arrived (-want +got)",
		"sink acks what it can't write": "what was acked has arrived nowhere",
		"sink writes ticks":             "it does not take ticks",
		"sink splits lines":             "what has arrived (-want +got)",
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			command := exec.Command(os.Args[0], "-test.run", "^TestAMistake$")
			command.Env = append(os.Environ(), mistaken+"="+mistake)
			output, err := command.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(string(output), want) || strings.Contains(string(output), "panic:") {
				t.Errorf("%v, and not %q in:\n%s", err, want, output)
			}
		})
	}
}

func TestNoMistakeIsNone(t *testing.T) {
	Spout(t, spoutKit(""))
	Sink(t, sinkTarget(""))
}

// listSpout emits a list, apart from its mistake.
type listSpout struct {
	mistake string
	list    []string
	next    int
	step    int
	failed  []int
	again   map[int]bool
}

func spoutKit(mistake string) SpoutKit {
	return SpoutKit{
		New:  func(*testing.T) gstorm.Spout { return &listSpout{mistake: mistake, list: []string{"a", "b", "c", "d"}} },
		Want: Default([]any{"a"}, []any{"b"}, []any{"c"}, []any{"d"}),
	}
}

func (s *listSpout) Open(_ context.Context, task *gstorm.TaskContext) error {
	s.next, s.step, s.again = task.Index, task.Tasks, map[int]bool{}
	switch s.mistake {
	case "gives all tasks all":
		s.next, s.step = 0, 1
	case "loses the last":
		s.list = s.list[:3]
	case "doubles the first":
		s.list = append([]string{"a"}, s.list...)
	}
	return nil
}

func (s *listSpout) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	n := s.next
	switch {
	case len(s.failed) > 0:
		n, s.failed = s.failed[0], s.failed[1:]
		if s.mistake == "replays other values" {
			out.EmitID(n, "", "other")
			return nil
		}
	case n >= len(s.list):
		return gstorm.ErrFinished
	default:
		s.next += s.step
	}
	var id any = n
	switch s.mistake {
	case "emits without ids":
		id = nil
	case "takes ids twice":
		id = n / 2
	}
	out.EmitID(id, "", s.list[n])
	return nil
}

func (s *listSpout) Ack(id any) {
	if s.mistake == "replays acked ones" {
		s.failed = append(s.failed, id.(int))
	}
}

func (s *listSpout) Fail(id any) {
	n := id.(int)
	if s.mistake == "never replays" || s.mistake == "replays only once" && s.again[n] {
		return
	}
	s.again[n] = true
	s.failed = append(s.failed, n)
}

func (s *listSpout) Activate(context.Context) error { return nil }

func (s *listSpout) Deactivate(context.Context) error {
	if s.mistake == "forgets when it rests" {
		s.next += s.step
	}
	return nil
}

// memory is a place to write to.
type memory struct {
	mu     sync.Mutex
	texts  []string
	broken bool
}

func (m *memory) write(texts ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return errors.New("broken")
	}
	m.texts = append(m.texts, texts...)
	return nil
}

func (m *memory) set(broken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = broken
}

// memorySink writes to memory, apart from its mistake.
type memorySink struct {
	mistake string
	to      *memory
	kept    []string
	seen    int
}

func sinkTarget(mistake string) func(t *testing.T) Target {
	return func(*testing.T) Target {
		m := &memory{}
		return Target{
			New: func() gstorm.Bolt {
				s := &memorySink{mistake: mistake, to: m}
				if mistake == "writes ticks" {
					return s
				}
				return tickless{s}
			},
			Read: func() []string {
				m.mu.Lock()
				defer m.mu.Unlock()
				return slices.Clone(m.texts)
			},
			Break: func() func() {
				m.set(true)
				return func() { m.set(false) }
			},
		}
	}
}

func (s *memorySink) Open(context.Context, *gstorm.TaskContext) error {
	if s.mistake == "begins anew" {
		s.to.texts = nil
	}
	return nil
}

func (s *memorySink) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	text, err := t.String("value")
	if err != nil {
		return err
	}
	s.seen++
	switch {
	case s.mistake == "loses one" && s.seen == 5:
		return nil
	case s.mistake == "doubles one" && s.seen == 5:
		return s.to.write(text, text)
	case s.mistake == "acks before it writes":
		s.kept = append(s.kept, text)
		return nil
	case s.mistake == "acks what it can't write":
		_ = s.to.write(text)
		return nil
	case s.mistake == "splits lines":
		return s.to.write(strings.Split(text, "\n")...)
	}
	held := out.Hold(t)
	err = s.to.write(text)
	go func() { // as a sink does that hears of it later
		if err != nil {
			held.Fail(err)
		} else {
			held.Ack()
		}
	}()
	return nil
}

func (s *memorySink) Close(context.Context, *gstorm.Collector) error { return s.to.write(s.kept...) }

type tickless struct{ *memorySink }

func (tickless) Tick(context.Context, *gstorm.Collector) error { return nil }
