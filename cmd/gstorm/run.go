package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/gcfloor"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/internal/otlp"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) runCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "run", Usage: "run a topology here and now", ArgsUsage: "FILE [-- ARGUMENTS]",
		Description: `Loads the file, checks the topology, starts a process for every task and runs them until the end:

   - when every spout has said that it has nothing more, and every tuple has been handled;
   - after the time of --for; or when Ctrl-C or SIGTERM comes: then the spouts stop, and the trees of tuples that are
     pending are waited for, up to --drain-limit. A second Ctrl-C cuts everything at once;
   - when the file's own code after submission shuts it down (RedStorm's on_submit).

A spout that never says that it has finished runs for ever: use --for, or Ctrl-C.

With --watch it goes on while you edit: components whose code you save get new processes, once they have worked off what
they have; a topology whose shape you change is drained and started anew; a file with mistakes is told, and what runs
stays. After an end, the next change starts it again.

What the components print goes to stdout, all the rest (log lines, the live table on a terminal, the summary) to
stderr. What follows -- are the topology's own arguments.

With --ui a web page shows what runs, at http://127.0.0.1:7777 or where you say (--ui :0 for a port that is free): rates, the
graph, errors, logs, what is too slow; it can stop the spouts and end the run. Storm's REST is there too, under /api/v1.

   gstorm run word_count.rb -- a.txt b.txt
   gstorm run word_count.rb --for 10s --set topology.max.spout.pending=100
   gstorm run word_count.rb --watch
   gstorm run word_count.rb --summary none --summary-file counts.json > words.txt`,
		Flags: append(topologyFlags(), runFlags()...), Action: p.run,
	})
}

func runFlags() []cli.Flag {
	return []cli.Flag{
		&cli.DurationFlag{Name: "for", Usage: "stop the spouts after `TIME` (10s, 1m30s), handle what is pending, and end", DefaultText: "no limit"},
		&cli.BoolFlag{Name: "until-finished", Usage: "run until every spout has finished; this is the default, the flag only says so", DisableDefaultText: true},
		&cli.DurationFlag{Name: "drain-limit", Usage: "wait at most `TIME` for pending trees at the end", DefaultText: "the topology's message timeout"},
		&cli.StringFlag{Name: "log-level", Value: "info", Usage: "show log lines of `LEVEL` and above: debug, info, warn, error"},
		&cli.StringFlag{Name: "summary", Value: "text", Usage: "show the summary at the end as `FORM`: text on stderr, json on stdout, or none"},
		&cli.PathFlag{Name: "summary-file", Usage: "also write the summary as JSON into `FILE`"},
		&cli.StringFlag{Name: "debug", Usage: "start `COMPONENT`, with one task, so that it waits for a debugger of its language; no limit of time holds then"},
		&cli.IntFlag{Name: "debug-port", Value: 9229, Usage: "where it waits, on 127.0.0.1: a `PORT`"},
		&cli.PathFlag{Name: "cpuprofile", Usage: "write a profile of gstorm's own CPU time, for go tool pprof, into `FILE`"},
		&cli.PathFlag{Name: "memprofile", Usage: "write a profile of gstorm's own memory at the end into `FILE`"},
		&cli.BoolFlag{Name: "watch", Usage: "when a file beside FILE, or below, is saved, restart what it changes; nothing is lost", DisableDefaultText: true},
		&cli.StringFlag{Name: "ui", Usage: "show what runs on a web page at `ADDR`, which may be left out; on this machine alone, unless ADDR is another's", DefaultText: pageAddress},
		&cli.StringFlag{Name: "otlp", Usage: "send traces to the OpenTelemetry collector at `URL` (http://127.0.0.1:4318)", DefaultText: "as OTEL_EXPORTER_OTLP_ENDPOINT says"},
		&cli.BoolFlag{Name: "no-table", Usage: "show no live table, only log lines", DisableDefaultText: true},
	}
}

// runOptions are what the flags of run say, but for the topology.
type runOptions struct {
	limit       time.Duration // of the run; 0: none
	drainLimit  time.Duration // 0: the message timeout
	level       slog.Level
	summary     string
	summaryFile string
	table       bool
	watch       bool
	debug       string // a component; "": none
	debugPort   int
	profiles    profiles
	page        string // where the web page is; "": there is none
	otlp        string // where traces go to; "": as the environment says
}

func readRunOptions(c *cli.Context) (runOptions, error) {
	o := runOptions{
		limit: c.Duration("for"), drainLimit: c.Duration("drain-limit"), summary: c.String("summary"),
		summaryFile: c.Path("summary-file"), table: !c.Bool("no-table"), watch: c.Bool("watch"),
		debug: c.String("debug"), debugPort: c.Int("debug-port"), otlp: c.String("otlp"),
		profiles: profiles{cpu: c.Path("cpuprofile"), memory: c.Path("memprofile")},
	}
	for _, name := range []string{"for", "drain-limit"} {
		if c.IsSet(name) && c.Duration(name) <= 0 {
			return o, usagef(c, "--%s is %v, it must be more than 0", name, c.Duration(name))
		}
	}
	if c.IsSet("for") && c.Bool("until-finished") {
		return o, usagef(c, "--for and --until-finished exclude each other")
	}
	if err := o.level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return o, usagef(c, "--log-level is %q, expected debug, info, warn or error", c.String("log-level"))
	}
	if c.IsSet("ui") {
		var err error
		if o.page, err = listenAddress(c.String("ui")); err != nil {
			return o, usagef(c, "--ui is %q, expected HOST:PORT or :PORT: %v", c.String("ui"), err)
		}
	}
	if o.otlp != "" {
		if err := otlp.CheckURL(o.otlp); err != nil {
			return o, usagef(c, "--otlp: %v", err)
		}
	}
	if o.summary != "text" && o.summary != "json" && o.summary != "none" {
		return o, usagef(c, "--summary is %q, expected text, json or none", o.summary)
	}
	return o, nil
}

