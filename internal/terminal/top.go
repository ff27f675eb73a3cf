package terminal

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/ui"
)

// Place is what gstorm top shows: everything, a topology, or a component of it.
type Place struct{ Topology, Component string }

// depth is 0 for everything, 1 for a topology and 2 for a component.
func (p Place) depth() int {
	switch {
	case p.Topology == "":
		return 0
	case p.Component == "":
		return 1
	}
	return 2
}

// Top is what gstorm top shows, and where in it somebody is. All its numbers are those of the web page's documents: a
// *ui.Overview, *ui.TopologyView or *ui.ComponentDetail, which it gets by Take. It asks nobody and knows no clock.
type Top struct {
	look     palette
	place    Place
	document any // nil: none has come yet
	failure  string
	paused   bool
	help     bool

	chosen [3]string // by depth: the name that the cursor is at; "": the first
	sorted [3]int    // by depth: which of the orders
	names  []string  // what the cursor can go to, as it was drawn last
	plain  bool      // there is no cursor
}

// NewTop is a Top at a place, of which nothing is known yet.
func NewTop(at Place, colour bool) *Top { return &Top{place: at, look: palette(colour)} }

// Place is where it is, of which it wants the document.
func (t *Top) Place() Place { return t.place }

// Take takes a document of a place, or why there is none. One of another place comes too late. What was there stays for who
// reads it, with the reason why it is not up to date.
func (t *Top) Take(at Place, document any, err error) {
	switch {
	case at != t.place:
	case err != nil:
		t.failure = err.Error()
	default:
		t.document, t.failure = document, ""
	}
}

// press does what a key is for. It returns true if that is the end.
func (t *Top) press(k key) (end bool) {
	if t.help && k != keyQuit {
		t.help = false
		return false
	}
	depth := t.place.depth()
	switch k {
	case keyQuit:
		return true
	case keyHelp:
		t.help = true
	case keyPause:
		t.paused = !t.paused
	case keySort:
		t.sorted[depth]++
	case keyEnter:
		t.enter()
	case keyBack:
		t.back()
	case keyUp, keyDown, keyPageUp, keyPageDown, keyFirst, keyLast:
		t.move(moves[k])
	}
	return false
}

// page is how far a page is.
const page = 10

var moves = map[key]int{keyUp: -1, keyDown: 1, keyPageUp: -page, keyPageDown: page, keyFirst: math.MinInt32, keyLast: math.MaxInt32}

// cursor is the place of what is chosen among names. What is no more makes way for the first.
func (t *Top) cursor(names []string) int {
	return max(slices.Index(names, t.chosen[t.place.depth()]), 0)
}

func (t *Top) move(by int) {
	if len(t.names) > 0 {
		t.chosen[t.place.depth()] = t.names[min(max(t.cursor(t.names)+by, 0), len(t.names)-1)]
	}
}

func (t *Top) enter() {
	if len(t.names) == 0 {
		return
	}
	name := t.names[t.cursor(t.names)]
	switch t.place.depth() {
	case 0:
		t.chosen[0], t.chosen[1] = name, ""
		t.goTo(Place{Topology: name})
	case 1:
		t.chosen[1], t.chosen[2] = name, ""
		t.goTo(Place{t.place.Topology, name})
	}
}

func (t *Top) back() {
	switch t.place.depth() {
	case 1:
		t.chosen[0] = t.place.Topology
		t.goTo(Place{})
	case 2:
		t.chosen[1] = t.place.Component
		t.goTo(Place{Topology: t.place.Topology})
	}
}

func (t *Top) goTo(to Place) { t.place, t.document, t.failure, t.names = to, nil, "", nil }

// draw draws it for a terminal of so many columns and lines: never more lines, and none that is too long. lines 0: as many
// as it takes, for who does not choose anything.
func (t *Top) draw(columns, lines int) []string {
	room := columns - 1 // a letter in the last column makes some terminals wrap
	t.plain = lines == 0
	if !t.plain && (room < nameWidth || lines < 4) {
		return nil
	}
	if t.help {
		return t.drawHelp(room, lines)
	}
	var head []string
	var parts []part
	t.names = nil
	switch d := t.document.(type) {
	case *ui.Overview:
		head, parts = t.overview(d, room)
	case *ui.TopologyView:
		head, parts = t.topology(d, room)
	case *ui.ComponentDetail:
		head, parts = t.component(d, room)
	default:
		head = []string{t.look.paint(bold, truncate(escape(cmp.Or(t.place.Component, t.place.Topology, "gstorm"), false), room))}
	}
	if t.failure != "" {
		for _, line := range wrap("not up to date: "+t.failure, room, 2) {
			head = append(head, t.look.paint(red, line))
		}
	}
	if t.plain {
		return slices.Concat(head, arrange(parts, -1, room))
	}
	head = head[:min(len(head), lines-1)]
	body := slices.Concat(head, arrange(parts, lines-1-len(head), room))
	for len(body) < lines-1 {
		body = append(body, "")
	}
	return append(body, t.foot(room))
}

