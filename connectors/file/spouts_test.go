package file

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/connectortest"
	"github.com/gstorm/gstorm/connectors/line"
)

// build makes a component of the package by its name and options.
func build(t *testing.T, kind gstorm.Kind, name string, options map[string]any) catalog.Made {
	t.Helper()
	for _, d := range Definitions() {
		if d.Kind == kind && d.Name == name {
			made, err := d.Build(options, nil)
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
	return catalog.Made{}
}

// write writes a file in a folder, and returns its path.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func emissions(lines ...string) []connectortest.Emission {
	values := make([][]any, len(lines))
	for i, l := range lines {
		values[i] = []any{l}
	}
	return connectortest.Default(values...)
}

// emitted is what a spout emits until it finishes, or its error. It acks everything.
func emitted(t *testing.T, s gstorm.Spout) ([]connectortest.Emission, error) {
	t.Helper()
	connectortest.Open(t, s)
	var out connectortest.Recorder
	for {
		err := s.Next(t.Context(), gstorm.NewSpoutCollector(&out))
		if err != nil {
			connectortest.Close(t, s)
			got := out.Emitted()
			for i := range got {
				got[i].ID = nil
			}
			if errors.Is(err, gstorm.ErrFinished) {
				err = nil
			}
			return got, err
		}
	}
}

func TestLinesKeepWhatSpoutsPromise(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.log", "one\ntwo\n")
	write(t, dir, "b.log", packed(t, "three\nfour"))
	write(t, dir, "c.log", "five")
	connectortest.Spout(t, connectortest.SpoutKit{
		New: func(t *testing.T) gstorm.Spout {
			return build(t, gstorm.SpoutKind, "lines", map[string]any{"path": filepath.Join(dir, "*.log")}).NewSpout()
		},
		Want: emissions("one", "two", "three", "four", "five"),
	})
}

func TestFollowedLinesKeepWhatSpoutsPromise(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.log", "one\ntwo\nthree\nnot yet")
	connectortest.Spout(t, connectortest.SpoutKit{
		New: func(t *testing.T) gstorm.Spout {
			return build(t, gstorm.SpoutKind, "lines", map[string]any{"path": filepath.Join(dir, "*.log"), "follow": true}).NewSpout()
		},
		Want: emissions("one", "two", "three"), Endless: true,
	})
}

func TestStdinKeepsWhatSpoutsPromise(t *testing.T) {
	connectortest.Spout(t, connectortest.SpoutKit{
		New: func(t *testing.T) gstorm.Spout {
			limits := line.NewLimits(catalog.Values{"max_line_bytes": 100, "long_lines": "fail"})
			by, _ := line.Plain(false)
			return line.NewSpout(newInput(strings.NewReader("one\r\ntwo\n\nthree"), limits), by)
		},
		Want: emissions("one", "two", "", "three"), Alone: true,
	})
}

func TestJSONLinesKeepWhatSpoutsPromise(t *testing.T) {
	path := write(t, t.TempDir(), "a.ndjson", `{"a":1,"b":[{"c":12345678901234567890}]}`+"\n\n{\n"+`{"b":null}`+"\n[]\n")
	errorOf := func(text, why string, number int64) connectortest.Emission {
		return connectortest.Emission{Stream: "errors", Values: []any{text, why, path, number}}
	}
	want := connectortest.Default(
		[]any{json.Number("1"), []any{map[string]any{"c": json.Number("12345678901234567890")}}}, []any{nil, nil})
	want = []connectortest.Emission{
		want[0], errorOf("{", "it is no JSON: unexpected EOF", 3), want[1], errorOf("[]", "it is no JSON object", 5),
	}
	connectortest.Spout(t, connectortest.SpoutKit{
		New: func(t *testing.T) gstorm.Spout {
			return build(t, gstorm.SpoutKind, "json_lines", map[string]any{"path": path, "fields": []any{"a", "b"}}).NewSpout()
		},
		Want: want, Alone: true,
	})
}

func TestWhatALineIs(t *testing.T) {
	long := strings.Repeat("ü", 10) // 20 bytes
	for name, c := range map[string]struct {
		text    string
		options map[string]any
		want    [][]any
		err     string
	}{
		"of an empty file":       {text: ""},
		"blank":                  {text: "\n\r\n \n", want: [][]any{{""}, {""}, {" "}}},
		"with a CR within":       {text: "a\rb\r\r\n", want: [][]any{{"a\rb\r"}}},
		"a last one with a CR":   {text: "a\nb\r", want: [][]any{{"a"}, {"b\r"}}},
		"not UTF-8":              {text: "a\xff\xfeb\nc", want: [][]any{{"a\uFFFDb"}, {"c"}}},
		"as long as it may be":   {text: long + "\r\n" + long, options: map[string]any{"max_line_bytes": 20}, want: [][]any{{long}, {long}}},
		"longer":                 {text: "a\n" + long + "\n", options: map[string]any{"max_line_bytes": 19}, want: [][]any{{"a"}}, err: "FILE, line 2: it is longer than max_line_bytes (19)"},
		"longer, skipped":        {text: "a\n" + long + "\nb\n" + long, options: map[string]any{"max_line_bytes": 19, "long_lines": "skip"}, want: [][]any{{"a"}, {"b"}}},
		"longer, cut":            {text: long + "\nb\n" + long, options: map[string]any{"max_line_bytes": 5, "long_lines": "cut"}, want: [][]any{{"üü"}, {"b"}, {"üü"}}},
		"longer than the buffer": {text: strings.Repeat("x", 200_000) + "\nb", want: [][]any{{strings.Repeat("x", 200_000)}, {"b"}}},
		"with its place":         {text: "a\nb", options: map[string]any{"position": true}, want: [][]any{{"a", "FILE", int64(1)}, {"b", "FILE", int64(2)}}},
		"packed with rubbish":    {text: "\x1f\x8bno header of gzip", err: "read FILE: gzip: invalid header"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, t.TempDir(), "a.txt", c.text)
			options := map[string]any{"path": path}
			for name, value := range c.options {
				options[name] = value
			}
			got, err := emitted(t, build(t, gstorm.SpoutKind, "lines", options).NewSpout())
			for i := range got {
				for k, v := range got[i].Values {
					if v == path {
						got[i].Values[k] = "FILE"
					}
				}
			}
			if diff := cmp.Diff(connectortest.Default(c.want...), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := strings.ReplaceAll(fmt.Sprint(err), path, "FILE"); err == nil && c.err != "" || err != nil && got != c.err {
				t.Errorf("error %s, want %s", got, c.err)
			}
		})
	}
}

