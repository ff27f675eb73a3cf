package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	tuples "github.com/gstorm/gstorm/internal/trial"
)

func (p *program) componentCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "component", Usage: "run one component on tuples of yours and see what it does", ArgsUsage: "FILE COMPONENT [-- ARGUMENTS]",
		Description: `Starts one task of COMPONENT, gives it the tuples that it reads from stdin (or the file of --input), a line of JSON each,
and prints a line of JSON for everything that it emits, acks and fails. COMPONENT is the id of a component of the file's
topology, or the name of a class or function in a file that may have no topology at all. A spout is run as it is, and
what it emits is acked.

A tuple is a list of values, or an object with a value for each field:

   echo '["to be or not"]' | gstorm component word_count.rb split
   gstorm component word_count.py Count --input words.ndjson
   gstorm component word_count.rb lines --for 1s -- some.txt

The answers name tuples by the numbers of their lines: {"emit":["to"],"stream":"default"}, {"ack":1}, {"fail":2}.
Log lines, errors and what the component prints go to stderr.`,
		Flags: append(trialFlags(),
			&cli.StringFlag{Name: "input", Usage: "read tuples from `FILE`", DefaultText: "stdin"},
			&cli.StringFlag{Name: "fields", Usage: "the `NAMES` of the values of each tuple, with commas", DefaultText: "those of the component's inputs, or of the first tuple"}),
		Action: p.component,
	})
}

func (p *program) component(c *cli.Context) error {
	s, names, err := p.selectedWith(c, "COMPONENT")
	if err != nil {
		return err
	}
	t, err := p.newTrial(c)
	if err != nil {
		return err
	}
	l, err := t.loadComponent(c.Context, s, names[0])
	if err != nil {
		return err
	}
	defer l.Close()
	answers := &answerLines{out: p.stdout, of: names[0]}
	var input *tuples.Lines
	if l.topology.Component(names[0]).Kind == gstorm.BoltKind {
		from, name, err := p.openInput(c)
		if err != nil {
			return err
		}
		defer from.Close()
		if input, err = lines(c, l.topology, names[0], from, name, answers); err != nil {
			return err
		}
		l.topology = tuples.Single(l.topology, names[0], input.Fields(), input)
	} else {
		l.topology = tuples.Single(l.topology, names[0], nil, nil)
	}
	l.problems = append(l.problems, l.topology.Validate(p.builtins.Outline)...)
	e, err := t.prepare(l, s, hooks{observe: answers.emitted})
	if err != nil {
		return err
	}
	if input == nil {
		err = t.run(c.Context, e)
	} else {
		err = t.feed(c.Context, e, input)
	}
	if bad := new(tuples.LineError); errors.As(err, &bad) {
		err = &invalidError{bad}
	}
	return errors.Join(err, answers.err)
}

// feed runs the execution with its input. What waits for a line of a terminal can't be told to stop, so its end is not
// waited for.
func (t *trial) feed(ctx context.Context, e *execution, input *tuples.Lines) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go input.Read(ctx)
	return t.run(ctx, e)
}

// loadComponent loads the file and returns a topology that has the component: the file's own, whose other components tell
// what the component gets, or else one of this component alone.
func (t *trial) loadComponent(ctx context.Context, s selection, name string) (*loaded, error) {
	l, err := t.p.load(ctx, s, t.log, t.print)
	if err == nil && l.topology.Component(name) != nil {
		l.problems = l.topology.Problems.Errors()
		return l, nil
	}
	if err == nil {
		l.Close()
	}
	s.request.Components = []string{name}
	if l, err = t.p.load(ctx, s, t.log, t.print); err == nil {
		l.problems = l.topology.Problems.Errors()
	}
	return l, err
}

// openInput opens where the tuples come from.
func (p *program) openInput(c *cli.Context) (from io.ReadCloser, name string, err error) {
	if name = c.String("input"); name == "" || name == "-" {
		return io.NopCloser(p.stdin), "stdin", nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, "", usagef(c, "--input: %v", err)
	}
	return file, name, nil
}

// lines are the tuples for a bolt, with the fields that the flag, the topology or the first tuple names.
func lines(c *cli.Context, t *gstorm.Topology, id string, from io.Reader, name string, answers *answerLines) (*tuples.Lines, error) {
	fields, ok := tuples.InputFields(t, id)
	if list := c.String("fields"); list != "" {
		fields, ok = strings.Split(list, ","), true
	}
	if !ok {
		var err error
		if fields, from, err = tuples.FirstLine(from); err != nil {
			return nil, &invalidError{err}
		}
	}
	return tuples.NewLines(from, name, fields, answers.ended), nil
}

// answerLines prints what a component does.
type answerLines struct {
	out io.Writer
	of  string

	mu  sync.Mutex
	err error // the first that came of printing
}

func (a *answerLines) emitted(t *gstorm.Tuple) {
	if t.Source.Component == a.of {
		a.print(struct {
			Emit   json.RawMessage `json:"emit"`
			Stream string          `json:"stream"`
		}{tuples.Text(t), t.Source.Stream})
	}
}

func (a *answerLines) ended(line int, acked bool) {
	if acked {
		a.print(map[string]int{"ack": line})
	} else {
		a.print(map[string]int{"fail": line})
	}
}

func (a *answerLines) print(v any) {
	text, err := json.Marshal(v)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		_, err = a.out.Write(append(text, '\n'))
	}
	if err != nil && a.err == nil {
		a.err = err
	}
}
