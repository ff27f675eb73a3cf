package terminal

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
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
	out    io.Writer
	level  slog.Leveler
	look   palette
	origin origin
	group  string // names of open groups, each with its dot
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
	with := h.clone()
	for _, a := range attrs {
		with.add(h.group, a)
	}
	return with
}

// WithGroup implements slog.Handler: the name and a dot go before the keys that follow.
func (h *Handler) WithGroup(name string) slog.Handler {
	with := h.clone()
	if name != "" {
		with.group += name + "."
	}
	return with
}

func (h *Handler) clone() *Handler {
	c := *h
	c.fields = slices.Clip(c.fields)
	return &c
}

// Handle implements slog.Handler.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	all := h.clone()
	r.Attrs(func(a slog.Attr) bool {
		all.add(h.group, a)
		return true
	})
	var b strings.Builder
	all.adoptFile()
	if !r.Time.IsZero() {
		b.WriteString(h.look.paint(dim, r.Time.Format("15:04:05.000")) + " ")
	}
	b.WriteString(h.levelName(r.Level) + " ")
	if who := all.origin.String(r.Level); who != "" {
		b.WriteString(h.look.paint(cyan, escape(who, false)) + "  ")
	}
	all.body(&b, r.Message)
	_, err := io.WriteString(h.out, b.String())
	return err
}

// body writes the message, the values, and then what takes lines of its own.
func (h *Handler) body(b *strings.Builder, message string) {
	first, rest, _ := strings.Cut(trimLines(message), "\n")
	b.WriteString(first)
	var blocks []field
	for _, f := range h.fields {
		if strings.Contains(f.value, "\n") {
			blocks = append(blocks, f)
			continue
		}
		b.WriteString(" " + h.look.paint(dim, f.key+"=") + quoted(f.value))
	}
	b.WriteByte('\n')
	if rest != "" {
		indent(b, rest, "    ")
	}
	for _, f := range blocks {
		b.WriteString("    " + h.look.paint(dim, f.key+":") + "\n")
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

// add notes an attribute; groups become dotted keys.
func (h *Handler) add(prefix string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, member := range v.Group() {
			h.add(prefix, member)
		}
		return
	}
	if a.Key == "" || prefix == "" && h.origin.take(a.Key, v.String()) {
		return
	}
	h.fields = append(h.fields, field{escape(prefix+a.Key, false), trimLines(v.String())})
}

// adoptFile makes the attribute file the origin of what no component wrote.
func (h *Handler) adoptFile() {
	if h.origin.component != "" || h.origin.stream == "" {
		return
	}
	h.fields = slices.DeleteFunc(slices.Clone(h.fields), func(f field) bool {
		if f.key == "file" {
			h.origin.component = f.value
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
