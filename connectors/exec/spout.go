//go:build unix

// Package exec has the built-in spout and the built-in bolt that are any command: lines out, lines in and out.
package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
)

// Definitions are the components of the package.
func Definitions() []catalog.Definition {
	return []catalog.Definition{spoutDefinition(), boltDefinition()}
}

// ending says what becomes of a command in the end.
const ending = "The command's whole process group ends with the topology. Should gstorm itself be killed, the command is too, on Linux; what that has started finds its pipes closed."

// What is done when the command of a spout has ended.
const (
	neverRestart  = "never"
	onFailure     = "on_failure"
	alwaysRestart = "always"
)

func spoutDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "exec", Kind: gstorm.SpoutKind, Doc: "runs a command and emits the lines that it writes to its standard output",
		Details: "What it writes to its standard error is logged. Every task runs a command of its own; the environment variables GSTORM_TASK_INDEX and GSTORM_TASKS tell them apart. " + ending,
		Options: slices.Concat(commandOptions(), []catalog.Option{
			{Name: "format", Type: catalog.Text, Default: "text", Choices: []string{"text", "json"}, Doc: "what a line is: `text`, the field `line`, or `json`"},
		}, line.JSONOptions(), []catalog.Option{
			{Name: "restart", Type: catalog.Text, Default: neverRestart, Choices: []string{neverRestart, onFailure, alwaysRestart}, Doc: "when to run the command again after its end; with `never`, exit status 0 finishes the spout, and any other ends the topology"},
			{Name: "pause", Type: catalog.Seconds, Default: 1, Doc: "how long to wait before running it again"},
		}, line.LimitOptions()),
		Streams: append([]catalog.Stream{{Name: "default", Fields: "`line`", Doc: "with `format: text`: each line without its end"}}, jsonStreams()...),
		Promise: "A line that fails is emitted again from memory, until it is acked; if gstorm ends before that, the line is lost unless the command writes it again.",
		Example: "{command: [vmstat, -n, \"5\"]}",
		Make: func(v catalog.Values, _ []gstorm.Fields) (catalog.Made, error) {
			by, outline := line.Plain(false)
			if v.Text("format") == "json" {
				by, outline = line.JSON(v)
			} else if v.Has("fields") {
				return catalog.Made{}, errors.New("option fields is for format json")
			}
			return catalog.Made{Outline: outline, NewSpout: func() gstorm.Spout {
				return line.NewSpout(&output{command: newCommand(v), restart: v.Text("restart"), pause: v.Duration("pause")}, by)
			}}, nil
		},
	}
}

// jsonStreams are the streams of lines of JSON, with that said.
func jsonStreams() []catalog.Stream {
	streams := line.JSONStreams()
	for i := range streams {
		streams[i].Doc = "with `format: json`: " + streams[i].Doc
	}
	return streams
}

// patience is how long the spout waits for a line before it lets the host do other things.
const patience = 20 * time.Millisecond

// output is the source of what a command writes.
type output struct {
	command
	restart string
	pause   time.Duration
	log     *slog.Logger
	process *process // nil: it does not run
	life    int
	ended   time.Time // when it did, if it is to run again
	over    bool      // it has ended for good
}

// Open implements line.Source.
func (o *output) Open(ctx context.Context, task *gstorm.TaskContext) error {
	o.log, o.command = task.Logger, o.of(task)
	return o.start(ctx)
}

func (o *output) start(ctx context.Context) error {
	var err error
	o.process, err = o.command.start(ctx, o.life, false, o.log)
	o.life++
	return err
}

// Next implements line.Source.
func (o *output) Next(ctx context.Context) (line.Line, error) {
	if o.over {
		return line.Line{}, io.EOF
	}
	if o.process == nil {
		if time.Since(o.ended) < o.pause {
			return line.Line{}, line.ErrNothing
		}
		if err := o.start(ctx); err != nil {
			return line.Line{}, err
		}
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case l, ok := <-o.process.lines:
		if !ok {
			return line.Line{}, o.end()
		}
		return l, nil
	case <-wait.C:
	case <-ctx.Done():
	}
	return line.Line{}, line.ErrNothing
}

// end looks how the command has ended; one that has only closed its output is waited for, for it may still fail.
func (o *output) end() error {
	p := o.process
	if p.readErr != nil {
		return p.readErr
	}
	select {
	case <-p.done:
	default:
		return line.ErrNothing
	}
	p.end()
	o.process, o.ended = nil, time.Now()
	failed := p.waitErr != nil || !p.state.Success()
	switch {
	case o.restart == alwaysRestart, o.restart == onFailure && failed:
		o.log.Info("the command has ended and is run again", slog.String("command", o.argv[0]), slog.String("end", p.ending()), slog.Duration("pause", o.pause))
		return line.ErrNothing
	case failed:
		return fmt.Errorf("command %q: %s", o.argv[0], p.ending())
	}
	o.over = true
	return io.EOF
}

// Close implements line.Source.
func (o *output) Close() error {
	if o.process != nil {
		o.process.end()
	}
	return nil
}
