package loglevel

import (
	"context"
	"log/slog"
)

// Logger is a logger for a component: like l, but where a level was given to the component that one counts, and no other. Handlers
// below a slog.MultiHandler have to be made Open for that.
func (l *Levels) Logger(inner *slog.Logger, component string) *slog.Logger {
	return slog.New(&handler{levels: l, inner: inner.Handler(), component: component})
}

// handler decides what of a component's is logged.
type handler struct {
	levels    *Levels
	inner     slog.Handler
	component string
}

// decidedKey is the key in the context of a record that is to be logged whatever the level of a handler below.
type decidedKey struct{}

// Enabled implements slog.Handler.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	if name := h.levels.Of(h.component); name != "" {
		return level >= Slog(name)
	}
	return h.inner.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if h.levels.Of(h.component) != "" {
		ctx = context.WithValue(ctx, decidedKey{}, true)
	}
	return h.inner.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{h.levels, h.inner.WithAttrs(attrs), h.component}
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.levels, h.inner.WithGroup(name), h.component}
}

// Open is a handler that also takes what a component's Logger has decided to log. Its inner one must take, if it is given them, records
// below its own level.
func Open(inner slog.Handler) slog.Handler { return open{inner} }

type open struct{ slog.Handler }

// Enabled implements slog.Handler.
func (o open) Enabled(ctx context.Context, level slog.Level) bool {
	return ctx.Value(decidedKey{}) != nil || o.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (o open) WithAttrs(attrs []slog.Attr) slog.Handler { return open{o.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (o open) WithGroup(name string) slog.Handler { return open{o.Handler.WithGroup(name)} }
