package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// runRetries are the failed tuples of what a page shows. It implements ui.Retries.
type runRetries struct{ page *runPage }

func (r runRetries) shown() *execution {
	r.page.mu.Lock()
	defer r.page.mu.Unlock()
	return r.page.shown
}

// Failures implements ui.Retries.
func (r runRetries) Failures(_ context.Context, t *ui.Topology, most int) (stats.Failures, error) {
	e := r.shown()
	if e == nil {
		return stats.Failures{}, &ui.Error{Kind: ui.Conflict, Message: t.Name + " has ended"}
	}
	return e.worker.Failures(most), nil
}

// list is where the dead letters of a topology are, and what runs of it; nil: nothing does.
func (r runRetries) list(name string, t *ui.Topology) (*deadletters.List, *execution, error) {
	if t != nil {
		if e := r.shown(); e != nil && e.letters != nil {
			return e.letters, e, nil
		}
	}
	list, err := deadletters.OfRun(name)
	return list, nil, err
}

// Letters implements ui.Retries.
func (r runRetries) Letters(_ context.Context, name string, t *ui.Topology, most int) (*stats.DeadLetters, error) {
	list, e, err := r.list(name, t)
	if err != nil {
		return nil, err
	}
	limit, room := 0, 0
	if e != nil {
		limit, room = deadletters.OutlineOf(e.plan).Bounds()
	}
	all, err := list.Show(most, room)
	all.Max = limit
	return &all, err
}

// Replay implements ui.Retries.
func (r runRetries) Replay(_ context.Context, name string, t *ui.Topology, c stats.LetterChoice) (int, error) {
	list, e, err := r.list(name, t)
	if err != nil || e == nil {
		return 0, err
	}
	n, err := list.Ask(c, deadletters.OutlineOf(e.plan).Misfit)
	if misfit, ok := errors.AsType[*deadletters.MisfitError](err); ok {
		err = &ui.Error{Kind: ui.Conflict, Message: misfit.Error()}
	}
	return n, err
}

// Drop implements ui.Retries.
func (r runRetries) Drop(_ context.Context, name string, t *ui.Topology, c stats.LetterChoice) (int, error) {
	list, _, err := r.list(name, t)
	if err != nil {
		return 0, err
	}
	return list.Drop(c)
}

// tellLetters says at the end of a run how many dead letters there are, if there are any.
func (e *execution) tellLetters() {
	if e.letters == nil {
		return
	}
	all, damaged, err := e.letters.All()
	switch {
	case err != nil:
		e.say("the dead letters can't be read: " + err.Error())
	case len(all) > 0 || damaged > 0:
		text := fmt.Sprintf("%d dead letters of %s are in %s: gstorm dead-letters %s --run has them", len(all), e.plan.Topology, e.letters.Path(), e.plan.Topology)
		if damaged > 0 {
			text += fmt.Sprintf("; %d lines of it can't be read", damaged)
		}
		e.say(text)
	}
}
