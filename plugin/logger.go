package plugin

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"strings"
)

// handler sends log records to gstorm, which adds who has logged them. Attributes follow the message as key=value.
type handler struct {
	out   *outbox
	attrs []slog.Attr
	group string
}

// Enabled implements slog.Handler: gstorm decides what is shown, and may have said from which level on.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.out.least.Level()
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	var line bytes.Buffer
	text := slog.NewTextHandler(&line, &slog.HandlerOptions{Level: slog.LevelDebug - 8, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
			return slog.Attr{}
		}
		return a
	}})
	attrs := slog.NewRecord(r.Time, r.Level, "", 0)
	attrs.AddAttrs(h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		attrs.AddAttrs(h.grouped(a))
		return true
	})
	if err := text.Handle(ctx, attrs); err != nil {
		return err
	}
	level := levelOf(r.Level)
	h.out.say(report{Command: "log", Msg: strings.TrimSpace(r.Message + " " + line.String()), Level: &level})
	return nil
}

func (h *handler) grouped(a slog.Attr) slog.Attr {
	if h.group != "" {
		a.Key = h.group + a.Key
	}
	return a
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = append([]slog.Attr(nil), h.attrs...)
	for _, a := range attrs {
		with.attrs = append(with.attrs, h.grouped(a))
	}
	return &with
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.group += name + "."
	return &with
}

// everything is below all levels.
const everything = slog.Level(math.MinInt32)

// setLevel is what gstorm says of the level; "" or what is no level: everything is logged, as it is until it says something.
func (o *outbox) setLevel(name string) {
	level := everything
	if level.UnmarshalText([]byte(name)) != nil {
		level = everything
	}
	o.least.Set(level)
}

// levelOf is a level by the protocol's number: trace, debug, info, warn, error.
func levelOf(l slog.Level) int {
	switch {
	case l >= slog.LevelError:
		return 4
	case l >= slog.LevelWarn:
		return 3
	case l >= slog.LevelInfo:
		return 2
	case l >= slog.LevelDebug:
		return 1
	}
	return 0
}
