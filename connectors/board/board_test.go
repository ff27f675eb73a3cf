package board

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/connectortest"
)

// try opens a board, gives it tuples, and returns what it has told after a tick.
type try struct {
	*testing.T
	bolt gstorm.Bolt
	task *gstorm.TaskContext
}

func open(t *testing.T, options map[string]any) *try {
	t.Helper()
	made, err := Definitions()[0].Build(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &try{T: t, bolt: made.NewBolt(), task: connectortest.Task(t, 0, 1)}
	if err := r.bolt.(gstorm.Opener).Open(t.Context(), r.task); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *try) give(fields gstorm.Fields, values ...any) {
	r.Helper()
	if emitted := connectortest.Execute(r.T, r.bolt, connectortest.Tuple(fields, values...)); len(emitted) > 0 {
		r.Errorf("it has emitted %v", emitted)
	}
}

func (r *try) tick() {
	r.Helper()
	if err := r.bolt.(gstorm.Ticker).Tick(r.Context(), nil); err != nil {
		r.Fatal(err)
	}
}

func (r *try) told() string {
	r.Helper()
	text, err := json.Marshal(r.task.Metrics.(*connectortest.Metrics).Value(Metric))
	if err != nil {
		r.Fatal(err)
	}
	return string(text)
}

// TestWhatIsTold is the form that docs/boards.md promises to who reads it, and asks of others who write it.
func TestWhatIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, map[string]any{"title": "Words", "key": "word", "value": []any{"count", "share"}, "top": 2, "forget": 60})
		fields := gstorm.Fields{"word", "count", "share"}
		if got, want := b.told(), `{"columns":["word","count","share"],"order":{"by":"number","top":2},"rows":[],"show":["bars","stream"],"times":[],"title":"Words"}`; got != want {
			t.Errorf("at first %s, not %s", got, want)
		}
		b.give(fields, "storm", 3, 0.5)
		b.give(fields, "rain", json.Number("4"), 0.25)
		b.give(fields, "wind", 1, 0.1)
		if strings.Contains(b.told(), "storm") {
			t.Error("it is told before the tick")
		}
		b.tick()
		want := `{"columns":["word","count","share"],"order":{"by":"number","top":2},"rows":[["rain",4,0.25],["storm",3,0.5]],"show":["bars","stream"],` +
			`"times":[946684800000,946684800000],"title":"Words","updated":"2000-01-01T00:00:00Z"}`
		if diff := cmp.Diff(want, b.told()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(time.Minute)
		b.tick()
		if got := b.told(); !strings.Contains(got, `"rows":[]`) {
			t.Errorf("a minute later %s", got)
		}
		for _, wrong := range [][]any{{"storm", "3", 1}, {"storm", 3, nil}, {"storm", 3}} {
			if err := b.bolt.Execute(t.Context(), connectortest.Tuple(fields, wrong...), nil); err == nil {
				t.Errorf("%v is taken", wrong)
			}
		}
	})
}

func TestRankingsAndLastTuples(t *testing.T) {
	b := open(t, map[string]any{"keep": "ranking", "value": "top", "show": "table"})
	b.give(gstorm.Fields{"time", "top"}, 60, []any{[]any{"#storm", 3}, []any{"#rain", 2}})
	if connectortest.Close(t, b.bolt); !strings.Contains(b.told(), `"columns":["name","count"]`) || !strings.Contains(b.told(), `"rows":[["#storm",3],["#rain",2]]`) ||
		!strings.Contains(b.told(), `"title":"component"`) {
		t.Errorf("told at the end: %s", b.told())
	}
	if err := b.bolt.Execute(t.Context(), connectortest.Tuple(gstorm.Fields{"time", "top"}, 60, 3), nil); err == nil || !strings.Contains(err.Error(), `field "top" is 3, not a ranking`) {
		t.Errorf("a number for a ranking: %v", err)
	}
	b = open(t, map[string]any{"keep": "last", "top": 2})
	for i := range 3 {
		b.give(gstorm.Fields{"line", "n"}, "x", i)
	}
	if b.tick(); !strings.Contains(b.told(), `"columns":["line","n"],"order":{"by":"time","top":2},"rows":[["x",2],["x",1]],"show":["table"]`) {
		t.Errorf("told: %s", b.told())
	}
	b = open(t, map[string]any{"keep": "last", "value": "n"})
	b.give(gstorm.Fields{"line", "n"}, "x", 7)
	if b.tick(); !strings.Contains(b.told(), `"rows":[[7]]`) {
		t.Errorf("told: %s", b.told())
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	in := gstorm.Fields{"word", "count"}
	for name, options := range map[string]map[string]any{
		"needs the options key and value":     {"key": "word"},
		`option show has "pie"`:               {"key": "word", "value": "count", "show": "pie"},
		"can be shown as a table alone":       {"keep": "last", "show": "bars"},
		"must be at most 100":                 {"key": "word", "value": "count", "top": 101},
		"option forget is 0":                  {"key": "word", "value": "count", "forget": 0},
		"option key is for keep: latest":      {"keep": "ranking", "key": "word", "value": "count"},
		"must name the field":                 {"keep": "ranking"},
		`has no field "wrod", did you mean "`: {"key": "wrod", "value": "count"},
		"more than 8 columns":                 {"keep": "last", "value": []any{"word", "word", "word", "word", "word", "word", "word", "word", "word"}},
	} {
		if _, err := Definitions()[0].Build(options, []gstorm.Fields{in}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v, not %q", options, err, name)
		}
	}
}
