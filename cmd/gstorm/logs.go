package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) logsCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "logs", Usage: "show what a topology of a cluster logs, on all nodes", ArgsUsage: "NAME",
		Description: `Shows what the topology's workers and components have logged and printed, the oldest first; with -f also what comes, until
Ctrl-C. A search goes over all that is kept.

   gstorm logs word_count -f --component split
   gstorm logs word_count --match 'timeout|refused' --since 2h --until 1h`,
		Flags: clusterFlags(
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on with what is logged from now on", DisableDefaultText: true},
			&cli.StringSliceFlag{Name: "component", Usage: "only lines of the component `ID`; repeatable"},
			&cli.IntFlag{Name: "worker", Usage: "only lines of worker `N`"},
			&cli.StringFlag{Name: "level", Value: "debug", Usage: "only lines of `LEVEL` and above: debug, info, warn, error"},
			&cli.StringFlag{Name: "contains", Usage: "only lines with `TEXT` in them"},
			&cli.BoolFlag{Name: "ignore-case", Aliases: []string{"i"}, Usage: "of --contains: upper and lower case are the same", DisableDefaultText: true},
			&cli.StringFlag{Name: "match", Usage: "only lines in which the regular `EXPRESSION` is found (as Go has them; (?i) within it: upper and lower case are the same)"},
			&cli.StringFlag{Name: "since", Usage: "only lines from `TIME` on: so long ago (90s, 2h), 15:04, 2006-01-02 15:04:05, or as in RFC 3339"},
			&cli.StringFlag{Name: "until", Usage: "only lines up to `TIME`, said in the same way"},
			&cli.IntFlag{Name: "last", Aliases: []string{"n"}, Value: 100, Usage: "the last `N` lines of each node"},
			jsonFlag(),
		),
		Action: p.asked([]string{"NAME"}, p.logs),
	})
}

func (p *program) logs(c *cli.Context, ask *api.Client) error {
	if err := new(slog.Level).UnmarshalText([]byte(c.String("level"))); err != nil {
		return usagef(c, "--level is %q, expected debug, info, warn or error", c.String("level"))
	}
	since, err := moment(c, "since")
	if err != nil {
		return err
	}
	until, err := moment(c, "until")
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	body, err := ask.Logs(ctx, c.Args().First(), api.LogQuery{
		Components: c.StringSlice("component"), Worker: c.Int("worker"), Level: c.String("level"), Contains: c.String("contains"),
		IgnoreCase: c.Bool("ignore-case"), Match: c.String("match"), Since: since, Until: until,
		Last: c.Int("last"), Follow: c.Bool("follow"),
	})
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	show := p.showLine(c.Bool("json"))
	if c.Bool("follow") {
		err = eachLogLine(body, show)
	} else {
		var all []api.LogLine // of several nodes, one after the other
		err = eachLogLine(body, func(l api.LogLine) error { all = append(all, l); return nil })
		slices.SortStableFunc(all, func(a, b api.LogLine) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Node, b.Node)) })
		for _, l := range all {
			err = errors.Join(err, show(l))
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// moment is the time that a flag says; zero: it says none.
func moment(c *cli.Context, flag string) (time.Time, error) {
	at, err := momentOf(c.String(flag), time.Now())
	if err != nil {
		return at, usagef(c, "--%s is %q, expected so long ago (90s, 2h), 15:04 of today, 2006-01-02 15:04:05, or a time as in RFC 3339", flag, c.String(flag))
	}
	return at, nil
}

// momentOf is a time as people say it; local where they don't say where.
func momentOf(text string, now time.Time) (at time.Time, err error) {
	if text == "" {
		return at, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	if clock, err := time.ParseInLocation("15:04", text, now.Location()); err == nil {
		return time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location()), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.DateTime, time.RFC3339Nano} {
		if at, err = time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	return at, err
}

func eachLogLine(from io.Reader, do func(api.LogLine) error) error {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var l api.LogLine
		if err := json.Unmarshal(text, &l); err != nil {
			return fmt.Errorf("a line of the log can't be read: %w", err)
		}
		if err := do(l); err != nil {
			return err
		}
	}
}

// showLine is what prints a line.
func (p *program) showLine(asJSON bool) func(api.LogLine) error {
	if asJSON {
		e := json.NewEncoder(p.stdout)
		e.SetEscapeHTML(false)
		return func(l api.LogLine) error { return e.Encode(l) }
	}
	handler := terminal.NewHandler(p.stdout, slog.LevelDebug, terminal.Detect(p.stdout, p.stdout, p.getenv).Colour)
	return func(l api.LogLine) error {
		var level slog.Level
		if err := level.UnmarshalText([]byte(l.Level)); err != nil {
			level = slog.LevelInfo
		}
		record := slog.NewRecord(l.Time.Local(), level, l.Message, 0)
		if l.Component != "" {
			record.AddAttrs(slog.String("component", l.Component), slog.Int("task", l.Task))
		}
		if l.PID != 0 {
			record.AddAttrs(slog.Int("pid", l.PID))
		}
		record.AddAttrs(slog.String("node", l.Node))
		for _, a := range l.Attributes {
			record.AddAttrs(slog.String(a.Key, a.Value))
		}
		return handler.Handle(context.Background(), record)
	}
}

func (p *program) errorsCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "errors", Usage: "show the last errors of a topology's components", ArgsUsage: "NAME",
		Flags: clusterFlags(jsonFlag()),
		Action: p.asked([]string{"NAME"}, func(c *cli.Context, ask *api.Client) error {
			s, err := ask.Topology(c.Context, c.Args().First())
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return p.printJSON(s.Stats.Errors)
			}
			for _, problem := range s.Problems {
				_, _ = fmt.Fprintln(p.stdout, "problem: "+terminal.Escape(problem))
			}
			if len(s.Stats.Errors) == 0 && len(s.Problems) == 0 {
				_, _ = fmt.Fprintln(p.stdout, "no errors")
			}
			return terminal.WriteErrors(p.stdout, s.Stats.Errors, terminal.Detect(p.stdout, p.stdout, p.getenv).SummaryStyle())
		}),
	})
}
