package terminal

import (
	"slices"
	"strings"
)

// column is one column of a table whose rows are of things of a type.
type column[T any] struct {
	title string
	width int
	left  bool // it is text, and not a number
	value func(T) string
	style func(T) style // nil: plain
}

// nameWidth is how many cells the names get, if they need them, before a column is kept.
const nameWidth = 10

// layout is what there is room for: columns, the width of the names, and the blanks between columns.
type layout[T any] struct {
	columns []column[T]
	names   int
	gap     int
}

// fit keeps as many columns as there is room for beside names of which the longest takes so many cells; it puts them close
// together before it gives one up. dropped are the titles of columns in the order in which they are given up.
func fit[T any](columns []column[T], dropped []string, longest, room int) layout[T] {
	l := layout[T]{columns: columns}
	for _, victim := range append([]string{""}, dropped...) {
		l.columns = slices.DeleteFunc(l.columns, func(c column[T]) bool { return c.title == victim })
		for l.gap = 2; l.gap >= 1; l.gap-- {
			l.names = min(longest, room-l.numbers())
			if l.names >= min(longest, nameWidth) {
				return l
			}
		}
	}
	return l
}

// numbers is how many cells the columns take.
func (l layout[T]) numbers() int {
	n := 0
	for _, c := range l.columns {
		n += l.gap + c.width
	}
	return n
}

// titles is the line above the rows; name is the title of the names.
func (l layout[T]) titles(name string) string {
	var b strings.Builder
	b.WriteString(padRight(truncate(name, l.names), l.names))
	for _, c := range l.columns {
		b.WriteString(blanks(l.gap) + c.pad(c.title))
	}
	return b.String()
}

// row is the line of something with a name, which may be hostile.
func (l layout[T]) row(look palette, name string, of T) string {
	var b strings.Builder
	b.WriteString(padRight(truncate(escape(name, false), l.names), l.names))
	for _, c := range l.columns {
		cell := c.pad(c.value(of))
		if c.style != nil {
			cell = look.paint(c.style(of), cell)
		}
		b.WriteString(blanks(l.gap) + cell)
	}
	return b.String()
}

func (c *column[T]) pad(text string) string {
	text = truncate(text, c.width)
	if c.left {
		return padRight(text, c.width)
	}
	return padLeft(text, c.width)
}
