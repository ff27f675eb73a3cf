package main

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/internal/traces"
	"github.com/gstorm/gstorm/ui"
)

func (p *program) traceCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "trace", Usage: "show what became of single tuple trees, and where their time went", ArgsUsage: "NAME [TRACE]",
		Description: `Lists the trees of a topology that were traced: the newest, or as --kind says the slowest of the last hour, or those that have
failed. With the id of one it shows each of its tuples below the one that it came of: how long it waited in the queue of its
task, then in the pipe to the task's process, and how long the component took.

gstorm traces one tree per second of each spout's task (gstorm.trace.rate), and those of messages that have failed before.

   gstorm trace word_count
   gstorm trace word_count --kind failed
   gstorm trace word_count 3-17
   gstorm trace word_count 3-17 --otlp > trace.json    for OpenTelemetry's tools
   gstorm trace word_count --run                       of what gstorm run --ui runs on this machine`,
		Flags: clusterFlags(
			&cli.StringFlag{Name: "kind", Value: traces.Recent, Usage: "`KIND`: " + strings.Join(traces.Kinds, ", ")},
			&cli.IntFlag{Name: "last", Value: 20, Usage: "`N` of them at most, up to 200"},
			&cli.StringFlag{Name: "run", Usage: "ask the gstorm run --ui at `HOST:PORT`; without an address, the one at " + pageAddress, DefaultText: "a cluster is asked"},
			&cli.BoolFlag{Name: "otlp", Usage: "print a trace as OpenTelemetry's protocol has it, in JSON", DisableDefaultText: true},
			jsonFlag(),
		),
		Action: p.trace,
	})
}

// trace is `gstorm trace`.
func (p *program) trace(c *cli.Context) error {
	name, root := c.Args().Get(0), c.Args().Get(1)
	switch {
	case name == "":
		return usagef(c, "say of which topology: gstorm trace NAME")
	case c.NArg() > 2:
		return usagef(c, "%q is one too many", c.Args().Get(2))
	case !slices.Contains(traces.Kinds, c.String("kind")):
		return usagef(c, "--kind is %q, expected %s", c.String("kind"), strings.Join(traces.Kinds, ", "))
	case c.Int("last") < 1 || c.Int("last") > 200:
		return usagef(c, "--last is %d, expected 1 to 200", c.Int("last"))
	case root == "" && c.Bool("otlp"):
		return usagef(c, "--otlp is for one trace: gstorm trace NAME TRACE --otlp")
	case root != "" && (c.IsSet("kind") || c.IsSet("last")):
		return usagef(c, "--kind and --last are for the list of traces")
	}
	ask, err := p.whoShows(c)
	if err != nil {
		return err
	}
	at := "/v1/topologies/" + url.PathEscape(name) + "/traces"
	switch {
	case root == "":
		at += "?" + url.Values{"kind": {c.String("kind")}, "last": {strconv.Itoa(c.Int("last"))}}.Encode()
	case c.Bool("otlp"):
		at += "/" + url.PathEscape(root) + "/otlp"
	default:
		at += "/" + url.PathEscape(root)
	}
	var text json.RawMessage
	if err := ask.Document(c.Context, at, &text); err != nil {
		return whyNot(c, err)
	}
	switch {
	case c.Bool("json") || c.Bool("otlp"):
		return p.printJSON(text)
	case root == "":
		var list ui.Traces
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		return terminal.WriteTraces(p.stdout, &list)
	}
	var t traces.Trace
	if err := json.Unmarshal(text, &t); err != nil {
		return err
	}
	return terminal.WriteTrace(p.stdout, &t)
}
