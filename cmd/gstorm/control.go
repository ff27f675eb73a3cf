package main

import (
	"fmt"
	"time"
)

// runControl is what a file's code after submission can do to its run. It implements adapters.Control.
type runControl struct{ e *execution }

// Shutdown ends the run in order.
func (c *runControl) Shutdown() { c.e.drain("shut down by its own code", "") }

// Kill ends the run as Storm's kill does: what is pending after wait is cut.
func (c *runControl) Kill(topology string, wait time.Duration) error {
	if err := c.known(topology); err != nil {
		return err
	}
	c.e.drain("killed by its own code", "")
	if wait >= 0 {
		c.e.cutAfter(wait)
	}
	return nil
}

// Activate lets the spouts emit.
func (c *runControl) Activate(topology string) error {
	if err := c.known(topology); err != nil {
		return err
	}
	c.e.activate(true)
	return nil
}

// Deactivate stops the spouts from emitting.
func (c *runControl) Deactivate(topology string) error {
	if err := c.known(topology); err != nil {
		return err
	}
	c.e.activate(false)
	return nil
}

// known refuses the name of a topology that does not run here.
func (c *runControl) known(topology string) error {
	if topology != c.e.plan.Topology {
		return fmt.Errorf("no topology %q runs here, but %q", topology, c.e.plan.Topology)
	}
	return nil
}
