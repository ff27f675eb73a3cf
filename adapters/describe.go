package adapters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
)

// What a zero Describer uses.
const (
	DefaultLimit = time.Minute
	DefaultGrace = 2 * time.Second
)

// stillLoading is after how long a file that is still being loaded is worth a log line.
const stillLoading = 5 * time.Second

// Describer is how a language's describing process is started and how patient gstorm is with it.
type Describer struct {
	// Command is the argv that describes the file. The process finds the control channel by the variables
	// GSTORM_CONTROL_OUT (it writes) and GSTORM_CONTROL_IN (it reads), stdin is empty.
	Command []string
	// Env is added to gstorm's own environment.
	Env map[string]string
	// Limit is how long it may take from its start until it has described the file. 0: DefaultLimit.
	Limit time.Duration
	// Explain is asked when the process has died before it described anything; it may know better why, say that the
	// interpreter is too old to read what it was given. nil, as a function or as its answer: it does not.
	Explain func(ctx context.Context) error
	// Advice is what the process has to do to describe a topology, for one that ends before it has. "": nobody asks that of it.
	Advice string
	// Checked: the adapter has looked whether the file is there and what it is.
	Checked bool
	// Grace is how long it may take from the end of its control channel to its exit. 0: DefaultGrace.
	Grace time.Duration
}

// Description is a file that has been described, with the process that did it. Its Topology, Drive and Close are those
// of a Session.
type Description struct {
	request  Request
	log      *slog.Logger
	process  *process
	grace    time.Duration
	topology *gstorm.Topology
	program  string // the interpreter, by its own account; "": it says nothing
}

// Describe starts the describing process for r.File and waits for what it has to say. Its errors are those of
// Adapter.Open: a gstorm.Problems where the file is to blame, which includes a process that dies, or takes longer than
// Limit, before it has described anything. No process is left behind by an error.
func (o Describer) Describe(ctx context.Context, r Request) (*Description, error) {
	if !o.Checked {
		if err := checkFile(r.File); err != nil {
			return nil, err
		}
	}
	d, err := o.start(r)
	if err != nil {
		return nil, err
	}
	if err := o.listen(ctx, d); err != nil {
		d.end()
		return nil, err
	}
	return d, nil
}

func (o Describer) start(r Request) (*Description, error) {
	log := r.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("file", r.File)
	d := &Description{request: r, log: log, grace: orDefault(o.Grace, DefaultGrace)}
	print := r.Print
	if print == nil {
		print = func(line string) { log.Info(line, "stream", "stdout") }
	}
	env := append(os.Environ(), "GSTORM_CONTROL_OUT=3", "GSTORM_CONTROL_IN=4")
	for name, value := range o.Env {
		env = append(env, name+"="+value)
	}
	var err error
	d.process, err = startProcess(o.Command, env, print, func(line string) { log.Info(line, "stream", "stderr") })
	return d, err
}

// listen reads until the topology or problems come.
func (o Describer) listen(ctx context.Context, d *Description) error {
	limit := orDefault(o.Limit, DefaultLimit)
	tooLong := fmt.Errorf("loading it took longer than %v", limit)
	limited, cancel := context.WithTimeoutCause(ctx, limit, tooLong)
	defer cancel()
	notice := time.AfterFunc(stillLoading, func() { d.log.Info("the file is still being loaded", "limit", limit) })
	defer notice.Stop()
	err := d.process.control.during(limited, d.process.ended, d.receiveTopology)
	switch cause := context.Cause(limited); {
	case err == nil || !over(err):
		return err
	case cause == tooLong:
		d.process.end(0)
		return d.problem(tooLong.Error(), "what does it do besides declaring its topology? "+d.process.tail.hint())
	case cause != nil:
		d.process.end(0)
		return cause
	}
	d.process.end(d.grace)
	if o.Explain != nil {
		if err := o.Explain(ctx); err != nil {
			return err
		}
	}
	return d.problem("the process that loads it "+d.process.ending()+" before it had described a topology", o.Advice+d.process.tail.hint())
}

func (d *Description) receiveTopology() error {
	for {
		m, err := d.process.control.receive()
		switch {
		case err != nil:
			return err
		case m.Problems != nil:
			return d.located(*m.Problems)
		case m.Topology == nil:
			continue
		}
		d.program = m.Interpreter
		d.topology, err = gstorm.ReadTopology(bytes.NewReader(m.Topology))
		return err
	}
}

// Topology is what the file describes.
func (d *Description) Topology() *gstorm.Topology { return d.topology }

// Close ends the process: by the end of its control channel, after the grace by force. It returns nil.
func (d *Description) Close() error {
	d.end()
	return nil
}

func (d *Description) end() {
	d.process.end(d.grace)
	d.process.control.from.Close() // fails where somebody else has closed it
}

// located are the problems of the file's own process: at least one, an error, each with a place.
func (d *Description) located(found gstorm.Problems) error {
	if len(found.Errors()) == 0 {
		found = append(slices.Clone(found), d.problem("it can't be described", "")...)
	}
	for i := range found {
		if found[i].At.File == "" {
			found[i].At.File = d.request.File
		}
	}
	return found
}

func (d *Description) problem(message, hint string) gstorm.Problems {
	return problem(d.request.File, message, hint)
}

// checkFile saves a start of the interpreter and gives the same words in every language.
func checkFile(file string) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem(file, "there is no such file", "")
	case err != nil:
		return problem(file, "the file can't be read: "+err.Error(), "")
	case info.IsDir():
		return problem(file, "this is a directory", "name the file that declares the topology")
	}
	return nil
}

func orDefault(d, standard time.Duration) time.Duration {
	if d == 0 {
		return standard
	}
	return d
}
