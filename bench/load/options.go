package main

import (
	"flag"
	"fmt"
	"time"

	"github.com/gstorm/gstorm"
)

// options are what the command line says.
type options struct {
	shape               string
	spout, split, count string
	spouts, splits      int
	counts              int
	length              int // bolts of a chain or a fan
	size                int // bytes of a sentence; 0: the text's own
	hold                bool
	rate                int
	warm, measured      time.Duration
	begun               time.Time
	components          string
	libraries           string
	config              gstorm.Config
	profile             string
}

func readOptions(arguments []string) (options, error) {
	o := options{config: gstorm.Config{
		gstorm.TopologyMaxSpoutPending: 1000, gstorm.TopologyAckerExecutors: 1,
	}}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&o.shape, "shape", words, "the topology: `words` (spout, split, count), chain or fan (a spout and bolts that pass on what they get)")
	flags.StringVar(&o.spout, "spout", inProcess, "what the spout is: native, go (as a plugin), rb, py, js, storm.rb, storm.py, storm.js, pystorm, or `FILE:NAME`")
	flags.StringVar(&o.split, "split", inProcess, "the same of the split bolt, or of the bolts of a chain or fan")
	flags.StringVar(&o.count, "count", inProcess, "the same of the count bolt")
	flags.IntVar(&o.spouts, "spouts", 1, "`TASKS` of the spout")
	flags.IntVar(&o.splits, "splits", 1, "`TASKS` of the split bolt")
	flags.IntVar(&o.counts, "counts", 1, "`TASKS` of the count bolt")
	flags.IntVar(&o.length, "length", 1, "how many `BOLTS` a chain or fan has")
	flags.IntVar(&o.size, "size", 0, "emit sentences of so many `BYTES`, without blanks, instead of the text's")
	flags.BoolVar(&o.hold, "hold", false, "take no tuple before as many trees are pending as may be, and say what memory one takes")
	flags.IntVar(&o.rate, "rate", 0, "emit so many `SENTENCES` a second, and measure the latency; 0: as fast as it goes")
	flags.DurationVar(&o.warm, "warm", time.Second, "how long to run before anything is measured")
	flags.DurationVar(&o.measured, "measure", 4*time.Second, "how long to measure")
	flags.Func("begun", "when this process was started, in `MILLISECONDS` since 1970; now, unless given", func(text string) error {
		var ms int64
		_, err := fmt.Sscan(text, &ms)
		o.begun = time.UnixMilli(ms)
		return err
	})
	flags.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of this process, while it is measured, into `FILE`")
	flags.StringVar(&o.components, "components", "bench/components", "the `FOLDER` of the components and their text")
	flags.StringVar(&o.libraries, "libraries", "", "the `FOLDER` that scripts/setup-libraries prints; needed by what runs on unmodified libraries")
	flags.Func("set", "set a key of the topology's configuration, `KEY=VALUE`, repeatable; topology.max.spout.pending is 1000 unless set, topology.acker.executors=0 turns acking off", func(text string) error {
		key, value, err := gstorm.ParseSetting(text)
		o.config[key] = value
		return err
	})
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is one argument too many", flags.Arg(0))
	}
	if o.begun.IsZero() {
		o.begun = time.Now()
	}
	if (o.spout != inProcess || o.rate > 0) && o.spouts > 1 {
		return o, fmt.Errorf("several spout tasks are for native spouts without a rate only")
	}
	if o.hold {
		if o.shape != chain {
			return o, fmt.Errorf("--hold is for the shape chain")
		}
		o.config[gstorm.TopologyEnableTimeouts] = false // it may take longer than that until all are pending
	}
	return o, nil
}

// acking reports whether trees are tracked.
func (o *options) acking() bool {
	n, set, err := o.config.Int(gstorm.TopologyAckerExecutors)
	return err != nil || !set || n != 0
}
