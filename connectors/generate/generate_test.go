package generate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/connectortest"
)

// build makes the spout of options, which are JSON as in a description.
func build(t *testing.T, options string) (catalog.Made, error) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(options))
	d.UseNumber()
	var given map[string]any
	if err := d.Decode(&given); err != nil {
		t.Fatal(err)
	}
	return Definitions()[0].Build(given, nil)
}

func mustBuild(t *testing.T, options string) gstorm.Spout {
	t.Helper()
	made, err := build(t, options)
	if err != nil {
		t.Fatal(err)
	}
	return made.NewSpout()
}

// first are the first n tuples of a spout.
func first(t *testing.T, s gstorm.Spout, n int) [][]any {
	t.Helper()
	connectortest.Open(t, s)
	var out connectortest.Recorder
	for range n {
		if err := s.Next(t.Context(), gstorm.NewSpoutCollector(&out)); err != nil {
			t.Fatal(err)
		}
	}
	var values [][]any
	for _, e := range out.Emitted() {
		values = append(values, e.Values)
	}
	return values
}

func TestKeepsWhatSpoutsPromise(t *testing.T) {
	const options = `{"fields":[{"id":"sequence"},{"word":["a","b"]},{"text":"{word} no {id}"}],"count":20,"seed":7}`
	want := first(t, mustBuild(t, options), 20)
	connectortest.Spout(t, connectortest.SpoutKit{
		New:  func(t *testing.T) gstorm.Spout { return mustBuild(t, options) },
		Want: connectortest.Default(want...),
	})
}

func TestFieldsAreWhatTheyAreSaidToBe(t *testing.T) {
	const options = `{"fields":[{"n":"sequence"},{"die":{"min":1,"max":6}},{"share":{"min":0,"max":0.5}},{"word":["a",2,null]},
		{"text":"{word}/{n}/{sequence}"},{"plain":"x"},{"seven":7},{"yes":true}]}`
	dice, words := map[any]int{}, map[any]int{}
	for i, values := range first(t, mustBuild(t, options), 200) {
		dice[values[1]]++
		words[values[3]]++
		if share := values[2].(float64); share < 0 || share >= 0.5 {
			t.Errorf("share is %v", share)
		}
		want := []any{i, values[1], values[2], values[3], fmt.Sprintf("%v/%d/%d", values[3], i, i), "x", json.Number("7"), true}
		if diff := cmp.Diff(want, values); diff != "" {
			t.Error(diff)
		}
	}
	if len(dice) != 6 || dice[1] == 0 || dice[6] == 0 || len(words) != 3 {
		t.Errorf("the numbers were %v, the words %v", dice, words)
	}
}

func TestTheSeedDecides(t *testing.T) {
	const fields = `{"fields":[{"n":{"min":0,"max":1000000}}],"seed":%d}`
	one, again, other := first(t, mustBuild(t, fmt.Sprintf(fields, 1)), 50), first(t, mustBuild(t, fmt.Sprintf(fields, 1)), 50), first(t, mustBuild(t, fmt.Sprintf(fields, 2)), 50)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Errorf("the same seed: %s", diff)
	}
	if cmp.Equal(one, other) {
		t.Error("another seed makes the same tuples")
	}
}

func TestTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustBuild(t, `{"rate":100}`)
		task := connectortest.Task(t, 0, 2)
		if err := s.(gstorm.Opener).Open(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		var out connectortest.Recorder
		// All time here is the virtual clock's.
		pass := func(d time.Duration) (emitted int) {
			before := len(out.Emitted())
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Millisecond) {
				if err := s.Next(t.Context(), gstorm.NewSpoutCollector(&out)); err != nil {
					t.Fatal(err)
				}
			}
			return len(out.Emitted()) - before
		}
		time.Sleep(time.Hour)
		_ = s.(gstorm.Activator).Activate(t.Context())
		if n := pass(10 * time.Second); n < 499 || n > 501 {
			t.Errorf("one of two tasks has emitted %d tuples in ten seconds", n)
		}
		_ = s.(gstorm.Activator).Deactivate(t.Context())
		time.Sleep(time.Hour)
		_ = s.(gstorm.Activator).Activate(t.Context())
		if n := pass(time.Second); n > 51 {
			t.Errorf("after a rest it has emitted %d tuples in a second", n)
		}
	})
}

func TestMistakes(t *testing.T) {
	for options, want := range map[string]string{
		`{"fields":[{"a":[]}]}`:                    "option fields, a: the list to choose from is empty",
		`{"fields":[{"a":"{b}"},{"b":1}]}`:         `option fields, a: in the text "{b}", {b} is neither {sequence} nor a field before it (those are: none)`,
		`{"fields":[{"a":"x {"}]}`:                 `option fields, a: in the text "x {", {} is neither {sequence} nor a field before it (those are: none)`,
		`{"fields":[{"a":{"min":2,"max":1}}]}`:     "option fields, a: a mapping has a min and a max that is not less, and nothing else",
		`{"fields":[{"a":{"min":2}}]}`:             "option fields, a: a mapping needs the number max, from -2^53 to 2^53",
		`{"fields":[{"a":{"min":0,"max":1e300}}]}`: "option fields, a: a mapping needs the number max, from -2^53 to 2^53",
		`{"fields":[{"a":{"min":"0","max":1}}]}`:   "option fields, a: a mapping needs the number min, from -2^53 to 2^53",
		`{"fields":[{"a":1},{"a":2}]}`:             `option fields is [{"a":1},{"a":2}]: it names "a" twice`,
		`{"rate":0}`:                               "option rate is 0: it must be more",
		`{"rate":"fast","count":1.5}`:              "option count is 1.5: it must be a whole number\noption rate is \"fast\": it must be a number",
	} {
		if _, err := build(t, options); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", options, err, want)
		}
	}
}
