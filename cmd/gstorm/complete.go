package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/internal/stats"
	tuples "github.com/gstorm/gstorm/internal/trial"
)

func (p *program) completeCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "complete", Usage: "run a topology on given tuples and print all that was emitted", ArgsUsage: "FILE [-- ARGUMENTS]",
		Description: `For tests, as Storm's Testing.completeTopology: the spouts that the mocks name emit given tuples instead of their own,
each once, and what fails is not replayed. When everything is done, one JSON object goes to stdout: what every component
emitted on each of its streams, in order, how the trees ended, and the errors. The libraries for Ruby, Python and
JavaScript call this command from their test helpers. What components print goes to stderr.

Mocks are a JSON object with a list of tuples for each spout, or one for each of its streams:

   echo '{"lines": [["to be"], ["or not"]]}' | gstorm complete word_count.rb --mock -

A spout that is not mocked runs as it is; if it never finishes, say --for.`,
		Flags: append(trialFlags(),
			&cli.StringFlag{Name: "mock", Usage: "take what spouts are to emit from `FILE`; - is stdin"}),
		Action: p.complete,
	})
}

// completion is what the command prints.
type completion struct {
	Topology string                                  `json:"topology"`
	State    string                                  `json:"state"`
	Reason   string                                  `json:"reason,omitempty"`
	Emitted  map[string]map[string][]json.RawMessage `json:"emitted"`
	Trees    stats.Trees                             `json:"trees"`
	Errors   []stats.ComponentError                  `json:"errors"`
}

func (p *program) complete(c *cli.Context) error {
	s, err := p.selected(c)
	if err != nil {
		return err
	}
	t, err := p.newTrial(c)
	if err != nil {
		return err
	}
	mocks, err := p.readMocks(c)
	if err != nil {
		return err
	}
	l, err := p.load(c.Context, s, t.log, t.print)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.invalid(); err != nil {
		return err
	}
	if l.topology, err = mocks.Apply(l.topology); err != nil {
		return err
	}
	var recorder tuples.Recorder
	e, err := t.prepare(l, s, hooks{observe: recorder.Observe})
	if err != nil {
		return err
	}
	failure := t.run(c.Context, e)
	end := e.worker.Snapshot()
	done := completion{
		Topology: end.Topology, State: end.State, Reason: end.Reason, Emitted: recorder.Emitted(), Trees: end.Trees,
		Errors: append([]stats.ComponentError{}, end.Errors...),
	}
	if err := json.NewEncoder(p.stdout).Encode(done); err != nil && failure == nil {
		failure = fmt.Errorf("write JSON: %w", err)
	}
	return failure
}

func (p *program) readMocks(c *cli.Context) (tuples.Mocks, error) {
	name := c.String("mock")
	if name == "" {
		return tuples.Mocks{}, nil
	}
	from := p.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, usagef(c, "--mock: %v", err)
		}
		defer file.Close()
		from = io.Reader(file)
	}
	mocks, err := tuples.ReadMocks(from)
	if err != nil {
		return nil, &invalidError{fmt.Errorf("--mock %s: %w", name, err)}
	}
	return mocks, nil
}
