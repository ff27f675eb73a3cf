package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// debug makes the component of --debug one that waits for a debugger, and switches off all limits that somebody who thinks
// at a breakpoint would break.
func (r *runner) debug(ctx context.Context, l *loaded) error {
	id := r.options.debug
	if id == "" {
		return nil
	}
	c := l.topology.Component(id)
	if c == nil {
		return &invalidError{fmt.Errorf("--debug: the topology has no component %q", id)}
	}
	session, ok := l.Session.(adapters.Debugged)
	if !ok || c.Implementation.Type != gstorm.FileImplementation {
		return &invalidError{fmt.Errorf("--debug: %q is no component of a file in a language with a debugger", id)}
	}
	launch, attach, err := session.LaunchDebugged(ctx, c, r.options.debugPort)
	if problems := (gstorm.Problems{}); errors.As(err, &problems) {
		return problems
	} else if err != nil {
		return &invalidError{fmt.Errorf("--debug %s: %w", id, err)}
	}
	l.launches[id] = launch
	c.Parallelism, c.Tasks = 1, 1
	c.Config = c.Config.Merge(gstorm.Config{
		gstorm.TopologyTasks: nil, gstorm.TopologySubprocessTimeout: 0, gstorm.StartTimeout: 0,
	})
	l.topology.Config = l.topology.Config.Merge(gstorm.Config{gstorm.TopologyEnableTimeouts: false})
	r.say(fmt.Sprintf("%s waits for a debugger on port %d: %s", id, r.options.debugPort, attach))
	return nil
}
