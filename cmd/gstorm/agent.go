package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/agent"
	"github.com/gstorm/gstorm/cluster/settings"
	"github.com/gstorm/gstorm/internal/otlp"
	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/internal/traces"
)

func (p *program) agentCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "agent", Usage: "be a node of a cluster",
		Description: `Runs until it is told to terminate. It finds the other agents by gossip, takes requests, and keeps the workers running that
have their place here; some of the agents keep the cluster's log, and one of them leads. Workers go on while their agent is
restarted or upgraded, for as long as another one answers them.

   gstorm agent --dev                                           a cluster of one, for trying out: nothing of it lasts
   gstorm agent --data DIR --bootstrap                          the first of a cluster on this machine alone
   gstorm agent --data DIR --bind 10.0.0.1 --join 10.0.0.2      one of several; see docs/cluster-security.md for what
                                                                has to be made before
   gstorm agent --config /etc/gstorm/agent.yaml                 the same, from a file: docs/agent.yaml is a sample

Every flag can also be said by the environment variable and in the config file, by the names that are given with it.`,
		Flags: settingFlags(), Action: p.agent,
	})
}

// settingFlags are the settings of an agent as flags.
func settingFlags() (flags []cli.Flag) {
	for _, s := range settings.Table() {
		usage := s.Usage + " (" + s.Variable() + ")"
		switch s.Kind() {
		case settings.Switch:
			flags = append(flags, &cli.BoolFlag{Name: s.Name, Usage: usage, Value: s.Default == "true", DisableDefaultText: true})
		case settings.List:
			flags = append(flags, &cli.StringSliceFlag{Name: s.Name, Usage: usage})
		default:
			flags = append(flags, &cli.StringFlag{Name: s.Name, Usage: usage, DefaultText: s.Default})
		}
	}
	return flags
}

// agentSettings reads the settings from where they are said.
func (p *program) agentSettings(c *cli.Context) (*settings.Settings, error) {
	given := map[string][]string{}
	for _, s := range settings.Table() {
		switch {
		case !c.IsSet(s.Name):
		case s.Kind() == settings.List:
			given[s.Name] = c.StringSlice(s.Name)
		default:
			given[s.Name] = []string{fmt.Sprint(c.Value(s.Name))}
		}
	}
	hostname, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	s, err := settings.Load(settings.Sources{Flags: given, Getenv: p.getenv, Hostname: hostname, Processors: runtime.GOMAXPROCS(0)})
	if errors.As(err, new(*settings.InvalidError)) {
		return nil, &invalidError{err}
	}
	return s, err
}

// agent is `gstorm agent`.
func (p *program) agent(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef(c, "%q is one too many", c.Args().First())
	}
	s, err := p.agentSettings(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if s.Dev && s.Data == "" {
		if s.Data, err = os.MkdirTemp("", "gstorm-dev-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(s.Data) }()
	}
	exporter, err := p.agentExporter(ctx, s)
	if err != nil {
		return err
	}
	a, err := p.newAgent(s, exporter)
	if err != nil {
		return err
	}
	if exporter != nil {
		var sending sync.WaitGroup
		defer sending.Wait()
		defer stop()
		sending.Go(func() { exporter.Run(ctx, tracesAtEnd) })
	}
	if s.Dev {
		_, _ = fmt.Fprintf(p.stderr, "gstorm: a cluster of one, at %s; nothing of it lasts. Try: gstorm submit FILE, gstorm list\n", a.Address())
	}
	err = a.Run(ctx)
	if s.Dev { // its workers must not go on without it
		err = errors.Join(err, a.EndWorkers(context.Background()))
	}
	return err
}

// agentExporter is what sends traces to a collector; nil: that is not wanted.
func (p *program) agentExporter(ctx context.Context, s *settings.Settings) (*otlp.Exporter, error) {
	if otlp.Wanted(s.OTLP, p.getenv) == "" {
		return nil, nil
	}
	return otlp.New(ctx, s.OTLP, slog.New(p.agentHandler(s)))
}

// newAgent makes the agent that its settings describe. It gives traces to the exporter, if there is one.
func (p *program) newAgent(s *settings.Settings, exporter *otlp.Exporter) (*agent.Agent, error) {
	log := slog.New(p.agentHandler(s))
	c := credentials{CA: s.CA, Cert: s.Cert, Key: s.Key, PeerName: s.PeerName, GossipKey: s.GossipKey}
	security, err := c.security(s.Tokens, log)
	if err != nil {
		return nil, &invalidError{err}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	shown, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", s.Bind)
	if err != nil {
		return nil, fmt.Errorf("bind: %w", err)
	}
	var traced func(string, *traces.Trace)
	if exporter != nil {
		traced = func(topology string, t *traces.Trace) {
			exporter.Add(otlp.Of{Topology: topology, Cluster: s.Cluster, Version: gstorm.Version()}, t)
		}
	}
	return agent.New(agent.Options{
		Data: s.Data, Listen: listener, Gossip: s.Gossip, Cluster: s.Cluster, Name: s.Name, Version: gstorm.Version(),
		Worker: []string{self, workerName}, Logger: log, Address: s.Advertise, AdvertiseGossip: s.AdvertiseGossip, Join: s.Join,
		Bootstrap: s.Bootstrap || s.Dev, Expect: s.Expect, Voters: s.Voters, Slots: s.Slots, CPU: s.CPU, Memory: s.Memory, Tags: s.Tags,
		KeepLogs: s.KeepLogs, KeepLogsMB: s.KeepLogsMB, Reap: s.Reap,
		Builtins: p.builtins.Outline, CheckWhere: checkWhere, Traced: traced, UI: s.UI, Security: security, Credentials: shown,
	})
}

// agentHandler is where the log of an agent goes: to stderr, as text or as JSON.
func (p *program) agentHandler(s *settings.Settings) slog.Handler {
	if s.LogFormat == "json" {
		return slog.NewJSONHandler(p.stderr, &slog.HandlerOptions{Level: s.Level()})
	}
	return terminal.NewHandler(p.stderr, s.Level(), terminal.Detect(io.Discard, p.stderr, p.getenv).Colour)
}
