package route

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/internal/plan"
	"pgregory.net/rapid"
)

// consumer is a bolt that subscribes to the stream under test. Their ids sort as they are listed.
type consumer struct {
	grouping gstorm.Grouping
	fields   []string
	tasks    int
}

// emitterTask is the task of component "emitter", whose default stream has the fields word, n and rest. The consumers'
// tasks have the ids from 2 on.
const emitterTask = 1

func planFor(t testing.TB, consumers ...consumer) *plan.Plan {
	t.Helper()
	stream := gstorm.Stream{Fields: gstorm.Fields{"word", "n", "rest"}}
	b := gstorm.NewBuilder("test")
	for i, c := range consumers {
		stream.Direct = stream.Direct || c.grouping == gstorm.Direct
		b.ShellBolt(fmt.Sprintf("emitter-%d", i), "cat").Parallelism(c.tasks).From("emitter", "", c.grouping, c.fields...)
	}
	d := b.ShellSpout("emitter", "cat")
	if stream.Direct {
		d.DirectOutput(gstorm.DefaultStream, stream.Fields...)
	} else {
		d.Output(gstorm.DefaultStream, stream.Fields...)
	}
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func streamTo(t testing.TB, consumers ...consumer) *Stream {
	return NewStream(planFor(t, consumers...), "emitter", emitterTask, gstorm.DefaultStream, nil, 1)
}

func text(s string) *gstorm.Tuple { return &gstorm.Tuple{JSON: []byte(s)} }

func tasks(targets []Target) []int {
	ids := []int{}
	for _, t := range targets {
		ids = append(ids, t.Task)
	}
	return ids
}

func route(t testing.TB, s *Stream, tuple *gstorm.Tuple) []int {
	t.Helper()
	targets, err := s.Route(nil, tuple)
	if err != nil {
		t.Fatal(err)
	}
	return tasks(targets)
}

// counts routes tuples and counts how many each task got.
func counts(t testing.TB, s *Stream, tuples ...*gstorm.Tuple) map[int]int {
	t.Helper()
	got := map[int]int{}
	for _, tuple := range tuples {
		for _, task := range route(t, s, tuple) {
			got[task]++
		}
	}
	return got
}

func repeat(s string, n int) []*gstorm.Tuple { return slices.Repeat([]*gstorm.Tuple{text(s)}, n) }

func TestShuffleGivesEveryTaskTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, tuples := rapid.IntRange(1, 50).Draw(r, "tasks"), rapid.IntRange(0, 500).Draw(r, "tuples")
		p := planFor(t, consumer{grouping: gstorm.Shuffle, tasks: n})
		s := NewStream(p, "emitter", emitterTask, gstorm.DefaultStream, nil, rapid.Uint64().Draw(r, "seed"))
		got := counts(t, s, repeat(`["a",1,2]`, tuples)...)
		for id := 2; id < 2+n; id++ {
			if got[id] != tuples/n && got[id] != (tuples+n-1)/n {
				r.Errorf("task %d of %d got %d of %d tuples", id, n, got[id], tuples)
			}
		}
	})
}

func TestShuffleStartsDifferentlyForEveryEmitter(t *testing.T) {
	p := planFor(t, consumer{grouping: gstorm.Shuffle, tasks: 100})
	starts := map[int]bool{}
	for task := range 20 {
		starts[route(t, NewStream(p, "emitter", task, gstorm.DefaultStream, nil, 1), text(`[1,2,3]`))[0]] = true
	}
	if len(starts) < 10 {
		t.Errorf("20 emitters begin with only %d different tasks", len(starts))
	}
}

