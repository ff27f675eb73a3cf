// Package connectortest is what every spout and every sink has to keep, as tests that are given the component: that nothing
// is lost, that what fails comes again, and that nothing is doubled beyond what was promised. It calls components as the
// host does, with no host and no topology around them.
//
//	func TestLines(t *testing.T) {
//		connectortest.Spout(t, connectortest.SpoutKit{New: newLines, Want: connectortest.Default([]any{"a"}, []any{"b"})})
//	}
package connectortest

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
)

// patience bounds how long a component may take to do what is waited for, by the clock that the test runs under.
const patience = 10 * time.Second

// Emission is a tuple that a component has emitted.
type Emission struct {
	ID     any // the message id; nil: none
	Stream string
	Values []any
}

// Default are emissions on the default stream, without ids.
func Default(values ...[]any) []Emission {
	emissions := make([]Emission, len(values))
	for i := range values {
		emissions[i] = Emission{Stream: gstorm.DefaultStream, Values: values[i]}
	}
	return emissions
}

// Recorder notes what a component emits. It is a gstorm.SpoutSink and a gstorm.BoltSink. Its methods may be called from
// any goroutine; the zero value has nothing.
type Recorder struct {
	mu        sync.Mutex
	emissions []Emission
	holds     uint64
	holding   *verdict // of the call that goes on
}

// verdict is how a tuple was answered.
type verdict struct {
	held bool
	done chan struct{} // closed when it is answered
	once sync.Once
	err  error
}

func (v *verdict) answer(err error) {
	v.once.Do(func() {
		v.err = err
		close(v.done)
	})
}

// Emitted are the emissions so far.
func (r *Recorder) Emitted() []Emission {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Emission{}, r.emissions...)
}

func (r *Recorder) note(e Emission) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.Values = append([]any{}, e.Values...)
	r.emissions = append(r.emissions, e)
}

// Emit implements gstorm.Sink.
func (r *Recorder) Emit(stream string, _ int, values gstorm.Values) {
	r.note(Emission{Stream: stream, Values: values})
}

// EmitID implements gstorm.SpoutSink.
func (r *Recorder) EmitID(id any, stream string, values gstorm.Values) {
	r.note(Emission{ID: id, Stream: stream, Values: values})
}

// EmitAnchored implements gstorm.BoltSink.
func (r *Recorder) EmitAnchored(_ []uint64, stream string, _ int, values gstorm.Values) {
	r.note(Emission{Stream: stream, Values: values})
}

// Hold implements gstorm.BoltSink.
func (r *Recorder) Hold() (id uint64, answer func(error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holding == nil || r.holding.held {
		return 0, nil
	}
	r.holding.held = true
	r.holds++
	return r.holds, r.holding.answer
}

// execute has a bolt handle one tuple.
func (r *Recorder) execute(ctx context.Context, b gstorm.Bolt, t *gstorm.Tuple) *verdict {
	v := &verdict{done: make(chan struct{})}
	r.begin(v)
	err := b.Execute(ctx, t, gstorm.NewCollector(r))
	r.begin(nil)
	if err != nil || !v.held {
		v.answer(err)
	}
	return v
}

func (r *Recorder) begin(v *verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holding = v
}

// Execute has a bolt handle some tuples, one after the other, and returns what it emitted because of them. An error of the
// bolt fails the test.
func Execute(t *testing.T, b gstorm.Bolt, tuples ...*gstorm.Tuple) []Emission {
	t.Helper()
	var r Recorder
	for _, tuple := range tuples {
		v := r.execute(t.Context(), b, tuple)
		if v.held {
			continue
		}
		if v.err != nil {
			t.Fatalf("execute %v: %v", tuple.Values, v.err)
		}
	}
	return r.Emitted()
}

// Tuple is one of a component in with some fields.
func Tuple(fields gstorm.Fields, values ...any) *gstorm.Tuple {
	return &gstorm.Tuple{Source: &gstorm.Source{Component: "in", Stream: gstorm.DefaultStream, Task: 1, Fields: fields}, Values: values}
}

// Task is the context of one of several tasks, whose log goes to the test's.
func Task(t *testing.T, index, of int) *gstorm.TaskContext {
	return &gstorm.TaskContext{
		Topology: "test", Component: "component", Task: index + 1, Index: index, Tasks: of, Config: gstorm.DefaultConfig(),
		Logger: slog.New(slog.NewTextHandler(testLog{t}, nil)), Metrics: &Metrics{},
	}
}

// Open calls the Open of a component that has one, as the only task.
func Open(t *testing.T, component any) {
	t.Helper()
	openAs(t, component, Task(t, 0, 1))
}

func openAs(t *testing.T, component any, task *gstorm.TaskContext) {
	t.Helper()
	if o, ok := component.(gstorm.Opener); ok {
		if err := o.Open(t.Context(), task); err != nil {
			t.Fatalf("open: %v", err)
		}
	}
}

// Close calls the Close of a component that has one, and returns what it emitted then.
func Close(t *testing.T, component any) []Emission {
	t.Helper()
	var r Recorder
	if c, ok := component.(gstorm.Closer); ok {
		if err := c.Close(t.Context(), gstorm.NewCollector(&r)); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	return r.Emitted()
}

// Metrics keeps the last values. It is a gstorm.Metrics, and the one of Task.
type Metrics struct {
	mu     sync.Mutex
	values map[string]any
}

// Set implements gstorm.Metrics.
func (m *Metrics) Set(name string, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string]any{}
	}
	m.values[name] = value
}

// Value is the last value of a metric; nil: there is none.
func (m *Metrics) Value(name string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[name]
}

type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(string(bytes.TrimSuffix(p, []byte("\n"))))
	return len(p), nil
}
