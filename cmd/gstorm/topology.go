package main

import (
	"context"
	"fmt"
	"log/slog"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// topologyFlags are the flags of every subcommand that takes a topology's file.
func topologyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "class", Aliases: []string{"c"}, Usage: "take the topology `CLASS` of several in the file", DefaultText: "the last one"},
		&cli.StringFlag{Name: "sha256", Usage: "start the program FILE only if its SHA-256 is `HEX`"},
		&cli.StringFlag{Name: "name", Usage: "call the topology `NAME`", DefaultText: "its own name"},
		&cli.StringFlag{Name: "env", Aliases: []string{"e"}, Value: "local", Usage: "tell the file that it will run in `ENV`: local, cluster, or one of its own, such as streamparse's prod"},
		&cli.StringSliceFlag{Name: "set", Aliases: []string{"o"}, Usage: "set a key of the configuration, over what the file sets: `KEY=VALUE`, repeatable; the value is JSON or text"},
		&cli.PathFlag{Name: "filter", Usage: "take what stands for ${key} in a YAML file from the properties `FILE`"},
		&cli.BoolFlag{Name: "env-filter", Usage: "let ${ENV-NAME} in a YAML file stand for the environment variable NAME", DisableDefaultText: true},
	}
}

// environmentName is what an environment may be called.
var environmentName = regexp.MustCompile(`^[\pL\pN_-]+$`)

// selection is what these flags chose.
type selection struct {
	request  adapters.Request
	settings gstorm.Config
}

// selected reads the flags and the operand FILE.
func (p *program) selected(c *cli.Context) (selection, error) {
	s, _, err := p.selectedWith(c)
	return s, err
}

// selectedWith reads the flags, the operand FILE and those that follow it, which have these names.
func (p *program) selectedWith(c *cli.Context, names ...string) (selection, []string, error) {
	operands := c.Args().Slice()
	if missing := append([]string{"FILE"}, names...); len(operands) < len(missing) {
		return selection{}, nil, usagef(c, "%s is missing", missing[len(operands)])
	}
	if rest := operands[1+len(names):]; len(rest) > 0 {
		what := strings.Join(append([]string{"FILE"}, names...), " and one ")
		return selection{}, nil, usagef(c, "one %s is expected, %q is one too many; arguments of the topology itself follow after --", what, rest[0])
	}
	s, err := p.flagged(c, operands[0])
	return s, operands[1:], err
}

// flagged reads the flags, for a topology of a file.
func (p *program) flagged(c *cli.Context, file string) (selection, error) {
	s := selection{settings: gstorm.Config{}, request: adapters.Request{
		File: file, Class: c.String("class"), Name: c.String("name"), Env: c.String("env"), Args: p.arguments,
		Filter: c.Path("filter"), EnvFilter: c.Bool("env-filter"), SHA256: c.String("sha256"),
	}}
	if !environmentName.MatchString(s.request.Env) {
		return selection{}, usagef(c, "--env is %q, expected local, cluster, or another name of letters, digits, - and _", s.request.Env)
	}
	for _, text := range c.StringSlice("set") {
		key, value, err := gstorm.ParseSetting(text)
		if err != nil {
			return selection{}, usagef(c, "--set: %v", err)
		}
		s.settings[key] = value
	}
	return s, nil
}

// loaded is a file that has been loaded and looked at. Whoever has it closes it.
type loaded struct {
	adapters.Session
	topology *gstorm.Topology // with the flags' settings and name
	problems gstorm.Problems  // all of them, warnings too
	launches map[string]adapters.Launch
}

// load loads the file and finds everything that is wrong with its topology. The error is a gstorm.Problems where the file
// does not even hold a topology. Ctrl-C ends the loading.
func (p *program) load(ctx context.Context, s selection, log *slog.Logger, print func(string)) (*loaded, error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	s.request.Logger, s.request.Print = log, print
	session, err := adapters.Open(ctx, s.request, p.adapters)
	if ctx.Err() != nil && err != nil {
		return nil, fmt.Errorf("interrupted while loading %s", s.request.File)
	}
	if err != nil {
		return nil, err
	}
	l := &loaded{Session: session, topology: session.Topology()}
	l.topology.Config = l.topology.Config.Merge(s.settings)
	launches, problems := adapters.Launches(session, log) // which may depend on the settings
	l.launches = launches
	if s.request.Name != "" {
		l.topology.Name = s.request.Name
	}
	l.topology.SettleBuiltins(p.builtins.Outline)
	whole := *l.topology // the description itself keeps to what the file's process reported
	whole.Problems = slices.Concat(whole.Problems, problems)
	l.problems = whole.Validate(p.builtins.Outline)
	return l, nil
}

// invalid is the error for a topology with errors: all its problems. nil: it can run.
func (l *loaded) invalid() error {
	if len(l.problems.Errors()) > 0 {
		return l.problems
	}
	return nil
}

// choice says in one line which of several topologies was taken, unless the user chose; "" if there was no choice.
func (l *loaded) choice(s selection) string {
	if len(l.topology.Classes) < 2 || s.request.Class != "" {
		return ""
	}
	return fmt.Sprintf("%s: holds %d topologies (%s), taking %s; -c CLASS takes another", s.request.File,
		len(l.topology.Classes), strings.Join(l.topology.Classes, ", "), l.topology.Class)
}
