package spec

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// The kinds of components that a case is about.
const (
	Spout = "spout"
	Bolt  = "bolt"
	Both  = "both"
)

// The sides that a case tests. The runner plays the other one.
const (
	HostSide      = "host"
	ComponentSide = "component"
)

// Case is one conformance case: a conversation, and what each side may say in it. README.md has the language.
type Case struct {
	ID     string `yaml:"id"`
	Checks []int  `yaml:"checks"` // numbers of checks.yaml
	Title  string `yaml:"title"`
	Why    string `yaml:"why"`
	Kind   string `yaml:"kind"` // of the component: spout, bolt or both
	Side   string `yaml:"side"` // that is tested: host or component

	// Profile says what the tested component has to do with its tuples (a Profile). "": nothing, any component will do.
	Profile string `yaml:"profile"`
	// Opening "manual" leaves the handshake, the pid and a spout's activate to the steps.
	Opening string `yaml:"opening"`
	// Batches: the runner offers the feature "batch" to a tested component, which must take it for the case to apply, and
	// takes it from a tested host. In no other case it does.
	Batches bool `yaml:"batches"`
	// Config is the component's own configuration.
	Config map[string]any `yaml:"config"`
	// Source are the tuples that a spout before a tested host's bolt emits, with the ids 1, 2, 3...: JSON arrays.
	Source []string `yaml:"source"`
	// Limit bounds every step that has no Within. 0: DefaultLimit.
	Limit Duration `yaml:"limit"`

	Steps   []Step   `yaml:"steps"`
	Outcome *Outcome `yaml:"outcome"` // of a tested host, when the steps are over
}

// Step is one step of a case; exactly one of its verbs is set. Texts are JSON with placeholders: see Pattern.
type Step struct {
	Send    string   `yaml:"send"`     // write this as a frame
	Tuple   string   `yaml:"tuple"`    // send a bolt a tuple of these values, a JSON array; the n-th has the id "n"
	Tick    bool     `yaml:"tick"`     // send a bolt a tick; it is counted as a tuple
	Command string   `yaml:"command"`  // send a spout a command, and its id if it has one: next, ack ${id1}
	Write   string   `yaml:"write"`    // write these bytes
	Expect  string   `yaml:"expect"`   // the next frame that does not come by itself matches this
	All     []string `yaml:"all"`      // the next frames match these, in any order
	Until   string   `yaml:"until"`    // some later frame matches this; all before it are passed over
	Idle    Duration `yaml:"idle"`     // answer what comes by itself for so long: not more than at_most frames
	Quiet   Duration `yaml:"quiet"`    // nothing comes for so long
	Pull    int      `yaml:"pull"`     // ask a spout for tuples until it has emitted so many; ids are saved as id1, id2...
	End     bool     `yaml:"end"`      // end the component's input; it has to end
	PidFile bool     `yaml:"pid_file"` // the file for ${pid} is in the directory for pid files
	Exit    *int     `yaml:"exit"`     // the scripted component ends with this code

	Times     int      `yaml:"times"`      // do it so often; 0: once
	Together  bool     `yaml:"together"`   // Send with Times: all in one write
	Bytewise  bool     `yaml:"bytewise"`   // Send: a write for each byte
	Within    Duration `yaml:"within"`     // Expect: how long to wait
	AtMost    int      `yaml:"at_most"`    // Idle
	Tuples    []string `yaml:"tuples"`     // Pull: what is emitted, JSON arrays
	First     string   `yaml:"first"`      // Pull: the first command, instead of a next
	NotBefore Duration `yaml:"not_before"` // Expect: it may not come earlier
}

// Duration is a time.Duration that is written like 300ms.
type Duration time.Duration

// UnmarshalYAML reads a duration.
func (d *Duration) UnmarshalYAML(text []byte) error {
	parsed, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	*d = Duration(parsed)
	return err
}

// DefaultLimit is how long a step may take.
const DefaultLimit = 10 * time.Second

//go:embed cases/*.yaml
var caseFiles embed.FS

// Cases returns all conformance cases, in the order of their files.
func Cases() ([]Case, error) {
	files, err := fs.Glob(caseFiles, "cases/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	var all []Case
	for _, file := range files {
		text, err := caseFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read cases: %w", err)
		}
		var cases []Case
		if err := yaml.UnmarshalWithOptions(text, &cases, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(file), err)
		}
		all = append(all, cases...)
	}
	seen := map[string]bool{}
	for i := range all {
		if err := all[i].check(); err != nil {
			return nil, fmt.Errorf("case %q: %w", all[i].ID, err)
		}
		if seen[all[i].ID] {
			return nil, fmt.Errorf("case %q is there twice", all[i].ID)
		}
		seen[all[i].ID] = true
	}
	return all, nil
}

// check finds what is wrong with a case.
func (c *Case) check() error {
	switch {
	case c.ID == "" || c.Title == "" || c.Why == "" || len(c.Checks) == 0:
		return errors.New("id, checks, title and why must be there")
	case !slices.Contains([]string{Spout, Bolt, Both}, c.Kind):
		return fmt.Errorf("kind %q is none of spout, bolt, both", c.Kind)
	case c.Side != HostSide && c.Side != ComponentSide:
		return fmt.Errorf("side %q is neither host nor component", c.Side)
	case c.Opening != "" && c.Opening != "manual":
		return fmt.Errorf("opening %q is not known", c.Opening)
	case len(c.Steps) == 0:
		return errors.New("it has no steps")
	}
	for i := range c.Steps {
		if n := c.Steps[i].verbs(); n != 1 {
			return fmt.Errorf("step %d has %d verbs", i+1, n)
		}
	}
	return nil
}

func (s *Step) verbs() (n int) {
	for _, set := range []bool{
		s.Send != "", s.Tuple != "", s.Tick, s.Command != "", s.Write != "", s.Expect != "", s.Until != "", s.All != nil,
		s.Quiet != 0, s.Idle != 0, s.Pull != 0, s.End, s.PidFile, s.Exit != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// Tuples are the tuples of Source.
func (c *Case) Tuples() (tuples []string) {
	for _, text := range c.Source {
		tuples = append(tuples, newValues().fill(text))
	}
	return tuples
}

// IsFor reports whether a case is about components of a kind, seen from a side.
func (c *Case) IsFor(side, kind string) bool {
	return c.Side == side && (c.Kind == Both || c.Kind == kind)
}

func (c *Case) limit(within Duration) time.Duration {
	switch {
	case within > 0:
		return time.Duration(within)
	case c.Limit > 0:
		return time.Duration(c.Limit)
	}
	return DefaultLimit
}
