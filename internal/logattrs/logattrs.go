// Package logattrs is what each slog.Handler that writes in a form of its own needs: all attributes of a record in one list.
package logattrs

import (
	"log/slog"
	"slices"
)

// List is the attributes and the open groups of a slog.Handler. The zero List has none. It is a value: what is made of one
// leaves that one as it was.
type List struct {
	attrs []slog.Attr
	group string // names of open groups, each with its dot
}

// With is what Handler.WithAttrs makes of it.
func (l List) With(attrs []slog.Attr) List {
	l.attrs = slices.Clip(l.attrs)
	for _, a := range attrs {
		l.attrs = appendFlat(l.attrs, l.group, a)
	}
	return l
}

// Group is what Handler.WithGroup makes of it.
func (l List) Group(name string) List {
	if name != "" {
		l.group += name + "."
	}
	return l
}

// Of is all attributes of a record: those of the handler first, groups as names with a dot before the key, values resolved,
// and none without a key.
func (l List) Of(r slog.Record) []slog.Attr {
	all := slices.Clip(l.attrs)
	r.Attrs(func(a slog.Attr) bool {
		all = appendFlat(all, l.group, a)
		return true
	})
	return all
}

func appendFlat(list []slog.Attr, prefix string, a slog.Attr) []slog.Attr {
	v := a.Value.Resolve()
	switch {
	case v.Kind() == slog.KindGroup:
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, member := range v.Group() {
			list = appendFlat(list, prefix, member)
		}
	case a.Key != "":
		list = append(list, slog.Attr{Key: prefix + a.Key, Value: v})
	}
	return list
}
