package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/identity"
	"github.com/gstorm/gstorm/cluster/settings"
	"github.com/gstorm/gstorm/internal/terminal"
)

// defaultAgent is where an agent is asked if nothing else is said.
const defaultAgent = "127.0.0.1:" + settings.BindPort

// clusterFlags are the flags of every subcommand that asks a cluster.
func clusterFlags(more ...cli.Flag) []cli.Flag {
	return append(more,
		&cli.StringSliceFlag{Name: "agent", EnvVars: []string{"GSTORM_AGENT"}, Usage: "ask the agent at `HOST:PORT`, or another one if it does not answer: repeatable, and all agents are alike", DefaultText: defaultAgent},
		&cli.StringFlag{Name: "token", EnvVars: []string{"GSTORM_TOKEN"}, Usage: "show the token `SECRET`", DefaultText: "none"},
		&cli.PathFlag{Name: "ca", EnvVars: []string{"GSTORM_CA"}, Usage: "encrypt, and trust agents with a certificate of the authority in `FILE`", DefaultText: "not encrypted"},
		&cli.StringFlag{Name: "agent-name", EnvVars: []string{"GSTORM_AGENT_NAME"}, Usage: "with --ca: the agent's certificate must be for `NAME`", DefaultText: "its address"},
	)
}

func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print JSON, for programs", DisableDefaultText: true}
}

// client is the client that the flags describe.
func (p *program) client(c *cli.Context) (*api.Client, error) {
	var addresses []string
	for _, text := range c.StringSlice("agent") {
		for address := range strings.SplitSeq(text, ",") {
			address = strings.TrimSpace(address)
			if _, _, err := net.SplitHostPort(address); err != nil {
				address = net.JoinHostPort(strings.Trim(address, "[]"), settings.BindPort)
			}
			addresses = append(addresses, address)
		}
	}
	if len(addresses) == 0 {
		addresses = []string{defaultAgent}
	}
	client := api.NewClient(addresses...)
	if ca := c.Path("ca"); ca != "" {
		config, err := identity.Visitor(ca, c.String("agent-name"))
		if err != nil {
			return nil, &invalidError{fmt.Errorf("--ca: %w", err)}
		}
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = config
		client.HTTP, client.Scheme = &http.Client{Transport: transport}, "https"
	}
	if token := c.String("token"); token != "" {
		client.Authorize = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	return client, nil
}

// asked is a subcommand's action that takes exactly these operands and asks a cluster.
func (p *program) asked(names []string, do func(c *cli.Context, ask *api.Client) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		if c.NArg() < len(names) {
			return usagef(c, "%s is missing", names[c.NArg()])
		}
		if c.NArg() > len(names) {
			return usagef(c, "%q is one too many", c.Args().Get(len(names)))
		}
		ask, err := p.whoShows(c)
		if err != nil {
			return err
		}
		return do(c, ask)
	}
}

// printJSON prints something for programs.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printTable prints rows for people; the first has the titles.
func (p *program) printTable(rows [][]string) error {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				_, _ = fmt.Fprint(table, "\t")
			}
			_, _ = fmt.Fprint(table, terminal.Escape(cell))
		}
		_, _ = fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// age is how long ago something was, as people say it.
func age(t time.Time) string {
	switch d := time.Since(t); {
	case t.IsZero():
		return "-"
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%dm", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// pollEvery is how often a cluster is asked whether something has come about.
const pollEvery = 200 * time.Millisecond

// poll asks until something has come about, or ctx ends.
func poll(ctx context.Context, look func() (bool, error)) error {
	for {
		done, err := look()
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollEvery):
		}
	}
}
