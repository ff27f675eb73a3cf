package terminal

// style is how a piece of text looks: the parameters of a "select graphic rendition" sequence; "" is plain.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "31"
	green   style = "32"
	yellow  style = "33"
	cyan    style = "36"
	boldRed style = "1;31"
)

// normal ends every style.
const normal = "\x1b[m"

// palette puts styles on text, or leaves them away.
type palette bool

func (p palette) paint(s style, text string) string {
	if !p || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + normal
}
