//go:build unix

package exec

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
)

func boltDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "exec", Kind: gstorm.BoltKind, Doc: "gives each tuple to a command as a line, and emits the line that it answers",
		Details: "The command runs as long as the topology and answers every line with one, in order; it must not keep answers back in a buffer (`grep --line-buffered`, `sed -u`, `python3 -u`, `stdbuf -oL`). " +
			"What it writes to its standard error is logged. Every task runs a command of its own; the environment variables GSTORM_TASK_INDEX and GSTORM_TASKS tell them apart. " + ending,
		Options: slices.Concat(commandOptions(), []catalog.Option{
			line.FormatOption("input", "what a line for the command is"),
			{Name: "format", Type: catalog.Text, Default: "text", Choices: []string{"text", "json"}, Doc: "what an answer is: `text`, the field `line`, or `json`"},
			{Name: "fields", Type: catalog.Texts, Doc: "with `format: json`: the keys whose values are emitted, by these names; without it, the field `value` has all of an answer"},
			{Name: "skip_blank", Type: catalog.Truth, Default: false, Doc: "emit nothing for an answer that is blank"},
			{Name: "timeout", Type: catalog.Seconds, Doc: "how long an answer may take; without it, `topology.message.timeout.secs`. A command that takes longer is killed"},
		}, line.LimitOptions()),
		Streams: []catalog.Stream{{Name: "default", Fields: "`line`, or with `format: json` those of `fields`, or `value`", Doc: "each answer"}},
		Promise: "Acks a tuple when its answer has been emitted, to which it is anchored. If the command dies, is too slow, or answers what can't be read, the tuple fails, and the command is started again for the next one, later each time that it has answered nothing. What such a command has done with the tuple it may do again.",
		Example: "{command: [sed, -u, s/colour/color/g]}",
		Make: func(v catalog.Values, _ []gstorm.Fields) (catalog.Made, error) {
			read, outline := line.Plain(false)
			if v.Text("format") == "json" {
				read, outline = line.JSON(catalog.Values{"fields": v["fields"], "on_error": "fail"})
			} else if v.Has("fields") {
				return catalog.Made{}, errors.New("option fields is for format json")
			}
			if v.Has("timeout") && v.Duration("timeout") == 0 {
				return catalog.Made{}, errors.New("option timeout is 0: it must be more")
			}
			return catalog.Made{Outline: outline, NewBolt: func() gstorm.Bolt {
				return &bolt{command: newCommand(v), write: line.FormatOf(v.Text("input")), read: read, skipBlank: v.Bool("skip_blank"), timeout: v.Duration("timeout")}
			}}, nil
		},
	}
}

// of is the command of one task.
func (c command) of(task *gstorm.TaskContext) command {
	env := maps.Clone(c.env)
	if env == nil {
		env = map[string]string{}
	}
	env["GSTORM_TASK_INDEX"], env["GSTORM_TASKS"] = strconv.Itoa(task.Index), strconv.Itoa(task.Tasks)
	c.env, c.limits = env, c.limits.Counted(task)
	return c
}

// The pause before a command that has answered nothing since its last start is started again.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// bolt has one tuple with its command at a time.
type bolt struct {
	command
	write     line.Format
	read      line.Shape
	skipBlank bool
	timeout   time.Duration

	log     *slog.Logger
	process *process // nil: it does not run
	life    int
	useless int  // how often in a row it died without an answer
	worked  bool // since its last start
	text    []byte
}

// Open implements gstorm.Opener.
func (b *bolt) Open(ctx context.Context, task *gstorm.TaskContext) error {
	b.log, b.command = task.Logger, b.of(task)
	if b.timeout == 0 {
		timeout, ok, err := task.Config.Seconds(gstorm.TopologyMessageTimeout)
		if err != nil {
			return err
		}
		if b.timeout = timeout; !ok {
			b.timeout = 30 * time.Second
		}
	}
	return b.start(ctx)
}

func (b *bolt) start(ctx context.Context) error {
	var err error
	b.process, err = b.command.start(ctx, b.life, true, b.log)
	b.life++
	b.worked = false
	return err
}

// Execute implements gstorm.Bolt.
func (b *bolt) Execute(ctx context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	var err error
	if b.text, err = b.write(b.text[:0], t, nil); err != nil {
		return err
	}
	if err := b.ready(ctx); err != nil {
		return err
	}
	answer, err := b.ask(ctx, append(b.text, '\n'))
	if err != nil {
		return b.replace(err)
	}
	b.worked, b.useless = true, 0
	e, err := b.read(answer)
	if err != nil {
		return fmt.Errorf("command %q answered %.200q: %w", b.argv[0], answer.Text, err)
	}
	if blank := e.Stream == "" || answer.Text == ""; blank && b.skipBlank {
		return nil
	}
	if e.Stream == "" {
		return fmt.Errorf("command %q answered with a blank line, which is no JSON; skip_blank lets that be", b.argv[0])
	}
	out.EmitTo(e.Stream, e.Values...)
	return nil
}

// ready starts the command if it does not run.
func (b *bolt) ready(ctx context.Context) error {
	if b.process != nil {
		return nil
	}
	if b.useless > 0 {
		pause := time.NewTimer(min(firstPause<<min(b.useless-1, 10), longestPause))
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := b.start(ctx); err != nil {
		b.useless++
		return err
	}
	return nil
}

// ask gives the command a line and waits for its answer.
func (b *bolt) ask(ctx context.Context, text []byte) (line.Line, error) {
	select {
	case l, ok := <-b.process.lines:
		if ok {
			return l, fmt.Errorf("command %q wrote a line that nobody asked for: %.200q", b.argv[0], l.Text)
		}
		return l, b.died()
	default:
	}
	wait := time.NewTimer(b.timeout)
	defer wait.Stop()
	_ = b.process.stdin.SetWriteDeadline(time.Now().Add(b.timeout)) // pipes have deadlines
	if _, err := b.process.stdin.Write(text); err != nil {
		if errors.Is(err, syscall.EPIPE) {
			return line.Line{}, b.died()
		}
		return line.Line{}, fmt.Errorf("command %q did not read its line: %w", b.argv[0], err)
	}
	select {
	case l, ok := <-b.process.lines:
		if !ok {
			return l, b.died()
		}
		return l, nil
	case <-wait.C:
		return line.Line{}, fmt.Errorf("command %q did not answer within %v", b.argv[0], b.timeout)
	case <-ctx.Done():
		return line.Line{}, ctx.Err()
	}
}

// died is why the command gave no answer. It has ended, or will: it has closed its output.
func (b *bolt) died() error {
	if b.process.readErr != nil {
		return b.process.readErr
	}
	select {
	case <-b.process.done:
		return fmt.Errorf("command %q died with the tuple: %s", b.argv[0], b.process.ending())
	case <-time.After(leftovers):
		return fmt.Errorf("command %q has closed its output", b.argv[0])
	}
}

// replace ends the command, whose answers would belong to other tuples from now on; the next tuple gets a new one.
func (b *bolt) replace(why error) error {
	b.process.kill()
	b.process = nil
	if !b.worked {
		b.useless++
	}
	return why
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b *bolt) Tick(context.Context, *gstorm.Collector) error { return nil }

// Close implements gstorm.Closer.
func (b *bolt) Close(context.Context, *gstorm.Collector) error {
	if b.process != nil {
		b.process.end()
	}
	return nil
}
