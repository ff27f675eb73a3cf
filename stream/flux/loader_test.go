package flux_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/builtin"
	"github.com/gstorm/gstorm/internal/schematest"
	"github.com/gstorm/gstorm/spec"
	"github.com/gstorm/gstorm/stream/flux"
)

// world is what a script of TestLoad has put up.
type world struct {
	files       map[string]string
	properties  map[string]string
	environment map[string]string
}

func (w *world) loader() flux.Loader {
	l := flux.Loader{Properties: w.properties, Resources: "resources", Read: func(file string) ([]byte, error) {
		text, ok := w.files[file]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: file, Err: fs.ErrNotExist}
		}
		return []byte(text), nil
	}}
	if w.environment != nil {
		l.Environment = func(name string) (string, bool) {
			value, ok := w.environment[name]
			return value, ok
		}
	}
	return l
}

// TestLoad runs testdata/load/*.txt. Their commands:
//
//	file NAME         puts up a file beside the topology
//	properties        the input is a properties file for the loads that follow
//	environment       the input is name=value lines, which ${ENV-NAME} means from then on
//	load              the input is the file dir/t.yaml. Shows its description, a component a line, and all problems,
//	                  those of the validator too
func TestLoad(t *testing.T) {
	schema := schematest.Compile(t, spec.TopologySchema())
	datadriven.Walk(t, "testdata/load", func(t *testing.T, path string) {
		w := &world{files: map[string]string{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "file":
				w.files[d.CmdArgs[0].Key] = d.Input
			case "properties", "environment":
				values, err := flux.ParseProperties(d.Input)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				if d.Cmd == "properties" {
					w.properties = values
				} else {
					w.environment = values
				}
			case "load":
				w.files["dir/t.yaml"] = d.Input
				topology, err := w.loader().Load("dir/t.yaml")
				if err != nil {
					return refusal(t, err)
				}
				if err := schema.CheckValue(topology); err != nil {
					t.Errorf("%s: not by the schema: %v", d.Pos, err)
				}
				return show(t, topology)
			default:
				d.Fatalf(t, "unknown command %q", d.Cmd)
			}
			return ""
		})
	})
}

func refusal(t *testing.T, err error) string {
	var problems gstorm.Problems
	if !errors.As(err, &problems) || len(problems.Errors()) == 0 {
		t.Errorf("%v is no list of problems", err)
	}
	return err.Error()
}

// show is the description with a component a line, then its problems.
func show(t *testing.T, topology *gstorm.Topology) string {
	var b strings.Builder
	topology.SettleBuiltins(builtin.All().Outline)
	problems := topology.Validate(builtin.All().Outline)
	components := topology.Components
	whole := *topology
	whole.Components, whole.Problems = nil, nil
	fmt.Fprintln(&b, text(t, whole))
	for _, c := range components {
		fmt.Fprintln(&b, text(t, c))
	}
	for _, p := range problems {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

func text(t *testing.T, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(encoded), `,"components":null`, "", 1)
}

func TestLoadsFromDisk(t *testing.T) {
	_, err := flux.Loader{}.Load("testdata/none.yaml")
	if refusal(t, err); !strings.Contains(err.Error(), "testdata/none.yaml: error: ") {
		t.Error(err)
	}
}

func TestSizeIsBounded(t *testing.T) {
	w := world{files: map[string]string{"t.yaml": "name: " + strings.Repeat("x", flux.MaxSize)}}
	if _, err := w.loader().Load("t.yaml"); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
}

func TestDepthIsBounded(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 10_000), strings.Repeat("- ", 10_000), strings.Repeat("[\n", 1_000) + strings.Repeat("]", 1_000)} {
		w := world{files: map[string]string{"t.yaml": text}}
		if _, err := w.loader().Load("t.yaml"); err == nil || !strings.Contains(err.Error(), "nested") && !strings.Contains(err.Error(), "column") {
			t.Error(err)
		}
	}
}
