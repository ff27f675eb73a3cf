package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/ui"
)

func (p *program) restartCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "restart", Usage: "give the tasks of a component other processes", ArgsUsage: "NAME COMPONENT|TASK",
		Description: `Has other processes take the place of those of a component's tasks, one after the other, or of the one of a task: a bolt's when it
has handled what it has, a spout's when what it has emitted is handled. Nothing is lost, and it does not count as a failure. The
command waits until they are there.

   gstorm restart word_count split
   gstorm restart word_count 4
   gstorm restart word_count split --run        of what gstorm run --ui runs on this machine`,
		Flags:  clusterFlags(runFlag(), &cli.BoolFlag{Name: "no-wait", Usage: "do not wait for the new processes", DisableDefaultText: true}),
		Action: p.asked([]string{"NAME", "COMPONENT|TASK"}, p.restart),
	})
}

// runFlag is that of commands which ask a run as they ask a cluster.
func runFlag() cli.Flag {
	return &cli.StringFlag{Name: "run", Usage: "ask the gstorm run --ui at `HOST:PORT`; without an address, the one at " + pageAddress, DefaultText: "a cluster is asked"}
}

func (p *program) restart(c *cli.Context, ask *api.Client) error {
	name, what := c.Args().Get(0), c.Args().Get(1)
	before, err := tasksOf(c.Context, ask, name, "")
	if err != nil {
		return whyNot(c, err)
	}
	tasks, err := askRestart(c.Context, ask, name, what, before)
	if err != nil {
		return err
	}
	if c.Bool("no-wait") {
		_, err := fmt.Fprintln(p.stdout, "tasks to be restarted:", terminal.Escape(fmt.Sprint(tasks)))
		return err
	}
	for _, id := range tasks {
		now, err := awaitProcess(c.Context, ask, name, id, before[id])
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s, task %d: process %d", now.Component, id, now.PID)
		if old := before[id].PID; old != 0 { // else it was just being started
			text += fmt.Sprintf(" has taken the place of %d", old)
		}
		_, _ = fmt.Fprintln(p.stdout, terminal.Escape(text))
	}
	return nil
}

// askRestart asks for the restart of a component, or of a task: which is a number that no component is called by.
func askRestart(ctx context.Context, ask *api.Client, name, what string, known map[int]stats.Task) ([]int, error) {
	task, err := strconv.Atoi(what)
	for _, t := range known {
		if t.Component == what {
			err = strconv.ErrSyntax
		}
	}
	if err != nil {
		return ask.RestartComponent(ctx, name, what)
	}
	return []int{task}, ask.RestartTask(ctx, name, task)
}

// tasksOf are the tasks of a topology that are counted, of one component or ("") of all.
func tasksOf(ctx context.Context, ask *api.Client, name, component string) (map[int]stats.Task, error) {
	var of []string
	if component != "" {
		of = []string{component}
	} else {
		var v ui.TopologyView
		if err := ask.Document(ctx, pathOf(terminal.Place{Topology: name}), &v); err != nil {
			return nil, err
		}
		for i := range v.Components {
			of = append(of, v.Components[i].ID)
		}
	}
	all := map[int]stats.Task{}
	for _, id := range of {
		var v ui.ComponentDetail
		if err := ask.Document(ctx, pathOf(terminal.Place{Topology: name, Component: id}), &v); err != nil {
			return nil, err
		}
		for i := range v.TaskViews {
			all[v.TaskViews[i].ID] = v.TaskViews[i].Task
		}
	}
	return all, nil
}

// restartLimit is how long it is waited for one task: longer than the topology itself waits before it leaves the rest as it is.
const restartLimit = 15 * time.Minute

// awaitProcess waits until a task has another process than before. A task that was not counted yet, or is not at the moment as its
// worker is new, is waited for.
func awaitProcess(ctx context.Context, ask *api.Client, name string, id int, before stats.Task) (now stats.Task, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, restartLimit, fmt.Errorf("task %d has no other process after %v: its log may say why", id, restartLimit))
	defer cancel()
	err = poll(ctx, func() (bool, error) {
		tasks, err := tasksOf(ctx, ask, name, before.Component)
		now = tasks[id]
		return now.State == stats.Running && now.PID != 0 && !now.Since.Equal(before.Since), err
	})
	return now, err
}
