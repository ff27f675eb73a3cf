package host_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
)

// Topologies with the libraries that Storm's users have, as they are (library_test.go lists them). Our components for
// each are in testdata/libraries: the same roles in all of them.

// TestLibrariesCountWords has spout and bolts in the library: a reliable spout, which emits its first line while it
// initializes, replays the one line that fails, and is told of every ack.
func TestLibrariesCountWords(t *testing.T) {
	lines := []string{"the cow jumped over the moon", "unlucky the first time", "größe 牛 😀 the", "over the moon"}
	want := map[string]string{}
	for _, word := range strings.Fields(strings.Join(lines, " ")) {
		n, _ := strconv.Atoi(want[word])
		want[word] = strconv.Itoa(n + 1)
	}
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		b := r.builder("words").Set("test.lines", lines)
		b.ShellSpout("lines", r.command("lines")...).Output("default", "line")
		b.ShellBolt("split", r.command("split")...).Parallelism(2).Output("default", "word").From("lines", "", gstorm.Shuffle)
		b.ShellBolt("count", r.command("count")...).Parallelism(2).
			Output("default", "word", "count").From("split", "", gstorm.FieldsGrouping, "word")
		b.Bolt("total", r.sink).From("count", "", gstorm.Global)
		r.prepare(t, b)
		r.start(t)
		for i := range lines {
			r.waitFor(t, fmt.Sprintf("line %d went to 1 task", i))
			r.waitFor(t, fmt.Sprintf("line %d acked", i))
		}
		r.waitFor(t, "line 1 failed")
		r.worker.Drain("every line is acked")
		s := r.end(t)

		if s.State != stats.Stopped || s.Trees != (stats.Trees{Emitted: 5, Acked: 4, Failed: 1}) {
			t.Errorf("state %s, trees %+v", s.State, s.Trees)
		}
		if d := cmp.Diff(want, r.table()); d != "" {
			t.Errorf("counts (-want +got):\n%s", d)
		}
		for _, c := range s.Components {
			if c.Restarts != 0 {
				t.Errorf("%s was started again %d times", c.ID, c.Restarts)
			}
		}
	})
}

// TestLibrariesSpoutAhead has a spout that is written many commands at once. It is told of every line, and one at a time or
// many make no difference.
func TestLibrariesSpoutAhead(t *testing.T) {
	const n = 300
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprint("line ", i)
	}
	lines[n/2] = "unlucky the first time"
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		if r.mute {
			t.Skip("the library does not take one command after the other")
		}
		for _, mode := range []string{"always", "never"} {
			if err := os.Remove(filepath.Join(r.dir, "once-fail")); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			b := r.builder("ahead").Set("test.lines", lines).Set(gstorm.TopologyMaxSpoutPending, 100).Set(gstorm.CommandsAhead, mode)
			b.ShellSpout("lines", r.command("lines")...).Output("default", "line")
			b.ShellBolt("split", r.command("split")...).Output("default", "word").From("lines", "", gstorm.Shuffle)
			b.Bolt("sink", r.sink).From("split", "", gstorm.Global)
			r.prepare(t, b)
			r.start(t)
			for i := range lines {
				r.waitFor(t, fmt.Sprintf("line %d acked", i))
			}
			r.waitFor(t, fmt.Sprintf("line %d failed", n/2))
			r.worker.Drain("every line is acked")
			if s := r.end(t); s.Trees != (stats.Trees{Emitted: n + 1, Acked: n, Failed: 1}) || restarts(s, "lines") != 0 {
				t.Errorf("%s: trees %+v, %d restarts", mode, s.Trees, restarts(s, "lines"))
			}
			if strings.Contains(r.log(), "ack of a tuple that is over") {
				t.Errorf("%s: acks that were not the first", mode)
			}
			r.forget()
		}
	})
}

