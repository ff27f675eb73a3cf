package route

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
)

// Target is a task that gets a tuple.
type Target struct {
	Task     int
	Feedback bool // see plan.Consumer: delivering to it must never block the emitter
}

// Stream routes what one task emits on one of its streams. It keeps what the groupings remember from tuple to tuple, so
// every emitting task has its own. It is for one goroutine.
type Stream struct {
	component, stream string
	fields            gstorm.Fields
	choosers          []chooser
	direct            []Target // the tasks that the emitter may name, ascending
	keys              keys
	consumed          bool
	constant          []Target // who gets every tuple, where that depends on nothing; nil: it does
	customs           []*custom
}

// NewStream prepares the routing of one stream of a task. local says which tasks are in the task's own worker; nil means
// all of them. The same seed gives the same choices; different tasks and streams choose differently with the same seed.
// A component or stream that the plan does not know has no consumers.
func NewStream(p *plan.Plan, component string, task int, stream string, local func(task int) bool, seed uint64) *Stream {
	s := &Stream{component: component, stream: stream}
	from := p.Component(component)
	if from == nil {
		return s
	}
	s.fields = from.Outputs[stream].Fields
	random := rand.New(rand.NewPCG(seed, mix(hashString(component)^hashString(stream)+uint64(task))))
	for _, consumer := range from.Consumers[stream] {
		s.subscribe(p.Component(consumer.Component), consumer, local, random)
	}
	s.settle()
	return s
}

// settle finds out whether all tuples take the same way.
func (s *Stream) settle() {
	constant := []Target{}
	for _, c := range s.choosers {
		same, ok := c.(always)
		if !ok {
			return
		}
		constant = append(constant, same...)
	}
	if len(s.customs) == 0 {
		s.constant = constant
	}
}

func (s *Stream) subscribe(to *plan.Component, consumer plan.Consumer, local func(int) bool, random *rand.Rand) {
	s.consumed = true
	targets := make([]Target, len(to.TaskIDs))
	for i, id := range to.TaskIDs {
		targets[i] = Target{Task: id, Feedback: consumer.Feedback}
	}
	if consumer.Grouping == gstorm.Custom { // which may also choose nobody
		s.customs = append(s.customs, newCustom(targets, consumer.Chooser))
		return
	}
	if len(targets) == 1 && consumer.Grouping != gstorm.Direct {
		s.keys.require(consumer.Fields)
		s.choosers = append(s.choosers, always(targets))
		return
	}
	switch consumer.Grouping {
	case gstorm.Direct:
		s.direct = append(s.direct, targets...)
		slices.SortFunc(s.direct, func(a, b Target) int { return a.Task - b.Task })
	case gstorm.FieldsGrouping:
		s.choosers = append(s.choosers, &byKey{s.keys.add(consumer.Fields), to.Table, consumer.Feedback})
	case gstorm.PartialKey:
		s.choosers = append(s.choosers, &byKeyLessUsed{s.keys.add(consumer.Fields), targets, make([]uint64, len(targets))})
	case gstorm.Shuffle:
		s.choosers = append(s.choosers, newRoundRobin(targets, random))
	case gstorm.LocalOrShuffle:
		s.choosers = append(s.choosers, newRoundRobin(preferLocal(targets, local), random))
	case gstorm.None:
		s.choosers = append(s.choosers, &anyTask{targets, random})
	case gstorm.All:
		s.choosers = append(s.choosers, always(targets))
	case gstorm.Global:
		s.choosers = append(s.choosers, always(targets[:1]))
	default:
		panic(fmt.Sprintf("route: the plan has an unknown grouping %q", consumer.Grouping))
	}
}

// HasConsumers reports whether anybody subscribed to the stream.
func (s *Stream) HasConsumers() bool { return s.consumed }

// Route appends the tasks that get a tuple to dst: none if the stream has no consumers. A tuple with JSON is routed by
// its text, which is not decoded, any other by its Values. An error is the emitter's: a field that a grouping needs is
// missing or cannot be hashed, or the stream is consumed directly; dst comes back as it was. (Of a JSON text only those
// fields are read that decide between several tasks.) It allocates nothing but errors and what dst may need to grow.
func (s *Stream) Route(dst []Target, t *gstorm.Tuple) ([]Target, error) {
	if err := s.check(t); err != nil {
		return dst, err
	}
	if s.constant != nil {
		return append(dst, s.constant...), nil
	}
	before := len(dst)
	for _, c := range s.customs { // first: where one fails, no turn of the others is lost
		var err error
		if dst, err = c.choose(dst, t); err != nil {
			return dst[:before], fmt.Errorf("stream %q of %q: %w", s.stream, s.component, err)
		}
	}
	for _, c := range s.choosers {
		dst = c.choose(dst, s.keys.hashes)
	}
	return dst, nil
}

// check hashes what the groupings need of a tuple, or says why it can't be routed.
func (s *Stream) check(t *gstorm.Tuple) error {
	if len(s.direct) > 0 {
		return fmt.Errorf("stream %q of %q is consumed with the direct grouping, so a tuple on it must name its task", s.stream, s.component)
	}
	if err := s.keys.hash(t); err != nil {
		return s.explain(err)
	}
	return nil
}

// Direct appends the task that the emitter named to dst. It fails if that is no task of a consumer with the direct
// grouping.
func (s *Stream) Direct(dst []Target, task int) ([]Target, error) {
	i, found := slices.BinarySearchFunc(s.direct, task, func(t Target, task int) int { return t.Task - task })
	if !found {
		return dst, fmt.Errorf("task %d does not consume stream %q of %q with the direct grouping", task, s.stream, s.component)
	}
	return append(dst, s.direct[i]), nil
}

// explain names the field that an error of s.keys is about.
func (s *Stream) explain(err *keyError) error {
	field := fmt.Sprint(err.position + 1)
	if err.position < len(s.fields) {
		field = fmt.Sprintf("%q", s.fields[err.position])
	}
	return fmt.Errorf("stream %q of %q: no grouping by field %s: %w", s.stream, s.component, field, err.cause)
}
