package tally

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/internal/stats"
)

// sumTasks are the tasks by component in the order of index, then by id. A task that has moved counts together with what it
// was before: where and how it is says the part that knows it to have begun last.
func sumTasks(parts []stats.Task, index map[string]int) []stats.Task {
	slices.SortStableFunc(parts, func(a, b stats.Task) int {
		return cmp.Or(cmp.Compare(index[a.Component], index[b.Component]), cmp.Compare(a.ID, b.ID), b.Since.Compare(a.Since))
	})
	return merge(parts, func(a, b *stats.Task) bool { return a.ID == b.ID }, func(sum, t *stats.Task) {
		sum.Emitted += t.Emitted
		sum.Transferred += t.Transferred
		sum.Executed += t.Executed
		sum.Acked += t.Acked
		sum.Failed += t.Failed
		sum.Restarts += t.Restarts
		sum.Errors += t.Errors
		sum.Queue += t.Queue
		sum.InFlight += t.InFlight
		sum.Busy += t.Busy
		sum.Held += t.Held
		sum.CPU += t.CPU
		sum.Spent.Add(&t.Spent)
	})
}

// sumStreams are the streams by component in the order of index, then by name.
func sumStreams(parts []stats.Stream, index map[string]int) []stats.Stream {
	order := func(a, b *stats.Stream) int {
		return cmp.Or(cmp.Compare(index[a.Component], index[b.Component]), strings.Compare(a.Stream, b.Stream))
	}
	slices.SortStableFunc(parts, func(a, b stats.Stream) int { return order(&a, &b) })
	return merge(parts, func(a, b *stats.Stream) bool { return order(a, b) == 0 }, func(sum, s *stats.Stream) {
		sum.Emitted += s.Emitted
		sum.Transferred += s.Transferred
	})
}

// sumEdges are the edges by component in the order of index, then by source and stream.
func sumEdges(parts []stats.Edge, index map[string]int) []stats.Edge {
	order := func(a, b *stats.Edge) int {
		return cmp.Or(cmp.Compare(index[a.Component], index[b.Component]), strings.Compare(a.Source, b.Source), strings.Compare(a.Stream, b.Stream))
	}
	slices.SortStableFunc(parts, func(a, b stats.Edge) int { return order(&a, &b) })
	return merge(parts, func(a, b *stats.Edge) bool { return order(a, b) == 0 }, func(sum, e *stats.Edge) {
		sum.Executed += e.Executed
		sum.Acked += e.Acked
		sum.Failed += e.Failed
	})
}

// merge adds up those that follow each other and are of the same.
func merge[T any](sorted []T, same func(a, b *T) bool, add func(sum, t *T)) []T {
	list := []T{}
	for i := range sorted {
		if last := len(list) - 1; last >= 0 && same(&list[last], &sorted[i]) {
			add(&list[last], &sorted[i])
		} else {
			list = append(list, sorted[i])
		}
	}
	return list
}