// TestLibrariesObey gives a bolt one order at a time: each thing that a bolt can say, and two ways to die.
func TestLibrariesObey(t *testing.T) {
	const unit = "é😀\u2028\"\\\x00 and much that is plain, as text is for the most part, so that 5 MB stay 5 MB "
	big := strings.Repeat(unit, 5<<20/len(unit))
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		spout := &orders{more: func() bool { return len(r.sightings("ticks")) == 0 }}
		b := r.builder("orders").Set(gstorm.TopologyMaxSpoutPending, 1)
		b.Spout("orders", func() gstorm.Spout { return spout }).Output("default", "order", "value")
		b.ShellBolt("obey", r.command("obey")...).Set(gstorm.TopologyTickFreq, 1).
			Output("default", "value").Output("tasks", "tasks").Output("ticks", "from").DirectOutput("direct", "value").
			From("orders", "", gstorm.Shuffle)
		b.Bolt("sink", r.sink).Parallelism(3).From("obey", "", gstorm.Shuffle).From("obey", "direct", gstorm.Direct).
			From("obey", "tasks", gstorm.Global).From("obey", "ticks", gstorm.Global)
		r.prepare(t, b)
		target := r.plan.Component("sink").TaskIDs[1]
		spout.todo = []order{
			{"echo", big}, {"echo", "größe 牛 😀"}, {"tasks", "to whom"}, {"direct", target}, {"warn", "a word of warning"},
			{"error", "an error to report"}, {"metrics", 42}, {"print", "printed by the component"},
			{"throw", "thrown on purpose"}, {"leave", ""}, {"echo", "after all that"},
		}
		r.start(t)
		s := r.end(t)

		// pystorm fails the tuple before it dies of the exception, and may get it once more while it does.
		n, failed := uint64(len(spout.todo)), s.Trees.Failed
		if failed < 2 || failed > 3 || s.Trees != (stats.Trees{Emitted: n + failed, Acked: n, Failed: failed}) {
			t.Errorf("trees %+v", s.Trees)
		}
		if s.State != stats.Finished {
			t.Errorf("state %s (%s)", s.State, s.Reason)
		}
		if n := restarts(s, "obey"); n != 2 {
			t.Errorf("obey was started again %d times, want 2: after the exception and after exit 0", n)
		}
		r.wantValues(t, big, "größe 牛 😀", "to whom", "after all that")
		r.wantTaskIDs(t, "to whom")
		if direct := r.sightings("direct"); len(direct) != 1 || direct[0].task != target {
			t.Errorf("direct: %v, want one at task %d", direct, target)
		}
		if from := r.sightings("ticks")[0].values[0]; from != gstorm.SystemComponent {
			t.Errorf("the tick is from %v", from)
		}
		for _, text := range []string{"a word of warning", "printed by the component"} {
			if !strings.Contains(r.log(), text) {
				t.Errorf("%q was not logged", text)
			}
		}
		if !tells(s, "an error to report") || !tells(s, "thrown on purpose") {
			t.Errorf("errors: %+v", s.Errors)
		}
	})
}

// wantTaskIDs checks that the component was told the task that really got a value.
func (r *libraryRun) wantTaskIDs(t *testing.T, value string) {
	t.Helper()
	var told []any
	for _, s := range r.sightings("tasks") {
		told = append(told, s.values[0].([]any)...)
	}
	for _, s := range r.sightings(gstorm.DefaultStream) {
		if s.values[0] != value {
			continue
		}
		if want := []any{json.Number(strconv.Itoa(s.task))}; !cmp.Equal(told, want) {
			t.Errorf("the component was told that it emitted to %v, want %v", told, want)
		}
	}
}

// TestLibrariesFollow has a bolt that sends a second tuple after each, straight to the task that it was told the first one
// went to, and that dies now and then. Whether it is told ahead or as it asks makes no difference.
func TestLibrariesFollow(t *testing.T) {
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		if !r.follows {
			t.Skip("the library does not wait for task ids")
		}
		const perRun = 1500
		for _, mode := range []string{"auto", "never"} {
			spout := &lines{}
			for i := range perRun {
				name := "line"
				if i%400 == 399 {
					name = "unlucky"
				}
				spout.todo = append(spout.todo, fmt.Sprintf("%s %s %d", name, mode, i))
			}
			b := r.builder("follow").Set(gstorm.TopologyMaxSpoutPending, 100).Set(gstorm.TaskIDsAhead, mode)
			b.Spout("lines", func() gstorm.Spout { return spout }).Output("default", "line")
			b.ShellBolt("follow", r.command("follow")...).Output("default", "line", "part").DirectOutput("direct", "line", "part").
				From("lines", "", gstorm.Shuffle)
			b.Bolt("sink", r.sink).Parallelism(3).From("follow", "", gstorm.Shuffle).From("follow", "direct", gstorm.Direct)
			r.prepare(t, b)
			r.start(t)
			if s := r.end(t); s.State != stats.Finished || s.Trees.Acked != perRun || restarts(s, "follow") != perRun/400 {
				t.Errorf("%s: state %s, trees %+v, %d restarts", mode, s.State, s.Trees, restarts(s, "follow"))
			}
		}
		first, second := r.tasksByValue(gstorm.DefaultStream), r.tasksByValue("direct")
		if len(first) != 2*3*perRun {
			t.Errorf("%d values came, want %d", len(first), 2*3*perRun)
		}
		if d := cmp.Diff(first, second); d != "" {
			t.Errorf("second tuples that went elsewhere (-first +second):\n%s", shorten(d))
		}
	})
}

