package terminal

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func record(h slog.Handler, level slog.Level, message string, args ...any) {
	r := slog.NewRecord(time.Date(2024, 5, 6, 9, 12, 1, 123e6, time.UTC), level, message, 0)
	r.Add(args...)
	_ = h.Handle(context.Background(), r)
}

func TestHandlerWritesOneLineARecord(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(h slog.Handler)
		want  string
	}{
		{"plain", func(h slog.Handler) { record(h, slog.LevelInfo, "started") },
			"09:12:01.123 INFO  started\n"},
		{"component and task stand in front, whatever their order", func(h slog.Handler) {
			record(h, slog.LevelWarn, "slow", "ms", 12, "task", 3, "topology", "wc", "component", "split")
		}, "09:12:01.123 WARN  split/3  slow ms=12\n"},
		{"pid only where it helps", func(h slog.Handler) {
			bolt := h.WithAttrs([]slog.Attr{slog.String("component", "split"), slog.Int("task", 3), slog.Int("pid", 4711)})
			record(bolt, slog.LevelInfo, "ready")
			record(bolt, slog.LevelDebug, "ready")
			record(bolt, slog.LevelInfo, "warning: x", "stream", "stderr")
			record(bolt, slog.LevelInfo, "told", "stream", "log")
		}, "09:12:01.123 INFO  split/3  ready\n09:12:01.123 DEBUG split/3[4711]  ready\n" +
			"09:12:01.123 INFO  split/3[4711]  warning: x\n09:12:01.123 INFO  split/3  told\n"},
		{"a file that writes while it is loaded is the origin", func(h slog.Handler) {
			record(h.WithAttrs([]slog.Attr{slog.String("file", "wc.rb")}), slog.LevelInfo, "warning: x", "stream", "stderr")
			record(h.WithAttrs([]slog.Attr{slog.String("file", "wc.rb")}), slog.LevelInfo, "loaded")
		}, "09:12:01.123 INFO  wc.rb  warning: x\n09:12:01.123 INFO  loaded file=wc.rb\n"},
		{"values that need it are quoted", func(h slog.Handler) {
			record(h, slog.LevelInfo, "m", "a", "x y", "b", "", "c", `say "hi"`, "d", time.Second, "e", errors.New("no"))
		}, `09:12:01.123 INFO  m a="x y" b="" c="say \"hi\"" d=1s e=no` + "\n"},
		{"groups are dotted", func(h slog.Handler) {
			record(h.WithGroup("g").WithAttrs([]slog.Attr{slog.Int("task", 1)}), slog.LevelInfo, "m", slog.Group("in", "x", 2))
		}, "09:12:01.123 INFO  m g.task=1 g.in.x=2\n"},
		{"a backtrace is indented", func(h slog.Handler) {
			record(h, slog.LevelError, "divided by 0\n\twc.rb:12\n\n\twc.rb:3\n", "component", "split", "task", 3, "tuple", "77")
		}, "09:12:01.123 ERROR split/3  divided by 0 tuple=77\n    \twc.rb:12\n    \n    \twc.rb:3\n"},
		{"a value of several lines gets them below", func(h slog.Handler) {
			record(h, slog.LevelError, "died", "report", "exit 1\r\nstderr:\n  boom\n", "code", 1)
		}, "09:12:01.123 ERROR died code=1\n    report:\n      exit 1\n      stderr:\n        boom\n"},
		{"control characters are spelt out", func(h slog.Handler) {
			record(h, slog.LevelInfo, "\x1b[2Jgone", "k\n", "\a")
		}, `09:12:01.123 INFO  \x1b[2Jgone k\n=\x07` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			c.write(NewHandler(&out, slog.LevelDebug, false))
			if diff := cmp.Diff(c.want, out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHandlerHasALevelAndColours(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(NewHandler(&out, slog.LevelWarn, true))
	log.Info("not seen")
	if out.Len() > 0 {
		t.Fatalf("wrote %q below its level", out.String())
	}
	record(log.Handler(), slog.LevelError, "m", "component", "split", "k", 1)
	want := "\x1b[2m09:12:01.123\x1b[m \x1b[1;31mERROR\x1b[m \x1b[36msplit\x1b[m  m \x1b[2mk=\x1b[m1\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHandlersThatShareAnOriginDoNotMixTheirAttributes(t *testing.T) {
	var out bytes.Buffer
	parent := NewHandler(&out, slog.LevelInfo, false).WithAttrs([]slog.Attr{slog.Int("a", 1)})
	one, two := parent.WithAttrs([]slog.Attr{slog.Int("b", 2)}), parent.WithAttrs([]slog.Attr{slog.Int("c", 3)})
	record(one, slog.LevelInfo, "m")
	record(two, slog.LevelInfo, "m")
	want := "09:12:01.123 INFO  m a=1 b=2\n09:12:01.123 INFO  m a=1 c=3\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
