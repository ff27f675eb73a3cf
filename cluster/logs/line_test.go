package logs

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestARecord(t *testing.T) {
	var text bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&text, nil)).With("topology", "words-1", "worker", 3)
	log.Warn("a <tuple> was \"late\"\n", "component", "split", "task", 4, "pid", 99,
		"wait", time.Second, "cause", "slow\tdisk", slog.Group("tuple", "id", 7))
	got, ok := parse(bytes.TrimSpace(text.Bytes()))
	want := Line{
		Time: got.Time, Level: slog.LevelWarn, Message: "a <tuple> was \"late\"\n", Topology: "words-1", Component: "split",
		Task: 4, PID: 99, Worker: 3, Text: strings.TrimSpace(text.String()),
		Attributes: []Attribute{{"wait", "1000000000"}, {"cause", "slow\tdisk"}, {"tuple", `{"id":7}`}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" || time.Since(got.Time) > time.Hour {
		t.Errorf("%v, -want +got\n%s", ok, diff)
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	for _, text := range []string{
		"panic: out of words", "goroutine 1 [running]:", "", "7", "null", "[]", "{}", `{"msg":"a"}`, `"{"`,
		`{"time":"2026-01-02T03:04:05Z","level":"INFO"}`, `{"time":"yesterday","level":"INFO","msg":"a"}`,
		`{"time":"2026-01-02T03:04:05Z","level":"LOUD","msg":"a"}`, `{"time":"2026-01-02T03:04:05Z","level":"INFO","msg":1}`,
		`{"time":"2026-01-02T03:04:05Z","level":"INFO","msg":"cut sho`, `{"time":"2026-01-02T03:04:05Z","level":"INFO","msg":"a"} and more`,
		"a\xffb",
	} {
		l, ok := parse([]byte(text))
		want := Line{Level: slog.LevelError, Message: strings.ToValidUTF8(text, "�"), Text: strings.ToValidUTF8(text, "�")}
		if diff := cmp.Diff(want, l); ok || diff != "" {
			t.Errorf("%q: %v\n%s", text, ok, diff)
		}
	}
}

// TestWhatHasAnotherForm keeps what a fixed key has as an attribute where it is of another kind.
func TestWhatHasAnotherForm(t *testing.T) {
	l, ok := parse([]byte(record(0, "a", "task", "all", "component", 1)))
	if diff := cmp.Diff([]Attribute{{"task", "all"}, {"component", "1"}}, l.Attributes); !ok || diff != "" {
		t.Errorf("%v\n%s", ok, diff)
	}
}

// FuzzLine has any line be a line, whatever is in it.
func FuzzLine(f *testing.F) {
	f.Add([]byte(record(1, "a", "task", 1, "x", "y")))
	f.Add([]byte("panic: \xff"))
	f.Add([]byte(`{"time":"2026-01-02T03:04:05Z","level":"ERROR+2","msg":"a","task":1e400,"x":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, ok := parse(text)
		if !utf8.ValidString(l.Text) || !utf8.ValidString(l.Message) || !utf8.ValidString(l.Component) {
			t.Errorf("no valid text: %+v", l)
		}
		if ok && l.Time.IsZero() || !ok && (l.Message != l.Text || l.Level != slog.LevelError || l.Attributes != nil) {
			t.Errorf("%v: %+v", ok, l)
		}
		if !l.has(func(text string) bool { return text == l.Message }) {
			t.Error("it does not contain its message")
		}
		if utf8.Valid(text) {
			if again, same := parse([]byte(l.Text)); same != ok || cmp.Diff(l, again) != "" {
				t.Error(cmp.Diff(l, again))
			}
		}
	})
}

// FuzzRecord has all that slog writes be a record, which says what was logged.
func FuzzRecord(f *testing.F) {
	f.Add("a tuple was late", "split", 4, "cause", "slow disk", 4)
	f.Add("\x00\n\u2028\"\\<>", "", -1, "", "\xff", -9)
	f.Add("a", "b", 0, "msg", "another", 0)
	f.Fuzz(func(t *testing.T, message, component string, task int, key, value string, level int) {
		switch key {
		case "time", "level", "msg", "topology", "component", "task", "pid", "worker", "": // fixed, or no key
			return
		}
		var text bytes.Buffer
		log := slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{Level: slog.Level(level)}))
		log.Log(t.Context(), slog.Level(level), message, "component", component, "task", task, key, value)
		line, whole := bytes.CutSuffix(text.Bytes(), []byte("\n"))
		if !whole || bytes.Contains(line, []byte("\n")) {
			t.Fatalf("no line: %q", line)
		}
		l, ok := parse(line)
		plain := func(s string) string { return string([]rune(s)) } // each byte that is none becomes one replacement
		if !ok || l.Message != plain(message) || l.Component != plain(component) || l.Task != task || l.Level != slog.Level(level) ||
			len(l.Attributes) != 1 || l.Attributes[0] != (Attribute{plain(key), plain(value)}) {
			t.Errorf("%v: %+v", ok, l)
		}
	})
}
