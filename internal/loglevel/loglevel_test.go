package loglevel_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm/internal/loglevel"
)

// TestALevelIsThatOfOneComponent: of others, and of what has no component, nothing changes; and below a level that was given
// nothing is logged either, however much the log takes.
func TestALevelIsThatOfOneComponent(t *testing.T) {
	var debug, info strings.Builder
	text := func(to *strings.Builder, level slog.Level) slog.Handler {
		return loglevel.Open(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
	}
	var levels loglevel.Levels
	base := slog.New(slog.NewMultiHandler(text(&debug, slog.LevelDebug), text(&info, slog.LevelInfo)))
	split, count := levels.Logger(base, "split").With("task", 1), levels.Logger(base, "count").WithGroup("g")
	say := func() (most, least int) {
		debug.Reset()
		info.Reset()
		for _, l := range []*slog.Logger{base, split, count} {
			l.Debug("d")
			l.Info("i")
			l.Warn("w")
		}
		return strings.Count(debug.String(), "\n"), strings.Count(info.String(), "\n")
	}
	for _, test := range []struct {
		list        []loglevel.Level
		most, least int
	}{
		{nil, 9, 6},
		{[]loglevel.Level{{Component: "split", Level: "debug"}}, 9, 7},
		{[]loglevel.Level{{Component: "split", Level: "error"}}, 6, 4},
		{[]loglevel.Level{{Level: "warn"}, {Component: "split", Level: "debug"}}, 7, 6},
		{[]loglevel.Level{{Component: "spilt", Level: "debug"}}, 9, 6},
	} {
		levels.Set(test.list)
		if most, least := say(); most != test.most || least != test.least {
			t.Errorf("%+v: %d and %d lines, want %d and %d", test.list, most, least, test.most, test.least)
		}
	}
}

func TestALevelCanHaveAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		soon := time.Now().Add(time.Minute)
		var levels loglevel.Levels
		changed, wait := levels.Next()
		levels.Set([]loglevel.Level{{Level: "warn"}, {Component: "split", Level: "debug", Until: &soon}})
		<-changed
		if _, left := levels.Next(); wait != 0 || left != time.Minute || levels.Of("split") != "debug" || levels.Of("count") != "warn" {
			t.Errorf("wait %v, left %v, %+v", wait, left, levels.List())
		}
		time.Sleep(time.Minute)
		if _, left := levels.Next(); left != 0 || levels.Of("split") != "warn" || len(levels.List()) != 1 {
			t.Errorf("left %v, %+v", left, levels.List())
		}
	})
}

func TestWith(t *testing.T) {
	now := time.Now()
	list := loglevel.With(nil, loglevel.Level{Component: "b", Level: "info"}, now)
	list = loglevel.With(list, loglevel.Level{Component: "a", Level: "debug", Until: &now}, now.Add(-1))
	list = loglevel.With(list, loglevel.Level{Level: "warn"}, now.Add(-1))
	list = loglevel.With(list, loglevel.Level{Component: "b", Level: "error"}, now.Add(-1))
	if want := []loglevel.Level{{Level: "warn"}, {Component: "a", Level: "debug", Until: &now}, {Component: "b", Level: "error"}}; !slices.Equal(list, want) {
		t.Errorf("%+v", list)
	}
	if list = loglevel.With(list, loglevel.Level{Component: "b"}, now); !slices.Equal(list, []loglevel.Level{{Level: "warn"}}) {
		t.Errorf("%+v", list)
	}
	if err := loglevel.Check("dbug"); err == nil || loglevel.Check("") != nil || loglevel.Check("debug") != nil {
		t.Error(err)
	}
}
