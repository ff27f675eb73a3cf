package host

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/guard"
	"github.com/gstorm/gstorm/internal/stats"
)

// keepErrors is how many errors of one component a summary shows.
const keepErrors = 10

// journal is the one place where the errors of components go: counted, kept for the summary, and logged no more often
// than the configuration allows (Storm: topology.max.error.report.per.interval).
type journal struct {
	log *slog.Logger

	mu     sync.Mutex // guards all below
	byComp map[string]*componentErrors
}

type componentErrors struct {
	kept     []stats.ComponentError
	window   time.Time // when the interval began
	logged   int       // in it
	withheld int
}

func newJournal(log *slog.Logger) *journal {
	return &journal{log: log, byComp: map[string]*componentErrors{}}
}

// report notes an error of a task's component.
func (j *journal) report(t *task, e stats.ComponentError) {
	t.count.errors.Add(1)
	e.Component, e.Task, e.Time, e.Count = t.component.ID, t.id, time.Now(), 1
	if show, withheld := j.keep(t, e); show {
		attrs := []slog.Attr{slog.String("component", e.Component), slog.Int("task", e.Task)}
		if e.PID != 0 {
			attrs = append(attrs, slog.Int("pid", e.PID))
		}
		if e.File != "" {
			attrs = append(attrs, slog.String("file", e.File), slog.Int("line", e.Line))
		}
		if e.Tuple != "" {
			attrs = append(attrs, slog.String("tuple", e.Tuple))
		}
		if withheld > 0 {
			attrs = append(attrs, slog.Int("withheld", withheld))
		}
		j.log.LogAttrs(context.Background(), slog.LevelError, e.Message, attrs...)
	}
}

func (j *journal) keep(t *task, e stats.ComponentError) (show bool, withheld int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.byComp[e.Component]
	if c == nil {
		c = &componentErrors{}
		j.byComp[e.Component] = c
	}
	if last := len(c.kept) - 1; last >= 0 && c.kept[last].Message == e.Message && c.kept[last].File == e.File {
		c.kept[last].Count++
	} else {
		c.kept = append(c.kept, e)
		if len(c.kept) > keepErrors {
			c.kept = append(c.kept[:0], c.kept[1:]...)
		}
	}
	if e.Time.Sub(c.window) >= t.settings.errorInterval {
		c.window, c.logged = e.Time, 0
	}
	if c.logged >= t.settings.maxErrors {
		c.withheld++
		return false, 0
	}
	c.logged++
	withheld, c.withheld = c.withheld, 0
	return true, withheld
}

// errors are the kept errors of one component, oldest first.
func (j *journal) errors(component string) []stats.ComponentError {
	j.mu.Lock()
	defer j.mu.Unlock()
	if c := j.byComp[component]; c != nil {
		return append([]stats.ComponentError(nil), c.kept...)
	}
	return nil
}

// failed reports an error that a Go component's code ended with.
func (t *task) failed(err error, where string) {
	record := stats.ComponentError{Message: where + err.Error()}
	record.File, record.Line = guard.Position(err)
	t.worker.journal.report(t, record)
}