// TestLibrariesThatNeverAck has a bolt that neither acks nor anchors, and dies once: with gstorm.acks off every line
// is acked all the same, and none is lost with the process.
func TestLibrariesThatNeverAck(t *testing.T) {
	todo := []string{"the cow jumped", "over the", "unlucky the first time", "moon", "and back again"}
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		if !r.silent {
			t.Skip("the library acks by itself")
		}
		b := r.builder("silent").Set(gstorm.TopologyMessageTimeout, 60)
		b.Spout("lines", func() gstorm.Spout { return &lines{todo: todo} }).Output("default", "line")
		b.ShellBolt("split", r.command("silent")...).Set(gstorm.Acks, false).
			Output("default", "word").From("lines", "", gstorm.Shuffle)
		b.Bolt("sink", r.sink).From("split", "", gstorm.Shuffle)
		r.prepare(t, b)
		r.start(t)
		s := r.end(t)
		if s.State != stats.Finished || s.Trees.Acked != uint64(len(todo)) || s.Trees.Failed == 0 || s.Trees.TimedOut != 0 {
			t.Errorf("state %s, trees %+v", s.State, s.Trees)
		}
		seen := map[string]bool{}
		for _, s := range r.sightings(gstorm.DefaultStream) {
			seen[s.values[0].(string)] = true
		}
		for _, word := range strings.Fields(strings.Join(todo, " ")) {
			if !seen[word] {
				t.Errorf("%q is lost", word)
			}
		}
	})
}

// TestMessagePackNeedsTwo has a component whose library is told another serializer than gstorm: what the user reads names
// both the component and the option.
func TestMessagePackNeedsTwo(t *testing.T) {
	other := map[string]string{"": gstorm.MessagePackSerializer, gstorm.MessagePackSerializer: gstorm.JSONSerializer}
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		if r.name != "pystorm" {
			t.Skip("one library is enough: none looks at what it reads before it has understood it")
		}
		r.wire = other[r.wire]
		b := r.builder("mismatch").Set(gstorm.RestartMax, 1).Set(gstorm.StartTimeout, 3)
		b.ShellSpout("faulty", r.command("faulty")...).Output("default", "life")
		b.Bolt("sink", r.sink).From("faulty", "", gstorm.Global)
		r.prepare(t, b)
		r.start(t)
		err := <-r.ended
		if err == nil || !strings.Contains(err.Error(), `component "faulty"`) || !strings.Contains(err.Error(), gstorm.Serializer) {
			t.Errorf("the run ended with: %v", err)
		}
	})
}

// TestLibrariesSpoutFaults has a spout that throws, is started again, and leaves with exit 0, which means that it has
// finished.
func TestLibrariesSpoutFaults(t *testing.T) {
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		b := r.builder("faulty")
		b.ShellSpout("faulty", r.command("faulty")...).Output("default", "life")
		b.Bolt("sink", r.sink).From("faulty", "", gstorm.Global)
		r.prepare(t, b)
		r.start(t)
		s := r.end(t)
		if n := restarts(s, "faulty"); s.State != stats.Finished || n != 1 {
			t.Errorf("state %s (%s), %d restarts", s.State, s.Reason, n)
		}
		r.wantValues(t, "first life", "second life")
		if !tells(s, "end of the first life") {
			t.Errorf("errors: %+v", s.Errors)
		}
	})
}

// TestLibrariesBatch has the bolts that work on what came between two ticks, of the host or of a clock of their own.
func TestLibrariesBatch(t *testing.T) {
	eachLibrary(t, func(t *testing.T, r *libraryRun) {
		if !r.batches {
			t.Skip("the library has no batching bolt")
		}
		b := r.builder("batches")
		b.Spout("words", func() gstorm.Spout { return &lines{todo: []string{"a", "b", "a", "c", "a"}} }).Output("default", "word")
		b.ShellBolt("batch", r.command("batch")...).Set(gstorm.TopologyTickFreq, 1).
			Output("default", "word", "count").From("words", "", gstorm.Shuffle)
		b.Bolt("sink", r.sink).From("batch", "", gstorm.Global)
		r.prepare(t, b)
		r.start(t)
		s := r.end(t)
		if s.State != stats.Finished || s.Trees.Acked != 5 || s.Trees.Failed != 0 {
			t.Errorf("state %s, trees %+v", s.State, s.Trees)
		}
		got := map[string]int64{}
		for _, s := range r.sightings(gstorm.DefaultStream) {
			n, err := s.values[1].(json.Number).Int64()
			if err != nil {
				t.Error(err)
			}
			got[s.values[0].(string)] += n
		}
		if d := cmp.Diff(map[string]int64{"a": 3, "b": 1, "c": 1}, got); d != "" {
			t.Errorf("batches (-want +got):\n%s", d)
		}
	})
}
