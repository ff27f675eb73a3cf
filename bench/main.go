// Command bench compares gstorm with the fastest that a component can be fed, and with its peers: the same sentences, the
// same components, all sides in turn in each of several rounds. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	rows    *regexp.Regexp
	peers   []string
	rounds  int
	warm    time.Duration
	seconds time.Duration
	jvmWarm time.Duration
	json    string
	output  string
	list    bool
	scale   bool // measure how gstorm scales, instead of comparing
}

func readOptions(arguments []string) (options, error) {
	var o options
	var rows, peers string
	var quick bool
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&rows, "rows", "", "only comparisons whose name matches the `EXPRESSION`")
	flags.StringVar(&peers, "peers", strings.Join([]string{pipe, storm, flink, bytewax, connect}, ","), "compare with these, separated by commas; gstorm itself always runs")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each side runs")
	flags.DurationVar(&o.warm, "warm", 2*time.Second, "how long a side runs before it is measured")
	flags.DurationVar(&o.seconds, "measure", 8*time.Second, "how long it is measured")
	flags.DurationVar(&o.jvmWarm, "jvm-warm", 15*time.Second, "how long a side on a JVM runs before it is measured")
	flags.BoolVar(&quick, "quick", false, "no JVM, one round, and little time for each side")
	flags.StringVar(&o.json, "json", "", "also write all results as JSON into `FILE`")
	flags.StringVar(&o.output, "output", "bin/bench", "a `FOLDER` for what is built")
	flags.BoolVar(&o.list, "list", false, "only name the comparisons")
	flags.BoolVar(&o.scale, "scale", false, "measure how gstorm alone scales, instead of comparing")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is one argument too many", flags.Arg(0))
	}
	if quick {
		peers, o.rounds, o.warm, o.seconds = strings.Join([]string{pipe, bytewax}, ","), 1, 500*time.Millisecond, 1500*time.Millisecond
	}
	if o.scale {
		peers = ""
	}
	o.peers = append(strings.Split(peers, ","), gstorm)
	var err error
	if o.rows, err = regexp.Compile("(?i)" + rows); err != nil {
		return o, fmt.Errorf("-rows: %w", err)
	}
	return o, nil
}

// command is the program.
func command(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	o, err := readOptions(arguments)
	if err != nil {
		return err
	}
	chosen, all := choose(o), scaling()
	if o.list {
		p := &printer{w: stdout}
		for _, r := range chosen {
			p.line("%s (%s)", r.title(), r.figure.name)
		}
		return p.err
	}
	wanted, write := sidesOf(chosen), func(r *report) error { return writeComparisons(stdout, r) }
	if o.scale {
		chosen, wanted, write = nil, nil, func(r *report) error { return writeScaling(stdout, r, all) }
		for _, s := range all {
			for _, p := range s.points {
				wanted = append(wanted, p.side)
			}
		}
	}
	r, err := bench(ctx, o, wanted, chosen, stderr)
	if err != nil {
		return err
	}
	if o.json != "" {
		if err := r.write(o.json); err != nil {
			return err
		}
	}
	return errors.Join(write(r), r.failure())
}

// choose returns the rows that the options ask for. Where nothing is left to compare with, our figure stands alone, once.
func choose(o options) []row {
	peers := map[string]string{}
	for _, s := range sides() {
		peers[s.name] = s.peer
	}
	type figureOf struct{ side, figure string }
	shown := map[figureOf]bool{}
	var chosen []row
	for _, r := range rows() {
		if !o.rows.MatchString(r.title()) {
			continue
		}
		r.theirs = slices.DeleteFunc(r.theirs, func(side string) bool { return !slices.Contains(o.peers, peers[side]) })
		if len(r.theirs) == 0 {
			r = r.alone()
		} else {
			shown[figureOf{r.ours, r.figure.name}] = true
		}
		chosen = append(chosen, r)
	}
	return slices.DeleteFunc(chosen, func(r row) bool {
		if len(r.theirs) > 0 || r.most > 0 {
			return false
		}
		this := figureOf{r.ours, r.figure.name}
		again := shown[this]
		shown[this] = true
		return again
	})
}

// sidesOf are the sides of rows, in the order in which they run.
func sidesOf(rows []row) []side {
	wanted := map[string]bool{}
	for _, r := range rows {
		for _, name := range append([]string{r.ours}, r.theirs...) {
			wanted[name] = true
		}
	}
	return slices.DeleteFunc(sides(), func(s side) bool { return !wanted[s.name] })
}

// bench runs the sides, and compares what the rows say.
func bench(ctx context.Context, o options, wanted []side, rows []row, progress io.Writer) (r *report, err error) {
	output, err := filepath.Abs(o.output)
	if err != nil {
		return nil, err
	}
	k, err := openKit(ctx, output)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	settings := fmt.Sprintf("%v of %v after %v", counted(o.rounds, "round"), o.seconds, o.warm)
	if slices.Contains(o.peers, storm) || slices.Contains(o.peers, flink) {
		settings += fmt.Sprintf(", on a JVM after %v", o.jvmWarm)
	}
	r = newReport(settings)
	missing := map[string]string{}
	var running []side
	for _, s := range wanted {
		if err := k.has(ctx, s.needs...); err != nil {
			missing[s.name] = err.Error()
			r.Missing = append(r.Missing, absence{s.name, err.Error()})
			continue
		}
		running = append(running, s)
	}
	short, long := times{warm: o.warm, measured: o.seconds}, times{warm: o.jvmWarm, measured: o.seconds}
	run := &runner{kit: k, progress: progress, times: map[string]times{gstorm: short, pipe: short, bytewax: short, connect: short, storm: long, flink: long}}
	for i := range o.rounds {
		_, _ = fmt.Fprintf(progress, "\nround %d of %d\n", i+1, o.rounds) // what counts is in the report
		result, err := run.round(ctx, running)
		if err != nil {
			return nil, err
		}
		r.Rounds = append(r.Rounds, result)
	}
	for _, row := range rows {
		r.Comparisons = append(r.Comparisons, compare(row, r.Rounds, missing))
	}
	return r, nil
}
