package main

import (
	"fmt"
	"time"
)

// control is what a file's code after submission can do to its run. It implements adapters.Control.
type control struct{ e *execution }

// Shutdown ends the run in order.
func (c *control) Shutdown() { c.e.drain("shut down by its own code", "") }

// Kill ends the run as Storm's kill does: what is pending after wait is cut.
func (c *control) Kill(topology string, wait time.Duration) error {
	if err := c.known(topology); err != nil {
		return err
	}
	c.e.drain("killed by its own code", "")
	if wait >= 0 && c.e.kill == nil {
		c.e.kill = time.AfterFunc(wait, c.e.cut)
	}
	return nil
}

// Activate lets the spouts emit.
func (c *control) Activate(topology string) error {
	if err := c.known(topology); err != nil {
		return err
	}
	c.e.worker.Activate()
	return nil
}

// Deactivate stops the spouts from emitting.
func (c *control) Deactivate(topology string) error {
	if err := c.known(topology); err != nil {
		return err
	}
	c.e.worker.Deactivate()
	return nil
}

// known refuses the name of a topology that does not run here.
func (c *control) known(topology string) error {
	if topology != c.e.plan.Topology {
		return fmt.Errorf("no topology %q runs here, but %q", topology, c.e.plan.Topology)
	}
	return nil
}
