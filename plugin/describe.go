package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
)

// wanted is what gstorm has asked for, by variables that the adapter sets.
type wanted struct {
	file       string   // as the user wrote it
	class      string   // which topology; "": the last one
	components []string // instead of a topology
	component  string   // of a task
}

func wantedHere() wanted {
	w := wanted{file: os.Getenv("GSTORM_FILE"), class: os.Getenv("GSTORM_CLASS"), component: os.Getenv("GSTORM_COMPONENT")}
	if list := os.Getenv("GSTORM_COMPONENTS"); list != "" {
		w.components = strings.Split(list, "\n")
	}
	return w
}

// said is what a describing process writes to its control channel.
type said struct {
	Topology *gstorm.Topology `json:"topology,omitempty"`
	Problems gstorm.Problems  `json:"problems,omitempty"`
}

// describe says what the topologies are and waits until gstorm has no more use for that. The result is the exit code.
func describe(topologies []*gstorm.Topology) int {
	out, err := strconv.Atoi(os.Getenv("GSTORM_CONTROL_OUT"))
	in, err2 := strconv.Atoi(os.Getenv("GSTORM_CONTROL_IN"))
	if err != nil || err2 != nil {
		fmt.Fprintln(os.Stderr, "gstorm: there is nobody to describe the topology to")
		return 2
	}
	var s said
	code := 0
	if s.Topology, s.Problems = wantedHere().description(topologies); len(s.Problems) > 0 {
		s.Topology, code = nil, 2
	}
	text, err := json.Marshal(s)
	if err != nil { // a value in a configuration
		code = 2
		text, _ = json.Marshal(said{Problems: wantedHere().problem("the topology has no JSON form: " + err.Error())}) // of strings
	}
	if _, err := os.NewFile(uintptr(out), "control").Write(append(text, '\n')); err != nil {
		return 1 // nobody listens any more
	}
	_, _ = io.Copy(io.Discard, os.NewFile(uintptr(in), "control")) // whatever ends it
	return code
}

// description is the topology, or the components, that are wanted.
func (w wanted) description(topologies []*gstorm.Topology) (*gstorm.Topology, gstorm.Problems) {
	t, problems := w.topology(topologies)
	if problems != nil {
		return nil, problems
	}
	d := *t
	d.Language, d.File, d.Class = "go", w.file, t.Name
	d.Classes = nil
	for _, t := range topologies {
		d.Classes = append(d.Classes, t.Name)
	}
	if w.components != nil {
		d.Components = nil
		for _, id := range w.components {
			c := find(topologies, t, id)
			if c == nil {
				return nil, w.problem(fmt.Sprintf("there is no component %q in %s", id, w.file))
			}
			d.Components = append(d.Components, *c)
		}
	}
	d.Components = slices.Clone(d.Components)
	d.Problems = slices.Clone(d.Problems)
	for i := range d.Components {
		c := &d.Components[i]
		if impl := c.Implementation; impl.Type == gstorm.NativeImplementation && impl.NewSpout == nil && impl.NewBolt == nil {
			d.Problems = append(d.Problems, gstorm.Problem{
				Severity: gstorm.Error, Message: fmt.Sprintf("%s %q has no Go function that makes it", c.Kind, c.ID), At: w.position(c.At),
			})
		}
		w.describe(c)
	}
	return &d, nil
}

// describe makes a component one that another process can know of.
func (w wanted) describe(c *gstorm.Component) {
	if c.Implementation.Type == gstorm.NativeImplementation {
		c.Implementation = gstorm.Implementation{Type: gstorm.FileImplementation}
	}
	c.At = w.position(c.At)
	c.Inputs = slices.Clone(c.Inputs)
	for i := range c.Inputs {
		c.Inputs[i].At = w.position(c.Inputs[i].At)
	}
}

// position is where something was said, in the user's words: the file as it was given, or one beside it.
func (w wanted) position(at gstorm.Position) gstorm.Position {
	if at.File == "" {
		return at
	}
	dir := w.file
	if strings.HasSuffix(w.file, ".go") {
		dir = filepath.Dir(w.file)
	} else if info, err := os.Stat(w.file); err != nil || !info.IsDir() {
		return at // a program, whose source is elsewhere
	}
	at.File = filepath.Join(dir, at.File)
	return at
}

// topology is the one that is wanted.
func (w wanted) topology(topologies []*gstorm.Topology) (*gstorm.Topology, gstorm.Problems) {
	if len(topologies) == 0 {
		return nil, w.problem(fmt.Sprintf("there is no topology in %s: plugin.Main was given none", w.file))
	}
	if w.class == "" {
		return topologies[len(topologies)-1], nil
	}
	var names []string
	for _, t := range topologies {
		if t.Name == w.class {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return nil, w.problem(fmt.Sprintf("there is no topology %s in %s; it has %s", w.class, w.file, strings.Join(names, ", ")))
}

// find looks for a component in a topology and then in the others.
func find(topologies []*gstorm.Topology, first *gstorm.Topology, id string) *gstorm.Component {
	for _, t := range append([]*gstorm.Topology{first}, topologies...) {
		if c := t.Component(id); c != nil {
			return c
		}
	}
	return nil
}

func (w wanted) problem(message string) gstorm.Problems {
	return gstorm.Problems{{Severity: gstorm.Error, Message: message, At: gstorm.Position{File: w.file}}}
}
