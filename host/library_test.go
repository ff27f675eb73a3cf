package host_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
	libs "github.com/gstorm/gstorm/spec/libraries"
)

// library is a multilang library, as scripts/setup-libraries lays it down.
type library struct {
	name    string
	wire    string // gstorm.serializer; "": the default
	folder  string // under the root
	beside  string // the part of the folder that has to lie beside the components; "": none
	batches bool   // it has a batching bolt
	silent  bool   // its bolts need not ack
	follows bool   // it waits for task ids, and its components have the role follow
	mute    bool   // it leaves commands to spouts unanswered, unless the component sees to it
	argv    func(folder, role string) []string
}

var libraries = []library{
	{name: "python", folder: "python", beside: "storm.py", silent: true, follows: true, argv: func(_, role string) []string {
		return []string{"python3", "components.py", role}
	}},
	{name: "ruby", folder: "ruby", beside: "storm.rb", silent: true, follows: true, argv: func(_, role string) []string {
		return []string{"ruby", "components.rb", role}
	}},
	{name: "javascript", folder: "javascript", beside: "storm.js", mute: true, argv: func(_, role string) []string {
		return []string{"node", "components.js", role}
	}},
	{name: "pystorm", folder: "venv", batches: true, silent: true, argv: pystorm(gstorm.JSONSerializer)},
	{name: "pystorm", wire: gstorm.MessagePackSerializer, folder: "venv", batches: true, silent: true, argv: pystorm(gstorm.MessagePackSerializer)},
	{name: "streamparse", folder: "venv", batches: true, argv: streamparse(gstorm.JSONSerializer)},
	{name: "streamparse", wire: gstorm.MessagePackSerializer, folder: "venv", batches: true, argv: streamparse(gstorm.MessagePackSerializer)},
	{name: "node-storm", folder: "node-storm", beside: "node_modules", mute: true, argv: func(string, string) []string {
		return []string{"node", "components.js"}
	}},
}

func pystorm(wire string) func(folder, role string) []string {
	return func(folder, role string) []string {
		return []string{filepath.Join(folder, "bin", "python"), "components.py", role, wire}
	}
}

// streamparse gets what follows the program as one argument, as Storm hands it over.
func streamparse(wire string) func(folder, role string) []string {
	return func(folder, role string) []string {
		return []string{filepath.Join(folder, "bin", "streamparse_run"), "-s " + wire + " components." + role}
	}
}

// eachLibrary runs a test with every library, in parallel. See libs.Find for those that are not there.
func eachLibrary(t *testing.T, test func(t *testing.T, r *libraryRun)) {
	t.Parallel()
	for _, l := range libraries {
		t.Run(strings.TrimSuffix(l.name+"-"+l.wire, "-"), func(t *testing.T) {
			t.Parallel()
			l.folder = libs.Find(t, l.folder)
			dir := libs.Resources(t, filepath.Join("testdata", "libraries", l.name), l.folder, l.beside)
			test(t, &libraryRun{library: l, dir: dir, changed: make(chan struct{})})
		})
	}
}

// libraryRun is the run of one topology with components on one library, and what comes of it.
type libraryRun struct {
	library
	dir    string
	plan   *plan.Plan
	worker *host.Worker
	ended  chan error

	mu      sync.Mutex // guards all below
	changed chan struct{}
	text    bytes.Buffer // log records and prints
	seen    []sighting
}

// sighting is a tuple that a sink got.
type sighting struct {
	stream string
	task   int
	values gstorm.Values
}

// builder begins a topology. The wait for answers that never come is cut down to what a test has time for.
func (r *libraryRun) builder(name string) *gstorm.Builder {
	b := gstorm.NewBuilder(name)
	if r.wire != "" {
		b.Set(gstorm.Serializer, r.wire)
	}
	if r.mute {
		b.Set(gstorm.ActivateTimeout, 1)
	}
	return b
}

func (r *libraryRun) command(role string) []string { return r.argv(r.folder, role) }

