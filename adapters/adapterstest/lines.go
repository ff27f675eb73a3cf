package adapterstest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
)

// Lines keeps what a file writes while it is loaded and driven. Its zero value is ready to use.
type Lines struct {
	mu    sync.Mutex
	lines []string
}

// Logger is for Request.Logger. each, if it is not nil, is called with every line.
func (l *Lines) Logger(each func(line string)) *slog.Logger { return slog.New(lineHandler{l, each}) }

// All are the lines so far.
func (l *Lines) All() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

type lineHandler struct {
	lines *Lines
	each  func(string)
}

// Enabled leaves out what only debugging shows.
func (lineHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// WithAttrs ignores them.
func (h lineHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup ignores it.
func (h lineHandler) WithGroup(string) slog.Handler { return h }

// Handle keeps the message.
func (h lineHandler) Handle(_ context.Context, r slog.Record) error {
	h.lines.mu.Lock()
	h.lines.lines = append(h.lines.lines, r.Message)
	h.lines.mu.Unlock()
	if h.each != nil {
		h.each(r.Message)
	}
	return nil
}
