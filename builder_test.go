package gstorm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

type nothing struct{}

func (nothing) Next(context.Context, *gstorm.SpoutCollector) error { return gstorm.ErrFinished }

func (nothing) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }

// line is the line that it is called on.
func line() int {
	_, _, n, _ := runtime.Caller(1)
	return n
}

// TestBuilderPositions: problems of a topology made in Go point to the calls that made it.
func TestBuilderPositions(t *testing.T) {
	b := gstorm.NewBuilder("t")
	first := line() + 1
	b.Spout("spout", nil)
	b.ShellSpout("shell spout").
		Output("x", "y")
	b.Bolt("bolt", nil).
		From("spuot", "", gstorm.Shuffle).
		From("shell spout", "x", gstorm.FieldsGrouping,
			"z")
	b.ShellBolt("shell bolt", "cat")
	at := func(offset int, message string) string {
		return fmt.Sprintf("builder_test.go:%d: error: %s", first+offset, message)
	}
	want := []string{
		at(0, `spout "spout" has no Go function that makes it`),
		at(1, `spout "shell spout" has no command to run`),
		at(3, `bolt "bolt" has no Go function that makes it`),
		at(4, `bolt "bolt": unknown source "spuot", did you mean "spout"?`),
		at(5, `bolt "bolt": stream "x" of "shell spout" has no field "z" (its fields: y)`),
		at(7, `bolt "shell bolt" has no input`),
	}
	if diff := cmp.Diff(want, strings.Split(b.Topology().Validate(nil).Error(), "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestBuilder(t *testing.T) {
	b := gstorm.NewBuilder("words").Set("topology.workers", 1)
	b.Bolt("count", func() gstorm.Bolt { return nothing{} }).Parallelism(3).Set("a", 1).Set("b", 2).
		From("split", "", gstorm.FieldsGrouping, "word").From("split", "errors", gstorm.Direct)
	b.ShellBolt("split", "python3", "split.py").Dir("resources").Output("default", "word").DirectOutput("errors", "text").From("lines", "lines", gstorm.Shuffle)
	b.Spout("lines", func() gstorm.Spout { return nothing{} }).Output("lines", "line")
	topology := b.Topology()
	if problems := topology.Validate(nil); len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range topology.Components {
		c := &topology.Components[i]
		c.At = gstorm.Position{}
		for k := range c.Inputs {
			c.Inputs[k].At = gstorm.Position{}
		}
	}
	got, err := json.MarshalIndent(topology, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "gstorm": 1,
 "name": "words",
 "language": "go",
 "file": "builder_test.go",
 "config": {
  "topology.workers": 1
 },
 "components": [
  {
   "id": "count",
   "kind": "bolt",
   "run": {
    "type": "native"
   },
   "parallelism": 3,
   "config": {
    "a": 1,
    "b": 2
   },
   "inputs": [
    {
     "from": "split",
     "grouping": "fields",
     "fields": [
      "word"
     ]
    },
    {
     "from": "split",
     "stream": "errors",
     "grouping": "direct"
    }
   ]
  },
  {
   "id": "split",
   "kind": "bolt",
   "run": {
    "type": "shell",
    "command": [
     "python3",
     "split.py"
    ],
    "dir": "resources"
   },
   "parallelism": 1,
   "outputs": {
    "default": {
     "fields": [
      "word"
     ]
    },
    "errors": {
     "fields": [
      "text"
     ],
     "direct": true
    }
   },
   "inputs": [
    {
     "from": "lines",
     "stream": "lines",
     "grouping": "shuffle"
    }
   ]
  },
  {
   "id": "lines",
   "kind": "spout",
   "run": {
    "type": "native"
   },
   "parallelism": 1,
   "outputs": {
    "lines": {
     "fields": [
      "line"
     ]
    }
   }
  }
 ]
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if _, ok := topology.Component("lines").Implementation.NewSpout().(nothing); !ok {
		t.Error("the function that makes the spout is lost")
	}
}