// prepare makes the worker.
func (r *libraryRun) prepare(t *testing.T, b *gstorm.Builder) {
	t.Helper()
	topology := b.Topology()
	if errs := topology.Validate(nil).Errors(); errs != nil {
		t.Fatal(errs)
	}
	var err error
	if r.plan, err = plan.Build(topology, "", nil); err != nil {
		t.Fatal(err)
	}
	r.worker, err = host.New(host.Options{
		Plan: r.plan, Seed: 1,
		Logger: slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Print:  func(_ string, _ int, line string) { _, _ = r.Write([]byte(line + "\n")) },
		Launch: func(c *plan.Component) (host.Launch, error) {
			return host.Launch{Command: c.Implementation.Command, Dir: r.dir}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// start runs the worker until the test ends, at the latest after a minute.
func (r *libraryRun) start(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	r.ended = make(chan error, 1)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		r.ended <- r.worker.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-finished
		if t.Failed() {
			t.Log(shorten(r.log()))
		}
	})
}

// end waits for the end of the run, which has to be one in order.
func (r *libraryRun) end(t *testing.T) stats.Snapshot {
	t.Helper()
	if err := <-r.ended; err != nil {
		t.Fatal(err)
	}
	return r.worker.Snapshot()
}

// waitFor waits until a text has been logged or printed.
func (r *libraryRun) waitFor(t *testing.T, text string) {
	t.Helper()
	for {
		r.mu.Lock()
		found, changed := bytes.Contains(r.text.Bytes(), []byte(text)), r.changed
		r.mu.Unlock()
		if found {
			return
		}
		select {
		case <-changed:
		case err := <-r.ended:
			t.Fatalf("the run has ended (%v) without %q", err, text)
		}
	}
}

// Write takes what is logged and printed.
func (r *libraryRun) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.Write(text)
	r.change()
	return len(text), nil
}

func (r *libraryRun) change() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// forget begins anew with what is logged and seen.
func (r *libraryRun) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.Reset()
	r.seen = nil
}

func (r *libraryRun) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func shorten(text string) string {
	if over := len(text) - 20_000; over > 0 {
		return "...\n" + text[over:]
	}
	return text
}

// sink makes a bolt whose tuples the run keeps.
func (r *libraryRun) sink() gstorm.Bolt { return &sink{run: r} }

type sink struct {
	run  *libraryRun
	task int
}

func (s *sink) Open(_ context.Context, task *gstorm.TaskContext) error {
	s.task = task.Task
	return nil
}

func (s *sink) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	values, err := t.Decode()
	s.run.mu.Lock()
	defer s.run.mu.Unlock()
	s.run.seen = append(s.run.seen, sighting{t.Source.Stream, s.task, slices.Clone(values)})
	s.run.change()
	return err
}

// sightings are the tuples of a stream so far.
func (r *libraryRun) sightings(stream string) []sighting {
	r.mu.Lock()
	defer r.mu.Unlock()
	var of []sighting
	for _, s := range r.seen {
		if s.stream == stream {
			of = append(of, s)
		}
	}
	return of
}

// tasksByValue are the tasks that got the tuples of a stream, ascending, by what is in the tuples.
func (r *libraryRun) tasksByValue(stream string) map[string][]int {
	tasks := map[string][]int{}
	for _, s := range r.sightings(stream) {
		value := fmt.Sprint(s.values...)
		tasks[value] = append(tasks[value], s.task)
	}
	for _, list := range tasks {
		slices.Sort(list)
	}
	return tasks
}

// table makes a table of the pairs that came on the default stream; the last of a key counts.
func (r *libraryRun) table() map[string]string {
	pairs := map[string]string{}
	for _, s := range r.sightings(gstorm.DefaultStream) {
		pairs[s.values[0].(string)] = fmt.Sprint(s.values[1])
	}
	return pairs
}

// wantValues checks the values that came on the default stream, in their order.
func (r *libraryRun) wantValues(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, s := range r.sightings(gstorm.DefaultStream) {
		got = append(got, s.values[0].(string))
	}
	if slices.Equal(got, want) {
		return
	}
	for _, values := range [][]string{got, want} {
		for i, v := range values {
			values[i] = fmt.Sprintf("%.40q, %d bytes", v, len(v))
		}
	}
	t.Errorf("values (-want +got):\n%s", cmp.Diff(want, got))
}

// orders is a spout that gives orders, each again until it is acked.
type orders struct {
	todo []order
	more func() bool // keeps the run going when all orders are through

	given  int
	failed []int
}

// order is a tuple for the role obey.
type order struct {
	name  string
	value any
}

func (o *orders) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	n := o.given
	switch {
	case len(o.failed) > 0:
		n, o.failed = o.failed[0], o.failed[1:]
	case n < len(o.todo):
		o.given++
	case o.more():
		return nil
	default:
		return gstorm.ErrFinished
	}
	out.EmitID(n, "", o.todo[n].name, o.todo[n].value)
	return nil
}

func (o *orders) Ack(any)     {}
func (o *orders) Fail(id any) { o.failed = append(o.failed, id.(int)) }

// restarts are how often the tasks of a component were started again.
func restarts(s stats.Snapshot, component string) uint64 {
	i := slices.IndexFunc(s.Components, func(c stats.Component) bool { return c.ID == component })
	return s.Components[i].Restarts
}

// tells reports whether an error has a text in it.
func tells(s stats.Snapshot, text string) bool {
	return slices.ContainsFunc(s.Errors, func(e stats.ComponentError) bool { return strings.Contains(e.Message, text) })
}
