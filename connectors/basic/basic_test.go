package basic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/connectortest"
)

type options map[string]any

// build makes a bolt by its name, for inputs with these fields.
func build(name string, o options, inputs ...gstorm.Fields) (catalog.Made, error) {
	for _, d := range Definitions() {
		if d.Name == name {
			return d.Build(o, inputs)
		}
	}
	return catalog.Made{}, fmt.Errorf("there is no %s", name)
}

// open makes a bolt and opens it.
func open(t *testing.T, name string, o options, inputs ...gstorm.Fields) gstorm.Bolt {
	t.Helper()
	made, err := build(name, o, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	b := made.NewBolt()
	connectortest.Open(t, b)
	return b
}

// outputs are the streams of a bolt, as text.
func outputs(t *testing.T, name string, o options, inputs ...gstorm.Fields) string {
	t.Helper()
	made, err := build(name, o, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	var streams []string
	for id, s := range made.Outputs {
		streams = append(streams, fmt.Sprintf("%s: %s", id, s.Fields))
	}
	slices.Sort(streams)
	return strings.Join(streams, "; ")
}

// in is a tuple with the fields a and b, as JSON from a child process.
func in(values string) *gstorm.Tuple {
	t := connectortest.Tuple(gstorm.Fields{"a", "b"})
	t.Values, t.JSON = nil, []byte(values)
	return t
}

func check(t *testing.T, want, got []connectortest.Emission) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStreams(t *testing.T) {
	ab, c := gstorm.Fields{"a", "b"}, gstorm.Fields{"c"}
	for _, test := range []struct {
		name    string
		options options
		inputs  []gstorm.Fields
		want    string
	}{
		{"log", nil, []gstorm.Fields{ab, c}, ""},
		{"count", nil, []gstorm.Fields{ab, c}, "default: count"},
		{"count", options{"by": []any{"b", "a"}, "count_as": "n"}, []gstorm.Fields{ab}, "default: b, a, n"},
		{"tee", options{"streams": []any{"x", "y"}}, []gstorm.Fields{ab, ab}, "x: a, b; y: a, b"},
		{"sample", options{"one_in": 2}, []gstorm.Fields{c}, "default: c"},
		{"sample", options{"one_in": 2}, nil, "default: none"},
		{"rate_limit", options{"rate": 5}, []gstorm.Fields{nil, ab}, "default: a, b"},
		{"filter", options{"when": "a > 1"}, []gstorm.Fields{ab}, "default: a, b"},
		{"filter", options{"when": "a > 1", "rejected": true}, []gstorm.Fields{ab}, "default: a, b; rejected: a, b"},
		{"map", options{"fields": []any{map[string]any{"x": "a + c"}, map[string]any{"y": 1}}}, []gstorm.Fields{ab, c}, "default: x, y"},
	} {
		if got := outputs(t, test.name, test.options, test.inputs...); got != test.want {
			t.Errorf("%s %v: %s, want %s", test.name, test.options, got, test.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	ab := gstorm.Fields{"a", "b"}
	for _, test := range []struct {
		name    string
		options options
		want    string
	}{
		{"log", options{"level": "loud"}, `option level is "loud": it must be debug, info, warn or error`},
		{"log", options{"fields": "c"}, `its input has no field "c" (its fields: a, b)`},
		{"log", options{"every": 0}, `option every is 0: it must be at least 1`},
		{"log", options{"lvl": "info"}, `the built-in log has no option "lvl" (its options: level, prefix, fields, every)`},
		{"log", options{"levle": "info"}, `the built-in log has no option "levle", did you mean "level"?`},
		{"count", options{"by": "c"}, `its input has no field "c" (its fields: a, b)`},
		{"count", options{"by": "a", "count_as": "a"}, `option count_as names a field of by: the count needs a name of its own`},
		{"count", options{"every": 0}, `option every is 0: it must be more`},
		{"tee", nil, `the built-in tee needs the option streams: the names of the streams`},
		{"tee", options{"streams": []any{"x", "x"}}, `option streams has "x": names must differ, not be empty and not begin with __`},
		{"tee", options{"streams": []any{"x", 1}}, `option streams is ["x",1]: it must be a text or a list of texts`},
		{"sample", nil, `one of the options probability and one_in is needed, not both`},
		{"sample", options{"probability": 1.5}, `option probability is more than 1`},
		{"sample", options{"probability": -1}, `option probability is -1: it must be at least 0`},
		{"sample", options{"one_in": 2, "seed": 1}, `option seed is for probability: one_in is never random`},
		{"rate_limit", options{"rate": 0}, `option rate is 0: it must be more`},
		{"filter", options{"when": ""}, `option when: the expression is empty`},
		{"filter", options{"when": "a >"}, `option when: the expression "a >", line 1, column 3: unexpected token EOF`},
		{"filter", options{"when": "a > 1\nand c"}, "option when: the expression \"a > 1\\nand c\", line 2, column 5: unknown name c (the fields: a, b)"},
		{"filter", options{"when": "1 + 2"}, `option when: the expression "1 + 2": expected bool, but got int`},
		{"filter", options{"when": true}, `option when is true: it must be a text`},
		{"map", options{"fields": []any{map[string]any{"x": "c"}, map[string]any{"y": "b("}}},
			"option fields, x: the expression \"c\", line 1, column 1: unknown name c (the fields: a, b)\noption fields, y: the expression \"b(\", line 1, column 2: unexpected token EOF"},
		{"map", options{"fields": map[string]any{"x": "a"}}, `option fields is {"x":"a"}: it must be a list with one name and its value in each item, as [{a: 1}, {b: 2}]`},
	} {
		if _, err := build(test.name, test.options, ab); err == nil || err.Error() != test.want {
			t.Errorf("%s %v:\n got %v\nwant %s", test.name, test.options, err, test.want)
		}
	}
	if _, err := build("tee", options{"streams": "x"}, ab, gstorm.Fields{"c"}); err == nil || !strings.Contains(err.Error(), "different fields (a, b; c)") {
		t.Errorf("different inputs: %v", err)
	}
}

func TestLog(t *testing.T) {
	var log bytes.Buffer
	task := connectortest.Task(t, 0, 1)
	task.Logger = slog.New(slog.NewTextHandler(&log, nil))
	for _, o := range []options{{"prefix": "all"}, {"fields": []any{"b"}, "level": "warn"}, {"level": "debug"}} {
		made, err := build("log", o)
		if err != nil {
			t.Fatal(err)
		}
		b := made.NewBolt()
		if err := b.(gstorm.Opener).Open(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		connectortest.Execute(t, b, in(`["<ü>",12345678901234567890]`))
	}
	for _, want := range []string{`level=INFO msg="all [\"<ü>\",12345678901234567890]" from=in/1`, `level=WARN msg="{\"b\":12345678901234567890}"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is missing in:\n%s", want, log.String())
		}
	}
	if strings.Count(log.String(), "\n") != 2 {
		t.Errorf("more was logged:\n%s", log.String())
	}
	log.Reset()
	made, _ := build("log", options{"every": 3})
	b := made.NewBolt()
	_ = b.(gstorm.Opener).Open(t.Context(), task)
	for range 7 {
		connectortest.Execute(t, b, in(`[1,2]`))
	}
	if n := strings.Count(log.String(), "\n"); n != 3 {
		t.Errorf("one in three of seven tuples: %d were logged", n)
	}
}

func TestCount(t *testing.T) {
	b := open(t, "count", options{"by": "a"})
	got := connectortest.Execute(t, b, in(`["x",1]`), in(`[1,1]`), in(`["x",2]`), in(`["1",1]`), in(`[1,5]`))
	check(t, connectortest.Default([]any{"x", 1}, []any{json.Number("1"), 1}, []any{"x", 2}, []any{"1", 1}, []any{json.Number("1"), 2}), got)
	check(t, connectortest.Default([]any{1}, []any{2}), connectortest.Execute(t, open(t, "count", nil), in(`[1,2]`), in(`[3,4]`)))
}

func TestCountAtTicks(t *testing.T) {
	made, err := build("count", options{"by": []any{"a"}, "every": 2.5})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(gstorm.Config{gstorm.TopologyTickFreq: 2.5}, made.Config); diff != "" {
		t.Error(diff)
	}
	b := made.NewBolt()
	tick := func() []connectortest.Emission {
		var r connectortest.Recorder
		if err := b.(gstorm.Ticker).Tick(t.Context(), gstorm.NewCollector(&r)); err != nil {
			t.Error(err)
		}
		return r.Emitted()
	}
	if got := connectortest.Execute(t, b, in(`["x",1]`), in(`["y",1]`), in(`["x",1]`)); len(got) > 0 {
		t.Errorf("before the tick: %v", got)
	}
	check(t, connectortest.Default([]any{"x", 2}, []any{"y", 1}), tick())
	check(t, []connectortest.Emission{}, tick())
	connectortest.Execute(t, b, in(`["y",1]`))
	check(t, connectortest.Default([]any{"y", 2}), connectortest.Close(t, b))
}

func TestTee(t *testing.T) {
	got := connectortest.Execute(t, open(t, "tee", options{"streams": []any{"x", "y"}}), in(`[1,[2]]`))
	values := []any{json.Number("1"), []any{json.Number("2")}}
	check(t, []connectortest.Emission{{Stream: "x", Values: values}, {Stream: "y", Values: values}}, got)
}

func TestSample(t *testing.T) {
	numbers := make([]*gstorm.Tuple, 1000)
	for i := range numbers {
		numbers[i] = connectortest.Tuple(gstorm.Fields{"n"}, i)
	}
	check(t, connectortest.Default([]any{0}, []any{400}, []any{800}), connectortest.Execute(t, open(t, "sample", options{"one_in": 400}), numbers...))
	some := connectortest.Execute(t, open(t, "sample", options{"probability": 0.2, "seed": 3}), numbers...)
	if len(some) < 150 || len(some) > 250 {
		t.Errorf("a fifth of 1000 is %d", len(some))
	}
	check(t, some, connectortest.Execute(t, open(t, "sample", options{"probability": 0.2, "seed": 3}), numbers...))
	if none := connectortest.Execute(t, open(t, "sample", options{"probability": 0}), numbers...); len(none) > 0 {
		t.Errorf("none is %d", len(none))
	}
	if all := connectortest.Execute(t, open(t, "sample", options{"probability": 1}), numbers...); len(all) != len(numbers) {
		t.Errorf("all is %d", len(all))
	}
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, "rate_limit", options{"rate": 10, "burst": 5})
		start := time.Now()
		got := connectortest.Execute(t, b, slices.Repeat([]*gstorm.Tuple{in(`["x",1]`)}, 25)...)
		if took := time.Since(start).Round(time.Millisecond); took != 2*time.Second || len(got) != 25 {
			t.Errorf("%d tuples took %v", len(got), took)
		}
	})
}

func TestRateLimitMindsTheMessageTimeout(t *testing.T) {
	for _, test := range []struct {
		rate   float64
		config gstorm.Config
		log    string
		err    string
	}{
		{rate: 10000},
		{rate: 10, log: `hint="set topology.max.spout.pending to 150 at most"`},
		{rate: 10, config: gstorm.Config{gstorm.TopologyMaxSpoutPending: 150}},
		{rate: 10, config: gstorm.Config{gstorm.TopologyEnableTimeouts: false}},
		{rate: 0.05, err: "a tuple of 0.025 a second and task waits longer than topology.message.timeout.secs (30s)"},
	} {
		var log bytes.Buffer
		task := connectortest.Task(t, 0, 2)
		task.Logger = slog.New(slog.NewTextHandler(&log, nil))
		task.Config = task.Config.Merge(test.config)
		made, err := build("rate_limit", options{"rate": test.rate})
		if err != nil {
			t.Fatal(err)
		}
		err = made.NewBolt().(gstorm.Opener).Open(t.Context(), task)
		if text := fmt.Sprint(err); err != nil && text != test.err || err == nil && test.err != "" {
			t.Errorf("%v a second: %s, want %s", test.rate, text, test.err)
		}
		if !strings.Contains(log.String(), test.log) || test.log == "" && log.Len() > 0 {
			t.Errorf("%v a second %v: logged %q, want %q", test.rate, test.config, &log, test.log)
		}
	}
}

func TestFilter(t *testing.T) {
	for expression, want := range map[string][]int{
		`a > 1`:                          {1, 2},
		`a == 2 and b contains "w"`:      {1},
		`b in ["two", "three"]`:          {1, 2},
		`len(b) > 3 || a < 2`:            {0, 2},
		`$env["a"] == 3`:                 {2},
		`a * 10 == 20`:                   {1},
		`a / 2 >= 1.5`:                   {2},
		`b matches "^t" and not (a > 2)`: {1},
		`true`:                           {0, 1, 2},
	} {
		b := open(t, "filter", options{"when": expression, "rejected": true}, gstorm.Fields{"a", "b"})
		var passed []int
		for i, tuple := range []string{`[1,"one"]`, `[2,"two"]`, `[3,"three"]`} {
			got := connectortest.Execute(t, b, in(tuple))
			if len(got) != 1 || len(got[0].Values) != 2 {
				t.Fatalf("%s: %s became %v", expression, tuple, got)
			}
			if got[0].Stream == gstorm.DefaultStream {
				passed = append(passed, i)
			} else if got[0].Stream != "rejected" {
				t.Errorf("%s: emitted to %s", expression, got[0].Stream)
			}
		}
		if !slices.Equal(passed, want) {
			t.Errorf("%s: passed %v, want %v", expression, passed, want)
		}
	}
}

func TestFilterDropsWhatNobodyWants(t *testing.T) {
	b := open(t, "filter", options{"when": "a.deep[1].x == 7"})
	got := connectortest.Execute(t, b, in(`[{"deep":[0,{"x":7}]},12345678901234567890]`), in(`[{"deep":[0,{"x":8}]},0]`))
	if len(got) != 1 || got[0].Values[1] != json.Number("12345678901234567890") {
		t.Errorf("got %v", got)
	}
}

func TestExpressionsThatCannotBeComputed(t *testing.T) {
	for _, test := range []struct {
		bolt    string
		options options
		want    string
	}{
		{"filter", options{"when": "a > 1"}, `the expression "a > 1", line 1, column 3: invalid operation: string > int`},
		{"filter", options{"when": "b"}, `the expression "b", line 1, column 1: invalid operation: bool(int)`},
		{"map", options{"fields": []any{map[string]any{"x": "a + 1"}}}, `the expression "a + 1", line 1, column 3: invalid operation: string + int`},
	} {
		b := open(t, test.bolt, test.options)
		err := b.Execute(t.Context(), in(`["x",1]`), gstorm.NewCollector(&connectortest.Recorder{}))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s %v:\n got %v\nwant %s", test.bolt, test.options, err, test.want)
		}
	}
}

func TestMap(t *testing.T) {
	fields := func(list ...[2]string) []any {
		var all []any
		for _, pair := range list {
			all = append(all, map[string]any{pair[0]: pair[1]})
		}
		return all
	}
	b := open(t, "map", options{"fields": fields(
		[2]string{"same", "b"}, [2]string{"shout", `upper(a) + "!"`}, [2]string{"list", "map(split(a, \" \"), len(#))"},
		[2]string{"object", `{"a": a, "n": 1.5}`}, [2]string{"nothing", "nil"}, [2]string{"more", "b + 1"}, [2]string{"time", `duration("90s")`},
	)}, gstorm.Fields{"a", "b"})
	got := connectortest.Execute(t, b, in(`["to be",1234567890123456789]`))
	check(t, connectortest.Default([]any{
		json.Number("1234567890123456789"), "TO BE!", []any{2, 2}, map[string]any{"a": "to be", "n": 1.5}, nil, 1234567890123456790, "1m30s",
	}), got)
	check(t, connectortest.Default([]any{json.Number("1e400")}), connectortest.Execute(t, open(t, "map", options{"fields": fields([2]string{"x", "a"})}), in(`[1e400,1]`)))
}

func TestTicksAreNoTuples(t *testing.T) {
	for _, d := range Definitions() {
		made, err := d.Build(map[string]options{
			"tee": {"streams": "x"}, "sample": {"one_in": 1}, "rate_limit": {"rate": 1}, "filter": {"when": "true"}, "map": {"fields": []any{map[string]any{"x": "1"}}},
		}[d.Name], nil)
		if err != nil {
			t.Fatal(err)
		}
		var r connectortest.Recorder
		if ticker, ok := made.NewBolt().(gstorm.Ticker); !ok || ticker.Tick(t.Context(), gstorm.NewCollector(&r)) != nil || len(r.Emitted()) > 0 {
			t.Errorf("%s takes a tick for a tuple", d.Name)
		}
	}
}
