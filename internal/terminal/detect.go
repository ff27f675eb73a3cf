package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Detect finds out what stdout and stderr are. The table is shown where stderr is a terminal, unless stdout is a pipe:
// what reads that pipe may well write to the same terminal and would be torn apart. NO_COLOR (no-color.org) and
// TERM=dumb are respected.
func Detect(stdout, stderr io.Writer, getenv func(string) string) Options {
	o := Options{Out: stdout, Err: stderr, OutTerminal: isTerminal(stdout)}
	f, isFile := stderr.(*os.File)
	if !isFile || !isTerminal(stderr) || getenv("TERM") == "dumb" {
		return o
	}
	o.Colour = getenv("NO_COLOR") == ""
	o.Size = func() (columns, lines int) { return size(f) }
	o.Table = !isPipe(stdout)
	return o
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func isPipe(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}

// size is the terminal's size, or what was usual for terminals where it does not tell.
func size(f *os.File) (columns, lines int) {
	columns, lines, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 || lines <= 0 {
		return 80, 24
	}
	return columns, lines
}
