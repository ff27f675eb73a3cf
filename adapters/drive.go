package adapters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Drive has the file's code after submission run, and serves its calls.
func (d *Description) Drive(ctx context.Context, c Control) error {
	if !d.topology.Driver {
		return nil
	}
	control := d.process.control
	err := control.during(ctx, d.process.ended, func() error {
		control.send(submitted{Event: "submitted", Env: d.request.environment(), Name: d.name()})
		return d.serve(c)
	})
	switch {
	case err == nil || !over(err):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	d.process.end(d.grace)
	if d.process.state != nil && d.process.state.Success() {
		return nil // the code has called exit: an end as good as any
	}
	return d.problem("the process that runs its code after submission "+d.process.ending(), d.process.tail.hint())
}

// name is what the topology was submitted as.
func (d *Description) name() string {
	if d.request.Name != "" {
		return d.request.Name
	}
	return d.topology.Name
}

// serve answers calls until the code has returned (nil), has failed, or nothing comes any more.
func (d *Description) serve(c Control) error {
	for {
		m, err := d.process.control.receive()
		switch {
		case err != nil:
			return err
		case m.Problems != nil:
			return d.located(*m.Problems)
		case m.Event == "done":
			return nil
		case m.Call != "":
			d.process.control.send(answer(m, c))
		}
	}
}

// answer makes a call and says what came of it.
func answer(m message, c Control) reply {
	r := reply{Reply: m.ID}
	if err := call(m, c); err != nil {
		text := err.Error()
		r.Error = &text
	}
	return r
}

func call(m message, c Control) error {
	switch m.Call {
	case "shutdown":
		c.Shutdown()
		return nil
	case "kill":
		return c.Kill(m.Name, m.wait())
	case "activate":
		return c.Activate(m.Name)
	case "deactivate":
		return c.Deactivate(m.Name)
	}
	return fmt.Errorf("%s is not possible here", m.Call)
}

// wait is a kill's waiting time, below 0 where there is none.
func (m message) wait() time.Duration {
	if m.Wait == nil {
		return -1
	}
	return time.Duration(*m.Wait * float64(time.Second))
}

// over reports whether an error of control.receive means that no message will come, rather than that one was not
// understood.
func over(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, os.ErrClosed)
}
