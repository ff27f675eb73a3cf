package terminal

// part is something of a screen that has a title and lines, and may be cut.
type part struct {
	title  string // "": none
	lines  []string
	cursor int // the line that has to be seen
	least  int // how many lines it gets before others get more than theirs, with its title
	rank   int // the lowest gets first what is left over
}

func (p *part) wants() int {
	if p.title == "" {
		return len(p.lines)
	}
	return len(p.lines) + 1
}

// arrange puts parts below one another in so many lines, with a blank line before each if there is room; below 0: as many as
// it takes. What is cut says in so many cells how much is missing.
func arrange(parts []part, room, cells int) (lines []string) {
	shown := make([]part, 0, len(parts))
	for _, p := range parts {
		if len(p.lines) > 0 {
			shown = append(shown, p)
		}
	}
	gap := 1
	if room >= 0 && room < roomy {
		gap = 0
	}
	heights := share(shown, room, gap)
	for i := range shown {
		if heights[i] <= 0 {
			continue
		}
		if gap > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, shown[i].draw(heights[i], cells)...)
	}
	return lines
}

// roomy is how many lines there have to be for blank ones.
const roomy = 18

// share says how many lines each part gets.
func share(parts []part, room, gap int) []int {
	heights := make([]int, len(parts))
	if room < 0 {
		for i := range parts {
			heights[i] = parts[i].wants()
		}
		return heights
	}
	give := func(i, upTo int) {
		before := 0
		if heights[i] == 0 {
			before = gap
		}
		if more := min(upTo-heights[i], room-before); more > 0 {
			heights[i] += more
			room -= more + before
		}
	}
	for rank := range len(parts) {
		for i := range parts {
			if parts[i].rank == rank {
				give(i, min(parts[i].wants(), parts[i].least))
			}
		}
	}
	for rank := range len(parts) {
		for i := range parts {
			if parts[i].rank == rank {
				give(i, parts[i].wants())
			}
		}
	}
	return heights
}

// draw is as much of it as there is room for, with the cursor's line.
func (p *part) draw(height, cells int) (lines []string) {
	if height >= p.wants() {
		if p.title != "" {
			lines = append(lines, p.title)
		}
		return append(lines, p.lines...)
	}
	if p.title != "" && height > 1 {
		lines = append(lines, p.title)
		height--
	}
	if height < 2 {
		return append(lines, p.lines[p.cursor])
	}
	first := min(max(p.cursor-(height-2)/2, 0), len(p.lines)-(height-1))
	lines = append(lines, p.lines[first:first+height-1]...)
	return append(lines, truncate("... "+thousands(uint64(len(p.lines)-height+1))+" more", cells))
}