// foot is the line of the keys.
func (t *Top) foot(room int) string {
	text := "q quit  ? help"
	if t.place.depth() > 0 {
		text += "  Esc back"
	}
	if t.place.depth() < 2 {
		text += "  Enter open"
	}
	text += "  s sort: " + t.order() + "  p pause"
	if t.paused {
		return t.look.paint(yellow, truncate("paused, p goes on  "+text, room))
	}
	return t.look.paint(dim, truncate(text, room))
}

// order is the title of the order of the table.
func (t *Top) order() string {
	depth := t.place.depth()
	titles := [][]string{titlesOf(topologyOrders), titlesOf(componentOrders), titlesOf(taskOrders)}[depth]
	return titles[t.sorted[depth]%len(titles)]
}

var helpLines = []string{
	"up, down, j, k       choose a line; Page up and down, g and G go far",
	"Enter, right         go into what is chosen: a topology, a component",
	"Esc, Backspace, left go back",
	"s                    sort the table by something else",
	"p, blank             pause, and go on",
	"q, Ctrl-C            quit",
	"",
	"All numbers are those of the web page. Rates and shares are of the last 10 s.",
	"in/s is what spouts emit. Of the time of a bolt's tuples, queue is until they are",
	"handed over, pipe until it begins with them, child until it answers, in the mean.",
	"busy is how much of the time the busiest task had something to do, held how",
	"much of it others kept it waiting. ! is the bottleneck: what has the least to",
	"spare, and too little.",
}

func (t *Top) drawHelp(room, lines int) []string {
	drawn := []string{t.look.paint(bold, truncate("gstorm top: keys", room)), ""}
	for _, line := range helpLines {
		drawn = append(drawn, wrap(line, room, len("Esc, Backspace, left "))...)
	}
	drawn = drawn[:min(len(drawn), lines-1)]
	for len(drawn) < lines-1 {
		drawn = append(drawn, "")
	}
	return append(drawn, t.look.paint(dim, truncate("any key goes back", room)))
}

// order is a way to sort things: the first is as they come, the others have what counts most first.
type order[T any] struct {
	title string
	by    func(T) float64
}

func titlesOf[T any](orders []order[T]) (titles []string) {
	for _, o := range orders {
		titles = append(titles, o.title)
	}
	return titles
}

// inOrder are things in one of the orders.
func inOrder[T any](things []T, orders []order[T], which int) []T {
	by := orders[which%len(orders)].by
	if by == nil {
		return things
	}
	return slices.SortedStableFunc(slices.Values(things), func(a, b T) int { return cmp.Compare(by(b), by(a)) })
}

// pointers are the things themselves, which are large.
func pointers[T any](things []T) (list []*T) {
	for i := range things {
		list = append(list, &things[i])
	}
	return list
}

// mark is what stands before a name: the cursor, and whether it is the bottleneck.
func (t *Top) mark(chosen, bottleneck bool) string {
	mark := []byte("   ")
	if chosen && !t.plain {
		mark[0] = '>'
	}
	if bottleneck {
		mark[1] = '!'
	}
	return string(mark)
}

// markWidth is how many cells a mark takes.
const markWidth = 3

// line puts a mark before a row, and makes the chosen one stand out.
func (t *Top) line(row string, chosen, bottleneck bool) string {
	mark := t.mark(chosen, bottleneck)
	if chosen && !t.plain {
		return t.look.paint(bold, mark) + row
	}
	return t.look.paint(yellow, mark) + row
}

// flat is a text, which may be hostile, on one line.
func flat(text string) string {
	return escape(strings.NewReplacer("\n", " ", "\t", " ").Replace(strings.TrimSpace(text)), false)
}

// flowing puts short texts side by side, and below one another where there is no room for more.
func flowing(texts []string, room int) (lines []string) {
	line := ""
	for _, text := range texts {
		if line != "" && width(line)+2+width(text) > room {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += "  "
		}
		line += truncate(text, room)
	}
	return append(lines, line)
}

// wrap breaks a text, which may be hostile, into lines of at most room cells, of which all but the first are indented.
func wrap(text string, room, indent int) (lines []string) {
	if indent > room/2 {
		indent = 2
	}
	line := ""
	for _, word := range strings.SplitAfter(flat(text), " ") {
		bare := strings.TrimRight(word, " ")
		if bare != "" && strings.TrimSpace(line) != "" && width(line)+width(bare) > room {
			lines = append(lines, strings.TrimRight(line, " "))
			line = blanks(indent)
		}
		if line += word; width(line) > room {
			line = truncate(strings.TrimRight(line, " "), room)
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}
