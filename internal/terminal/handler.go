package terminal

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm/internal/logattrs"
)

// Handler is a slog.Handler that writes for people: one line a record,
//
//	09:12:01.123 INFO  split/3  message key=value
//
// The attributes component and task always stand before the message. pid stands beside them where it helps: at level
// debug, and for what a component wrote to its stderr (stream=stderr). What a topology's file wrote while it was loaded
// has the file there. topology is left out, one process runs one. A
// message or value of several lines (a backtrace, a death report) follows indented. Whatever came from a component is
// escaped. A record is one Write.
type Handler struct {
	out   io.Writer
	level slog.Leveler
	look  palette
	attrs logattrs.List
}

// entry is a record, as it is about to be written.
type entry struct {
	look   palette
	origin origin
	fields []field
}

// origin is who a record is about.
type origin struct{ component, task, pid, stream string }

type field struct{ key, value string }

// NewHandler writes records of the level and above to out; colour says whether out shows colours.
func NewHandler(out io.Writer, level slog.Leveler, colour bool) *Handler {
	return &Handler{out: out, level: level, look: palette(colour)}
}

// Enabled implements slog.Handler.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = h.attrs.With(attrs)
	return &with
}

// WithGroup implements slog.Handler: the name and a dot go before the keys that follow.
func (h *Handler) WithGroup(name string) slog.Handler {
	with := *h
	with.attrs = h.attrs.Group(name)
	return &with
}

// Handle implements slog.Handler.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	e := &entry{look: h.look}
	for _, a := range h.attrs.Of(r) {
		e.add(a)
	}
	var b strings.Builder
	e.adoptFile()
	if !r.Time.IsZero() {
		b.WriteString(h.look.paint(dim, r.Time.Format("15:04:05.000")) + " ")
	}
	b.WriteString(h.levelName(r.Level) + " ")
	if who := e.origin.String(r.Level); who != "" {
		b.WriteString(h.look.paint(cyan, escape(who, false)) + "  ")
	}
	e.body(&b, r.Message)
	_, err := io.WriteString(h.out, b.String())
	return err
}

// body writes the message, the values, and then what takes lines of its own.
func (e *entry) body(b *strings.Builder, message string) {
	first, rest, _ := strings.Cut(trimLines(message), "\n")
	b.WriteString(first)
	var blocks []field
	for _, f := range e.fields {
		if strings.Contains(f.value, "\n") {
			blocks = append(blocks, f)
			continue
		}
		b.WriteString(" " + e.look.paint(dim, f.key+"=") + quoted(f.value))
	}
	b.WriteByte('\n')
	if rest != "" {
		indent(b, rest, "    ")
	}
	for _, f := range blocks {
		b.WriteString("    " + e.look.paint(dim, f.key+":") + "\n")
		indent(b, f.value, "      ")
	}
}

func (h *Handler) levelName(l slog.Level) string {
	name, s := l.String(), plain
	switch {
	case l >= slog.LevelError:
		s = boldRed
	case l >= slog.LevelWarn:
		s = yellow
	case l >= slog.LevelInfo:
		s = green
	default:
		s = dim
	}
	return h.look.paint(s, padRight(name, 5))
}

// add notes an attribute.
func (e *entry) add(a slog.Attr) {
	if value := a.Value.String(); !e.origin.take(a.Key, value) {
		e.fields = append(e.fields, field{escape(a.Key, false), trimLines(value)})
	}
}

// adoptFile makes the attribute file the origin of what no component wrote.
func (e *entry) adoptFile() {
	if e.origin.component != "" || e.origin.stream == "" {
		return
	}
	e.fields = slices.DeleteFunc(e.fields, func(f field) bool {
		if f.key == "file" {
			e.origin.component = f.value
		}
		return f.key == "file"
	})
}

// take notes one of the attributes that have a place of their own.
func (o *origin) take(key, value string) bool {
	switch key {
	case "topology":
	case "component":
		o.component = value
	case "task":
		o.task = value
	case "pid":
		o.pid = value
	case "stream":
		o.stream = value
	default:
		return false
	}
	return true
}

// String is component/task, with the pid where it helps.
func (o origin) String(level slog.Level) string {
	s := o.component
	if o.task != "" {
		s += "/" + o.task
	}
	if o.pid != "" && (level < slog.LevelInfo || o.stream == "stderr" || s == "") {
		s += "[" + o.pid + "]"
	}
	return s
}

// trimLines escapes a text of several lines and takes away the blank at its end.
func trimLines(s string) string {
	return strings.TrimRight(escape(strings.ReplaceAll(s, "\r\n", "\n"), true), " \t\n")
}

// quoted puts a value in quotes where it could not be told from what follows.
func quoted(v string) string {
	if v == "" || strings.ContainsAny(v, " \t\"=") {
		return strconv.Quote(v)
	}
	return v
}

func indent(b *strings.Builder, text, by string) {
	for line := range strings.Lines(text) {
		b.WriteString(by + strings.TrimRight(line, "\n") + "\n")
	}
}
