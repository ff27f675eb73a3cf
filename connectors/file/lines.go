package file

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
)

// replay is the promise of spouts of files.
const replay = "Emits every line with a message id, its file and offset, and a line that fails again until it is acked. Lines that are not acked are kept in memory: `topology.max.spout.pending` bounds how many. A new start begins at the first line again."

// following are the options of every spout that reads files.
func following() []catalog.Option {
	return []catalog.Option{
		{Name: "path", Type: catalog.Texts, Required: true, Doc: "the files, or patterns as `logs/*.gz`, from gstorm's working directory; read in the order of their names, and divided among the tasks"},
		{Name: "follow", Type: catalog.Truth, Default: false, Doc: "never finish: wait for lines that are added, for new files that the patterns match, and for files that take the place of rotated or cut ones"},
		{Name: "start", Type: catalog.Text, Default: "beginning", Choices: []string{"beginning", "end"}, Doc: "with `follow`: where to begin in files that are there at the start: at their `beginning`, or at their `end`"},
		{Name: "poll", Type: catalog.Seconds, Default: 0.25, Doc: "with `follow`: how often the files are looked at, which works on every file system"},
	}
}

// unreadable says what is done about bytes that are no text.
const unreadable = "Files that gzip has packed are unpacked, whatever they are called. Lines end with LF or CRLF; the last one needs no end (with `follow`, it is waited for, and packed files are read once nobody has written to them for four looks). Bytes that are no UTF-8 are replaced by U+FFFD; the metric `invalid_utf8_lines` counts the lines."

// readFiles is what makes the source of each task.
func readFiles(v catalog.Values) (func() line.Source, error) {
	var errs []error
	for _, pattern := range v.Texts("path") {
		if _, err := filepath.Match(pattern, ""); err != nil || pattern == "" {
			errs = append(errs, fmt.Errorf("option path: %q is no file name and no pattern", pattern))
		}
	}
	if v.Text("start") == "end" && !v.Bool("follow") {
		errs = append(errs, errors.New("option start is end, which needs follow: there would be nothing to read"))
	}
	return func() line.Source {
		if v.Bool("follow") {
			return &followed{patterns: v.Texts("path"), atEnd: v.Text("start") == "end", every: v.Duration("poll"), limits: line.NewLimits(v)}
		}
		return &files{patterns: v.Texts("path"), limits: line.NewLimits(v)}
	}, errors.Join(errs...)
}

func linesDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "lines", Kind: gstorm.SpoutKind, Doc: "reads the lines of files", Details: unreadable,
		Options: slices.Concat(following(), []catalog.Option{
			{Name: "position", Type: catalog.Truth, Default: false, Doc: "also emit the fields `file` and `number`, which say where the line stands, counted from where reading began"},
		}, line.LimitOptions()),
		Streams: []catalog.Stream{{Name: "default", Fields: "`line`; with `position` also `file` and `number`", Doc: "each line without its end"}},
		Promise: replay,
		Example: "{path: logs/*.log, follow: true}",
		Make: func(v catalog.Values, _ []gstorm.Fields) (catalog.Made, error) {
			from, err := readFiles(v)
			by, outline := line.Plain(v.Bool("position"))
			return catalog.Made{Outline: outline, NewSpout: func() gstorm.Spout { return line.NewSpout(from(), by) }}, err
		},
	}
}