// run is `gstorm run`.
func (p *program) run(c *cli.Context) error {
	s, err := p.selected(c)
	if err != nil {
		return err
	}
	o, err := readRunOptions(c)
	if err != nil {
		return err
	}
	signals, resized := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	tty := terminal.Detect(p.stdout, p.stderr, p.getenv)
	tty.Resized, tty.Table = resized, tty.Table && o.table
	screen := terminal.NewScreen(tty)
	r := &runner{
		p: p, selection: s, options: o, tty: tty, screen: screen, signals: signals,
		log: slog.New(terminal.NewHandler(screen.Log(), o.level, tty.Colour)),
	}
	all := func(ctx context.Context) error { return r.exporting(ctx, r.all) }
	return o.profiles.around(func() error {
		if o.page != "" {
			return r.withPage(c.Context, o.page, all)
		}
		return all(c.Context)
	})
}

// all makes all runs.
func (r *runner) all(ctx context.Context) error {
	if r.options.watch {
		return r.watch(ctx)
	}
	_, err := r.once(ctx, nil)
	return err
}

// runner makes the runs of one `gstorm run`: one, or with --watch as many as its file's changes ask for.
type runner struct {
	p         *program
	selection selection
	options   runOptions
	tty       terminal.Options
	screen    *terminal.Screen
	log       *slog.Logger
	signals   <-chan os.Signal
	page      *runPage       // nil: there is none
	exporter  *otlp.Exporter // of traces; nil: they go nowhere
}

// once loads the file and runs its topology to the end, with its summary. The execution is nil where there was none. w, if
// there is one, may change what runs.
func (r *runner) once(ctx context.Context, w *watcher) (*execution, error) {
	l, err := r.p.load(ctx, r.selection, r.log, r.screen.Print)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if err := l.invalid(); err != nil {
		return nil, err
	}
	r.p.complain(l.problems)
	if line := l.choice(r.selection); line != "" {
		_, _ = fmt.Fprintln(r.p.stderr, terminal.Escape(line))
	}
	if err := r.debug(ctx, l); err != nil {
		return nil, err
	}
	report, err := r.p.openSummary(r.options, r.tty)
	if err != nil {
		return nil, err
	}
	e, err := r.p.newExecution(l, r.selection, r.options, r.screen, r.log, hooks{
		print: r.print, letters: deadletters.OfRun, traces: r.newTraces(), levels: r.page.logLevels(),
	})
	if err != nil {
		return nil, err
	}
	if w != nil {
		w.topology, e.watcher = l.topology, w
	}
	r.page.show(e)
	failure := e.run(ctx, r.signals)
	r.page.show(nil)
	e.tellLetters()
	if err := e.release(); err != nil && failure == nil {
		failure = err
	}
	if err := report.write(e.worker.Snapshot()); err != nil && failure == nil {
		failure = err
	}
	return e, failure
}

// print shows what a component has printed.
func (r *runner) print(component string, task int, line string) {
	r.screen.Print(line)
	r.page.printed(component, task, line)
}

// log is the logger of commands that do not run anything: for what a file writes while it is loaded.
func (p *program) log() *slog.Logger {
	colour := terminal.Detect(p.stdout, p.stderr, p.getenv).Colour
	return slog.New(terminal.NewHandler(p.stderr, slog.LevelInfo, colour))
}

// hooks are who gets what comes out of a topology beside its summary.
type hooks struct {
	print   func(component string, task int, line string)    // what the components print
	observe func(t *gstorm.Tuple)                            // what they emit; nil: nobody
	letters func(topology string) (*deadletters.List, error) // where dead letters are kept; nil: nowhere
	traces  *runTraces                                       // what became of them; nil: nobody
	levels  *loglevel.Levels                                 // from which they log; nil: nobody says so
}

// newExecution plans the topology and prepares its run. What does not fit is an invalidError.
func (p *program) newExecution(l *loaded, s selection, o runOptions, screen *terminal.Screen, log *slog.Logger, h hooks) (*execution, error) {
	built, err := plan.Build(l.topology, s.request.Name, s.settings)
	if err != nil {
		return nil, &invalidError{err}
	}
	e := &execution{plan: built, session: l.Session, screen: screen, options: o, file: s.request.File, traces: h.traces}
	e.active.Store(built.Active)
	e.launches.Store(&l.launches)
	guard, err := guard()
	if err != nil {
		return nil, fmt.Errorf("find gstorm's own file: %w", err)
	}
	gcfloor.Set(gcfloor.Host)
	if h.letters != nil {
		if e.letters, err = h.letters(built.Topology); err != nil {
			log.Warn("there is no place for dead letters", "error", err)
		}
	}
	e.worker, err = host.New(host.Options{
		Plan: built, Builtin: p.builtins.New, Logger: log, Levels: h.levels, Guard: guard, DrainLimit: o.drainLimit,
		Launch: func(c *plan.Component) (host.Launch, error) { return host.Launch((*e.launches.Load())[c.ID]), nil },
		Print:  h.print, Observe: h.observe, Traces: h.traces != nil, Letters: e.letters,
	})
	if err != nil {
		return nil, &invalidError{err}
	}
	return e, nil
}