func TestTruncatedGzipIsAnError(t *testing.T) {
	whole := packed(t, strings.Repeat("line\n", 10_000))
	path := write(t, t.TempDir(), "a.gz", whole[:len(whole)-20])
	_, err := emitted(t, build(t, gstorm.SpoutKind, "lines", map[string]any{"path": path}).NewSpout())
	if err == nil || !strings.Contains(err.Error(), path) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestLinesThatAreNoUTF8AreCounted(t *testing.T) {
	path := write(t, t.TempDir(), "a.txt", "a\n\xff\nb\xfe\n")
	s := build(t, gstorm.SpoutKind, "lines", map[string]any{"path": path}).NewSpout()
	task := connectortest.Task(t, 0, 1)
	if err := s.(gstorm.Opener).Open(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Next(t.Context(), gstorm.NewSpoutCollector(&connectortest.Recorder{})); err != nil {
			t.Fatal(err)
		}
	}
	if n := task.Metrics.(*connectortest.Metrics).Value("invalid_utf8_lines"); n != int64(2) {
		t.Errorf("%v lines were counted", n)
	}
}

func TestWhatJSONLinesDoWithMistakes(t *testing.T) {
	path := write(t, t.TempDir(), "a.ndjson", "1 2\n{}\n")
	got, err := emitted(t, build(t, gstorm.SpoutKind, "json_lines", map[string]any{"path": path, "on_error": "skip"}).NewSpout())
	if diff := cmp.Diff(connectortest.Default([]any{map[string]any{}}), got); diff != "" || err != nil {
		t.Errorf("skipped: %v (-want +got):\n%s", err, diff)
	}
	_, err = emitted(t, build(t, gstorm.SpoutKind, "json_lines", map[string]any{"path": path, "on_error": "fail"}).NewSpout())
	if want := path + ", line 1: it is no JSON: something stands behind the value"; err == nil || err.Error() != want {
		t.Errorf("failed with %v, want %s", err, want)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none"):  `path "DIR/none": there is no such file`,
		filepath.Join(dir, "*.txt"): `path "DIR/*.txt": there is no such file`,
		dir:                         `path "DIR": it is a folder; a pattern for the files in it ends with /*`,
	} {
		s := build(t, gstorm.SpoutKind, "lines", map[string]any{"path": path}).NewSpout()
		err := s.(gstorm.Opener).Open(t.Context(), connectortest.Task(t, 0, 1))
		if err == nil || strings.ReplaceAll(err.Error(), dir, "DIR") != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestStdinThatBreaks(t *testing.T) {
	by, _ := line.Plain(false)
	from := io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(errors.New("boom")))
	s := line.NewSpout(newInput(from, line.NewLimits(catalog.Values{"max_line_bytes": 9, "long_lines": "fail"})), by)
	got, err := emitted(t, s)
	if err == nil || err.Error() != "read stdin after line 1: boom" || len(got) != 1 {
		t.Errorf("%v, then %v", got, err)
	}
}

func TestStdinLetsTheHostDoOtherThings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		by, _ := line.Plain(false)
		s := line.NewSpout(newInput(r, line.NewLimits(catalog.Values{"max_line_bytes": 9, "long_lines": "fail"})), by)
		connectortest.Open(t, s)
		var out connectortest.Recorder
		start := time.Now()
		if err := s.Next(t.Context(), gstorm.NewSpoutCollector(&out)); err != nil || time.Since(start) > 50*time.Millisecond {
			t.Errorf("Next without a line: %v after %v", err, time.Since(start))
		}
		w.Close()
		synctest.Wait()
		if err := s.Next(t.Context(), gstorm.NewSpoutCollector(&out)); !errors.Is(err, gstorm.ErrFinished) {
			t.Errorf("at the end: %v", err)
		}
		connectortest.Close(t, s)
	})
}
