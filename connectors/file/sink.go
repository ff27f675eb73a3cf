package file

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
)

func sinkDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "file", Kind: gstorm.BoltKind, Doc: "writes a line to a file for each tuple",
		Details: "A file that is there is appended to. One that is full is renamed: `out.txt` becomes `out.txt.1`, or has the number after the highest that there is. With several tasks each has a file of its own, with the number of the task before the ending: `out-0.txt`, `out-1.txt`, and so on.",
		Options: []catalog.Option{
			{Name: "path", Type: catalog.Text, Required: true, Doc: "the file, from gstorm's working directory; its folder is made if need be"},
			line.FormatOption("format", "what a line is"),
			{Name: "fields", Type: catalog.Texts, Doc: "write only these fields, in this order"},
			{Name: "sync", Type: catalog.Truth, Default: false, Doc: "ack only what has reached the disk (fsync), so that not even the end of the machine loses it"},
			{Name: "max_bytes", Type: catalog.Size, Least: 1, Doc: "begin a new file before one gets longer; a single line may"},
			{Name: "max_age", Type: catalog.Seconds, Doc: "begin a new file when one has been written for so long; a file is renamed before the next line, so one without lines stays"},
		},
		Promise: "At least once. Acks tuples when all their lines have been handed to the operating system, or, with `sync`, to the disk; several at a time, if there are. Never writes a part of a line: what could not be written wholly is taken back, and its tuples fail. A tuple that is replayed is written again.",
		Example: "{path: out/words.ndjson, format: json, max_bytes: 64MB}",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			if v.Text("path") == "" || strings.HasSuffix(v.Text("path"), "/") {
				return catalog.Made{}, fmt.Errorf("option path is %q: it must be a file", v.Text("path"))
			}
			if v.Has("max_age") && v.Duration("max_age") <= 0 {
				return catalog.Made{}, errors.New("option max_age is 0: it must be more")
			}
			return catalog.Made{NewBolt: func() gstorm.Bolt {
				return &sink{
					path: v.Text("path"), format: line.FormatOf(v.Text("format")), fields: v.Texts("fields"),
					rotation: rotation{sync: v.Bool("sync"), maxBytes: int64(v.Int("max_bytes")), maxAge: v.Duration("max_age")},
				}
			}}, line.UnknownFields(v.Texts("fields"), inputs)
		},
	}
}

// sink writes tuples to a file, as many at once as wait.
type sink struct {
	path     string
	format   line.Format
	fields   []string // none: all
	rotation rotation
	out      *output
	text     []byte
}

// Open implements gstorm.Opener.
func (s *sink) Open(_ context.Context, task *gstorm.TaskContext) error {
	path := s.path
	if task.Tasks > 1 {
		ending := filepath.Ext(path)
		path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ending), task.Index, ending)
	}
	s.out = &output{path: path, rotation: s.rotation, log: task.Logger}
	return s.out.open()
}

// Execute implements gstorm.Bolt.
func (s *sink) Execute(ctx context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	return s.ExecuteBatch(ctx, []*gstorm.Tuple{t}, out)
}

// ExecuteBatch implements gstorm.BatchBolt.
func (s *sink) ExecuteBatch(_ context.Context, tuples []*gstorm.Tuple, _ *gstorm.Collector) error {
	now := time.Now()
	s.text = s.text[:0]
	for _, t := range tuples {
		before := len(s.text)
		var err error
		if s.text, err = s.format(s.text, t, s.fields); err != nil {
			return err
		}
		s.text = append(s.text, '\n')
		if length := len(s.text) - before; s.out.full(int64(before), int64(length), now) {
			if err := s.out.write(s.text[:before]); err != nil {
				return err
			}
			if err := s.out.rotate(now); err != nil {
				return err
			}
			s.text = append(s.text[:0], s.text[before:]...)
		}
	}
	return s.out.write(s.text)
}

// Tick does nothing, so that ticks are not written. It implements gstorm.Ticker.
func (s *sink) Tick(context.Context, *gstorm.Collector) error { return nil }

// Close implements gstorm.Closer.
func (s *sink) Close(context.Context, *gstorm.Collector) error { return s.out.close() }