func TestSameSeedSameChoices(t *testing.T) {
	p := planFor(t, consumer{grouping: gstorm.Shuffle, tasks: 7}, consumer{grouping: gstorm.None, tasks: 7})
	a := NewStream(p, "emitter", 3, gstorm.DefaultStream, nil, 42)
	b := NewStream(p, "emitter", 3, gstorm.DefaultStream, nil, 42)
	for range 50 {
		if diff := cmp.Diff(route(t, a, text(`[1,2,3]`)), route(t, b, text(`[1,2,3]`))); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestFieldsPicksTheOwnerOfTheKeyGroup(t *testing.T) {
	p := planFor(t, consumer{gstorm.FieldsGrouping, []string{"rest", "word"}, 5})
	s := NewStream(p, "emitter", emitterTask, gstorm.DefaultStream, nil, 1)
	rapid.Check(t, func(r *rapid.T) {
		word, n, rest := values().Draw(r, "word"), values().Draw(r, "n"), values().Draw(r, "rest")
		key, err := HashValue([]any{rest, word})
		if err != nil {
			r.Fatal(err)
		}
		want := []int{p.Component("emitter-0").Table[key%plan.KeyGroups]}
		if diff := cmp.Diff(want, route(t, s, &gstorm.Tuple{Values: gstorm.Values{word, n, rest}})); diff != "" {
			r.Error("by values: " + diff)
		}
		var b strings.Builder
		write(r, &b, []any{word, n, rest, "more than the stream declares"})
		if diff := cmp.Diff(want, route(t, s, text(b.String()))); diff != "" {
			r.Errorf("by text %s: %s", b.String(), diff)
		}
	})
}

func TestFieldsSendsAKeyToOneTask(t *testing.T) {
	a := streamTo(t, consumer{gstorm.FieldsGrouping, []string{"n"}, 8})
	b := NewStream(planFor(t, consumer{gstorm.FieldsGrouping, []string{"n"}, 8}), "emitter", 99, gstorm.DefaultStream, nil, 7)
	want := route(t, a, text(`["x",1,null]`))
	for _, tuple := range []*gstorm.Tuple{text(`["y",1.0,3]`), text(`[[1,"]"],1e0,3]`), text(`[{"1":"\"}"}, 10e-1 ]`), {Values: gstorm.Values{nil, float32(1), nil}}} {
		if diff := cmp.Diff(want, route(t, b, tuple)); diff != "" {
			t.Errorf("%s: %s", tuple.JSON, diff)
		}
	}
}

func TestPartialKeyUsesTwoTasksPerKeyEvenly(t *testing.T) {
	s := streamTo(t, consumer{gstorm.PartialKey, []string{"word"}, 10})
	used := map[int]bool{}
	for key := range 200 {
		fresh := streamTo(t, consumer{gstorm.PartialKey, []string{"word"}, 10})
		got := counts(t, fresh, repeat(fmt.Sprintf(`["k%d",1,2]`, key), 101)...)
		ids := []int{}
		for id, n := range got {
			ids = append(ids, id)
			if n != 50 && n != 51 {
				t.Errorf("key %d: task %d got %d of 101 tuples", key, id, n)
			}
		}
		if len(ids) != 2 {
			t.Errorf("key %d went to the tasks %v, want two", key, ids)
		}
		for _, tuple := range repeat(fmt.Sprintf(`["k%d",1,2]`, key), 3) {
			if id := route(t, s, tuple)[0]; !slices.Contains(ids, id) {
				t.Errorf("key %d: task %d is not among %v", key, id, ids)
			} else {
				used[id] = true
			}
		}
	}
	if len(used) != 10 {
		t.Errorf("200 keys used only %d of 10 tasks", len(used))
	}
}

func TestPartialKeySplitsOneHotKey(t *testing.T) {
	s := streamTo(t, consumer{gstorm.PartialKey, []string{"word"}, 2})
	if diff := cmp.Diff(map[int]int{2: 500, 3: 500}, counts(t, s, repeat(`["hot",1,2]`, 1000)...)); diff != "" {
		t.Error(diff)
	}
}

func TestPartialKeyWithOneTask(t *testing.T) {
	s := streamTo(t, consumer{gstorm.PartialKey, []string{"word"}, 1})
	if diff := cmp.Diff(map[int]int{2: 9}, counts(t, s, repeat(`["hot",1,2]`, 9)...)); diff != "" {
		t.Error(diff)
	}
}

// TestPartialKeyCandidatesAreIndependent: keys that share their first candidate must not share the second.
func TestPartialKeyCandidatesAreIndependent(t *testing.T) {
	c := &byKeyLessUsed{targets: make([]Target, 8)}
	pairs := map[[2]int]int{}
	for i := range 8 * 7 * 100 {
		first, second := c.candidates(hashInt(int64(i)))
		if first == second {
			t.Fatalf("key %d has the candidate %d twice", i, first)
		}
		pairs[[2]int{first, second}]++
	}
	for pair, n := range pairs {
		if n < 50 || n > 150 {
			t.Errorf("%d keys have the candidates %v, want about 100", n, pair)
		}
	}
	if len(pairs) != 8*7 {
		t.Errorf("%d pairs of candidates occur, want 56", len(pairs))
	}
}

func TestAllGlobalNone(t *testing.T) {
	all := streamTo(t, consumer{grouping: gstorm.All, tasks: 3})
	if diff := cmp.Diff([]int{2, 3, 4}, route(t, all, text(`[]`))); diff != "" {
		t.Error("all: " + diff)
	}
	global := streamTo(t, consumer{grouping: gstorm.Global, tasks: 3})
	if diff := cmp.Diff(map[int]int{2: 10}, counts(t, global, repeat(`[]`, 10)...)); diff != "" {
		t.Error("global: " + diff)
	}
	none := streamTo(t, consumer{grouping: gstorm.None, tasks: 3})
	got := counts(t, none, repeat(`[]`, 3000)...)
	for id := 2; id <= 4; id++ {
		if got[id] < 800 || got[id] > 1200 {
			t.Errorf("none: task %d got %d of 3000 tuples", id, got[id])
		}
	}
}

func TestLocalOrShuffle(t *testing.T) {
	p := planFor(t, consumer{grouping: gstorm.LocalOrShuffle, tasks: 4})
	tests := []struct {
		name  string
		local func(int) bool
		want  map[int]int
	}{
		{"some are local", func(task int) bool { return task == 3 || task == 5 }, map[int]int{3: 6, 5: 6}},
		{"none is local", func(int) bool { return false }, map[int]int{2: 3, 3: 3, 4: 3, 5: 3}},
		{"all are local", nil, map[int]int{2: 3, 3: 3, 4: 3, 5: 3}},
	}
	for _, test := range tests {
		s := NewStream(p, "emitter", emitterTask, gstorm.DefaultStream, test.local, 1)
		if diff := cmp.Diff(test.want, counts(t, s, repeat(`[]`, 12)...)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestDirect(t *testing.T) {
	s := streamTo(t, consumer{grouping: gstorm.Direct, tasks: 2}, consumer{grouping: gstorm.Direct, tasks: 1})
	for task := 2; task <= 4; task++ {
		got, err := s.Direct(nil, task)
		if diff := cmp.Diff([]Target{{Task: task}}, got); err != nil || diff != "" {
			t.Errorf("task %d: %v %s", task, err, diff)
		}
	}
	for _, task := range []int{-1, 0, emitterTask, 5} {
		got, err := s.Direct([]Target{{Task: 9}}, task)
		if err == nil || len(got) != 1 {
			t.Errorf("task %d: %v, %v; want an error and dst as it was", task, got, err)
		}
	}
	if got, err := s.Route(nil, text(`[1,2,3]`)); err == nil || len(got) != 0 {
		t.Errorf("Route on a direct stream: %v, %v; want an error", got, err)
	}
}

func TestDirectNeedsTheDirectGrouping(t *testing.T) {
	s := streamTo(t, consumer{grouping: gstorm.Shuffle, tasks: 2})
	if got, err := s.Direct(nil, 2); err == nil {
		t.Errorf("got %v, want an error", got)
	}
}

func TestSeveralConsumers(t *testing.T) {
	s := streamTo(t, consumer{grouping: gstorm.All, tasks: 2}, consumer{gstorm.FieldsGrouping, []string{"word"}, 1},
		consumer{grouping: gstorm.Global, tasks: 2}, consumer{gstorm.FieldsGrouping, []string{"rest", "word"}, 1})
	got, err := s.Route([]Target{{Task: 99}}, text(`["a",1,"b"]`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{99, 2, 3, 4, 5, 7}, tasks(got)); diff != "" {
		t.Error(diff)
	}
}

func TestNoConsumers(t *testing.T) {
	p := planFor(t, consumer{grouping: gstorm.All, tasks: 1})
	if s := NewStream(p, "emitter", emitterTask, gstorm.DefaultStream, nil, 1); !s.HasConsumers() {
		t.Error("the consumer is missing")
	}
	for _, name := range [][2]string{{"emitter", "other"}, {"emitter-0", gstorm.DefaultStream}, {"nobody", gstorm.DefaultStream}} {
		s := NewStream(p, name[0], emitterTask, name[1], nil, 1)
		if s.HasConsumers() {
			t.Errorf("%v has consumers", name)
		}
		if got := route(t, s, text(`not even JSON`)); len(got) > 0 {
			t.Errorf("%v goes to %v", name, got)
		}
		if _, err := s.Direct(nil, 2); err == nil {
			t.Errorf("%v: Direct wants an error", name)
		}
	}
}

// TestFeedbackTravels: a bolt that feeds itself must be able to tell that edge from the others.
func TestFeedbackTravels(t *testing.T) {
	b := gstorm.NewBuilder("loop")
	b.ShellSpout("in", "cat").Output(gstorm.DefaultStream, "x")
	loop := b.ShellBolt("loop", "cat").Output(gstorm.DefaultStream, "x").From("in", "", gstorm.All)
	b.ShellBolt("out", "cat").From("loop", "", gstorm.FieldsGrouping, "x")
	for _, g := range []gstorm.Grouping{gstorm.Shuffle, gstorm.LocalOrShuffle, gstorm.All, gstorm.Global, gstorm.None, gstorm.FieldsGrouping, gstorm.PartialKey} {
		c := loop.From("loop", "", g) // the latest subscription counts
		if g.TakesFields() {
			c.From("loop", "", g, "x")
		}
		p, err := plan.Build(b.Topology(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		s := NewStream(p, "loop", 2, gstorm.DefaultStream, nil, 1)
		got, err := s.Route(nil, text(`[1]`))
		if diff := cmp.Diff([]Target{{Task: 2, Feedback: true}, {Task: 3}}, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", g, err, diff)
		}
	}
}

func TestRouteNamesTheFieldThatFails(t *testing.T) {
	s := streamTo(t, consumer{grouping: gstorm.Shuffle, tasks: 2}, consumer{gstorm.FieldsGrouping, []string{"n"}, 2})
	tuples := []*gstorm.Tuple{text(`["a"]`), text(`[]`), text(`["a",`), text(``), text(`{"a":1}`), text(`["a" 1]`), text(`[,1]`),
		{Values: gstorm.Values{"a"}}, {Values: gstorm.Values{"a", make(chan int)}}, {}}
	for _, tuple := range tuples {
		got, err := s.Route([]Target{{Task: 99}}, tuple)
		if err == nil || !strings.Contains(err.Error(), `field "n"`) || !strings.Contains(err.Error(), `"emitter"`) {
			t.Errorf("%s %v: error is %v, want it to name the field", tuple.JSON, tuple.Values, err)
		}
		if diff := cmp.Diff([]int{99}, tasks(got)); diff != "" {
			t.Errorf("%s: dst changed: %s", tuple.JSON, diff)
		}
	}
}

// TestErrorsDoNotDisturbTheShuffle: a tuple that is refused takes nobody's turn.
func TestErrorsDoNotDisturbTheShuffle(t *testing.T) {
	s := streamTo(t, consumer{grouping: gstorm.Shuffle, tasks: 2}, consumer{gstorm.FieldsGrouping, []string{"word"}, 2})
	first := route(t, s, text(`["a"]`))[0]
	if _, err := s.Route(nil, text(`[]`)); err == nil {
		t.Fatal("want an error")
	}
	if second := route(t, s, text(`["a"]`))[0]; second == first {
		t.Errorf("task %d got two tuples in a row", second)
	}
}

// TestOneTaskGetsAllKeys: with one task a key decides nothing, but a Go value that would be none with two is refused.
func TestOneTaskGetsAllKeys(t *testing.T) {
	s := streamTo(t, consumer{gstorm.FieldsGrouping, []string{"n"}, 1}, consumer{gstorm.PartialKey, []string{"word"}, 1})
	for _, tuple := range []*gstorm.Tuple{text(`["a",1,{}]`), {Values: gstorm.Values{"a", 1.5, nil}}, {Values: gstorm.Values{nil, []any{1}}}} {
		if diff := cmp.Diff([]int{2, 3}, route(t, s, tuple)); diff != "" {
			t.Errorf("%s %v: %s", tuple.JSON, tuple.Values, diff)
		}
	}
	for _, tuple := range []*gstorm.Tuple{{Values: gstorm.Values{"a"}}, {Values: gstorm.Values{"a", make(chan int)}}} {
		if got, err := s.Route(nil, tuple); err == nil || !strings.Contains(err.Error(), `field "n"`) {
			t.Errorf("%v goes to %v, error %v; want one that names the field", tuple.Values, got, err)
		}
	}
}

// TestPackedTuplesGoWhereOthersDo: packed or not, and refused alike, also where there is only one task to go to.
func TestPackedTuplesGoWhereOthersDo(t *testing.T) {
	for _, tasks := range []int{1, 8} {
		s := streamTo(t, consumer{gstorm.FieldsGrouping, []string{"n"}, tasks})
		for _, values := range []gstorm.Values{{"a", "key", 1}, {"a", 7, 1}, {"a", []any{1, "x"}, 1}, {"a", math.NaN(), 1}, {"a", []byte("b"), 1}, {"a"}} {
			row, err := packed.AppendValues(nil, values)
			if err != nil {
				t.Fatal(err)
			}
			source := &gstorm.Source{Component: "emitter", Fields: gstorm.Fields{"word", "n", "rest"}}
			want, wantErr := s.Route(nil, &gstorm.Tuple{Source: source, Values: values})
			got, gotErr := s.Route(nil, &gstorm.Tuple{Source: source, Packed: row[1:]})
			if diff := cmp.Diff(want, got); diff != "" || (wantErr == nil) != (gotErr == nil) {
				t.Errorf("%v, %d tasks: %v and %v %s", values, tasks, wantErr, gotErr, diff)
			}
		}
	}
}

func TestCustomGrouping(t *testing.T) {
	b := gstorm.NewBuilder("test")
	b.ShellSpout("emitter", "cat").Output(gstorm.DefaultStream, "word", "n", "rest")
	b.ShellBolt("emitter-0", "cat").Parallelism(3).FromCustom("emitter", "", func(tasks []int) func(*gstorm.Tuple) []int {
		return func(t *gstorm.Tuple) []int {
			n, err := t.Int("n")
			switch {
			case err != nil:
				panic(err)
			case n < 0:
				return nil
			case n == 99:
				return []int{99}
			}
			return []int{tasks[n], tasks[0]}
		}
	})
	b.ShellBolt("emitter-1", "cat").Parallelism(2).From("emitter", "", gstorm.Shuffle)
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := NewStream(p, "emitter", emitterTask, gstorm.DefaultStream, nil, 1)
	source := &gstorm.Source{Component: "emitter", Fields: gstorm.Fields{"word", "n", "rest"}}
	choose := func(text string) []int { return route(t, s, &gstorm.Tuple{Source: source, JSON: []byte(text)}) }
	first, second := choose(`["a",1,null]`), choose(`["a",-1,null]`)
	if diff := cmp.Diff([]int{3, 2}, first[:2]); diff != "" || len(first) != 3 || len(second) != 1 {
		t.Fatalf("%v, then %v %s", first, second, diff)
	}
	for text, want := range map[string]string{`["a","x",null]`: "panicked", `["a",99,null]`: "chose task 99"} {
		got, err := s.Route([]Target{{Task: 7}}, &gstorm.Tuple{Source: source, JSON: []byte(text)})
		if err == nil || !strings.Contains(err.Error(), want) || len(got) != 1 {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if third := choose(`["a",-1,null]`); third[0] == second[0] {
		t.Error("what the custom grouping refused took a turn of the shuffle")
	}
	if s.Needs() != Values {
		t.Error("its choice needs no values")
	}
}

func TestLaterFieldsBehindLargeValues(t *testing.T) {
	s := streamTo(t, consumer{gstorm.FieldsGrouping, []string{"rest"}, 8})
	want := route(t, s, text(`[0,0,"key"]`))
	large := strings.Repeat(`\\\"]},[{`, 1<<12)
	for _, before := range []string{`"` + large + `"`, `["` + large + `",[[{}]]]`, `{"a":{"` + large + `":[1,2]}}`, `-1.5e+7`, `null`, `"\\"`} {
		if diff := cmp.Diff(want, route(t, s, text(`[`+before+` , `+before+`,"key"]`))); diff != "" {
			t.Errorf("behind %.20s: %s", before, diff)
		}
	}
}
