package spec

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// theme is a file of behaviours.
type theme struct {
	Theme      string      `yaml:"theme"`
	Behaviours []behaviour `yaml:"behaviours"`
}

// behaviour is one thing that components do, or that topologies are, in the same way in every language.
type behaviour struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	Why   string `yaml:"why"`

	// Kind is spout or bolt: the sources are one component, Subject, of a topology that the frame puts around it. "": they
	// are whole files.
	Kind string `yaml:"kind"`
	// Ruby, Python and JavaScript are the source in each language.
	Ruby       string `yaml:"ruby"`
	Python     string `yaml:"python"`
	JavaScript string `yaml:"javascript"`

	// Arguments are appended to the command of the process.
	Arguments []string `yaml:"arguments"`
	// Component is the id of the component that is started; "": subject.
	Component string `yaml:"component"`
	// Outputs, Inputs, Ignored and Conf are what the host says of the component's surroundings: fields of its streams,
	// those of its sources, the output streams without a consumer, configuration. Where nothing is said: standard.
	Outputs map[string][]string            `yaml:"outputs"`
	Inputs  map[string]map[string][]string `yaml:"inputs"`
	Ignored []string                       `yaml:"ignored"`
	Conf    map[string]any                 `yaml:"conf"`
	// Opening "manual" leaves the handshake, the pid and a spout's activate to the steps.
	Opening string `yaml:"opening"`
	// Classic: the host does not offer gstorm's extension of the protocol.
	Classic bool `yaml:"classic"`

	Steps []Step   `yaml:"steps"`
	Last  []string `yaml:"last"` // what is said when the input has ended, in order; and nothing else

	// Describes is what the file is described as, instead of a task: the message of a describing process.
	Describes string `yaml:"describes"`

	Exit   int      `yaml:"exit"`
	Signal bool     `yaml:"signal"` // after the steps SIGTERM is sent, instead of ending the input
	Stdout []string `yaml:"stdout"` // the lines that were printed
	Stderr []string `yaml:"stderr"` // a part of each line there
}

// Where the component of a behaviour stands if it doesn't say so.
var (
	standardOutputs = map[string][]string{"default": {"x"}, "late": {"a", "b"}}
	standardInputs  = map[string]map[string][]string{"source": {"default": {"word", "n"}}}
)

func (b *behaviour) setting() setting {
	at := setting{component: b.component(), outputs: b.Outputs, inputs: b.Inputs, ignored: b.Ignored, conf: b.Conf}
	if at.outputs == nil {
		at.outputs = standardOutputs
	}
	if at.inputs == nil && b.Kind != Spout {
		at.inputs = standardInputs
	}
	return at
}

func (b *behaviour) component() string {
	if b.Component != "" {
		return b.Component
	}
	return "subject"
}

// source is the source in a language, "" if there is none.
func (b *behaviour) source(language string) string {
	return map[string]string{"Ruby": b.Ruby, "Python": b.Python, "JavaScript": b.JavaScript}[language]
}

// themes reads all behaviours.
func themes() ([]theme, error) {
	files, err := filepath.Glob("behaviours/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []theme
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var th theme
		if err := yaml.UnmarshalWithOptions(text, &th, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		for i := range th.Behaviours {
			b := &th.Behaviours[i]
			if err := b.check(); err != nil {
				return nil, fmt.Errorf("%s, behaviour %q: %w", file, b.ID, err)
			}
			if seen[b.ID] {
				return nil, fmt.Errorf("%s: behaviour %q is there twice", file, b.ID)
			}
			seen[b.ID] = true
		}
		all = append(all, th)
	}
	return all, nil
}

// check finds what is wrong with a behaviour.
func (b *behaviour) check() error {
	switch {
	case b.ID == "" || b.Title == "" || b.Why == "":
		return errors.New("id, title and why must be there")
	case !slices.Contains([]string{"", Spout, Bolt}, b.Kind):
		return fmt.Errorf("kind %q is neither spout nor bolt", b.Kind)
	case b.Ruby == "" || b.Python == "" || b.JavaScript == "":
		return errors.New("a source is missing")
	}
	for i := range b.Steps {
		if n := b.Steps[i].verbs(); n != 1 {
			return fmt.Errorf("step %d has %d verbs", i+1, n)
		}
	}
	return nil
}

// missing reads which behaviours a language does not have yet, and why.
func missing(language string, all []theme) (Failures, error) {
	ids := map[string]bool{}
	for _, th := range all {
		for i := range th.Behaviours {
			ids[th.Behaviours[i].ID] = true
		}
	}
	return failuresIn(filepath.Join("behaviours", "missing", strings.ToLower(language)+".txt"), func(r io.Reader) (Failures, error) {
		return readFailures(r, "behaviour", ids)
	})
}
