package file

import (
	"errors"
	"os"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
)

func jsonLinesDefinition() catalog.Definition {
	options := following()
	options[0].Doc += "; `-` is standard input, with what spout `stdin` promises"
	return catalog.Definition{
		Name: "json_lines", Kind: gstorm.SpoutKind, Doc: "reads a JSON value from every line of files", Details: unreadable + " Blank lines are skipped.",
		Options: slices.Concat(options, line.JSONOptions(), line.LimitOptions()),
		Streams: line.JSONStreams(),
		Promise: replay,
		Example: "{path: events.ndjson, fields: [user, action]}",
		Make: func(v catalog.Values, _ []gstorm.Fields) (catalog.Made, error) {
			from, err := readFiles(v)
			if paths := v.Texts("path"); len(paths) == 1 && paths[0] == "-" {
				from = func() line.Source { return newInput(os.Stdin, line.NewLimits(v)) }
				if v.Bool("follow") {
					err = errors.New("option follow is for files, not for standard input")
				}
			}
			by, outline := line.JSON(v)
			return catalog.Made{Outline: outline, NewSpout: func() gstorm.Spout { return line.NewSpout(from(), by) }}, err
		},
	}
}
