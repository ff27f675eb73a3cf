package builtin

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/stream/flux"
)

// TestThePage: docs/builtins.md has a section for each component, made from its definition. UPDATE_DOCS=1 writes them.
func TestThePage(t *testing.T) {
	const file, marker = "../../docs/builtins.md", "<!-- Everything below is made from the definitions: UPDATE_DOCS=1 go test ./connectors/builtin -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, sections, found := strings.Cut(string(text), marker)
	if !found {
		t.Fatalf("%s has no line %s", file, marker)
	}
	var now strings.Builder
	for _, kind := range []gstorm.Kind{gstorm.SpoutKind, gstorm.BoltKind} {
		now.WriteString("\n## " + strings.ToUpper(string(kind[:1])) + string(kind[1:]) + "s\n")
		for _, d := range All() {
			if d.Kind == kind {
				now.WriteString("\n" + Markdown(&d))
			}
		}
	}
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(file, []byte(head+marker+now.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(now.String(), sections); diff != "" {
		t.Errorf("%s is not what the components are; UPDATE_DOCS=1 writes it (-components +page):\n%s", file, diff)
	}
}

var optionName = regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)*$`)

func TestDefinitionsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range All() {
		id := string(d.Kind) + " " + d.Name
		if seen[id] {
			t.Errorf("there are two of %s", id)
		}
		seen[id] = true
		if d.Doc == "" || strings.HasSuffix(d.Doc, ".") || d.Promise == "" || d.Make == nil {
			t.Errorf("%s does not say all that it has to", id)
		}
		// What is a keyword in a language, or says something else about every component there, is no name for an option.
		names := map[string]bool{
			"as": true, "from": true, "in": true, "with": true, "is": true, "class": true, "import": true, "return": true, "if": true, "not": true,
			"name": true, "inputs": true, "par": true, "tasks": true, "config": true, "outputs": true,
		}
		for _, o := range d.Options {
			if !optionName.MatchString(o.Name) || names[o.Name] || o.Doc == "" || strings.HasSuffix(o.Doc, ".") || o.Required && o.Default != nil {
				t.Errorf("%s: option %q", id, o.Name)
			}
			names[o.Name] = true
		}
	}
}

// TestExamplesAreValid reads each component's example as a topology.
func TestExamplesAreValid(t *testing.T) {
	for _, d := range All() {
		if d.Example == "" && len(d.Options) > 0 {
			t.Errorf("%s %s has no example", d.Kind, d.Name)
		}
		yaml := "name: t\nspouts: [{id: s, builtin: generate, options: {fields: [{word: a}, {count: 1}]}}"
		if d.Kind == gstorm.SpoutKind {
			yaml += ", {id: it, builtin: " + d.Name + ", options: " + flow(d.Example) + "}]\n"
		} else {
			yaml += "]\nbolts: [{id: it, builtin: " + d.Name + ", options: " + flow(d.Example) + "}]\n" +
				"streams: [{from: s, to: it, grouping: {type: SHUFFLE}}]\n"
		}
		file := filepath.Join(t.TempDir(), "t.yaml")
		if err := os.WriteFile(file, []byte(yaml), 0o666); err != nil {
			t.Fatal(err)
		}
		topology, err := (flux.Loader{}).Load(file)
		if err != nil {
			t.Fatal(err)
		}
		topology.SettleBuiltins(All().Outline)
		if problems := topology.Validate(All().Outline); len(problems) > 0 {
			t.Errorf("%s %s: %v\n%s", d.Kind, d.Name, problems, yaml)
		}
	}
}

// TestOutputsNeedNoInputs: what the host makes of a component, it makes without knowing the inputs.
func TestOutputsNeedNoInputs(t *testing.T) {
	all := Catalog{{Name: "a", Kind: gstorm.BoltKind, Options: []catalog.Option{{Name: "n", Type: catalog.Integer, Required: true, Doc: "it"}},
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			if inputs != nil {
				t.Error("there are inputs")
			}
			return catalog.Made{NewBolt: func() gstorm.Bolt { return nil }}, nil
		}}}
	spout, bolt, err := all.New(gstorm.BoltKind, &gstorm.Implementation{Name: "a", Options: map[string]any{"n": 1}})
	if spout != nil || bolt == nil || err != nil {
		t.Errorf("%v", err)
	}
	for name, options := range map[string]map[string]any{"a": nil, "b": {"n": 1}} {
		if _, _, err := all.New(gstorm.BoltKind, &gstorm.Implementation{Name: name, Options: options}); err == nil {
			t.Errorf("%s %v was made", name, options)
		}
	}
}
