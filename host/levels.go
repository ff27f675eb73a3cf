package host

import (
	"context"
	"time"

	"github.com/gstorm/gstorm/multilang"
)

// heedLevels has the tasks' processes hear from which level on they are to log, whenever that changes, until ctx ends.
func (w *Worker) heedLevels(ctx context.Context) {
	for {
		changed, wait := w.options.Levels.Next()
		for _, t := range w.own {
			t.setLevel(w.options.Levels.Of(t.component.ID))
		}
		var over <-chan time.Time
		if wait > 0 {
			over = time.After(wait)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-over:
		}
	}
}

// setLevel sets from which level on the task's component logs, by name; "": as it does by itself.
func (t *task) setLevel(name string) {
	if before := t.level.Swap(&name); before != nil && *before == name {
		return
	}
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// appendLevel appends what tells the child from which level on it is to log, if it does not know. It is called by who writes
// to the child.
func (s *session) appendLevel(dst []byte) []byte {
	name := s.task.level.Load()
	if name == nil || *name == s.level || !s.p.Extension().Has(multilang.FeatureLevel) {
		return dst
	}
	s.level = *name
	return multilang.AppendLevel(dst, s.level)
}
