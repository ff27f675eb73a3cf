package consensus

import (
	"context"
	"io"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// bridge is a logger for raft whose records go to an slog.Logger.
func bridge(to *slog.Logger) hclog.Logger {
	logger := hclog.NewInterceptLogger(&hclog.LoggerOptions{Name: "raft", Level: hclog.Debug, Output: io.Discard})
	logger.RegisterSink(sink{to})
	return logger
}

type sink struct{ to *slog.Logger }

// Accept takes a record.
func (s sink) Accept(_ string, level hclog.Level, message string, args ...any) {
	s.to.Log(context.Background(), slogLevel(level), message, args...)
}

// slogLevel: what raft is about is its own business mostly, so its information is for who looks into it.
func slogLevel(l hclog.Level) slog.Level {
	switch {
	case l >= hclog.Error:
		return slog.LevelError
	case l == hclog.Warn:
		return slog.LevelWarn
	}
	return slog.LevelDebug
}
