package stormtesting

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
)

var words = &gstorm.Source{Component: "words", Stream: gstorm.DefaultStream, Task: 3, Fields: gstorm.Fields{"word"}}

func tuple(values ...any) *gstorm.Tuple { return &gstorm.Tuple{Source: words, Values: values} }

func emitted(t *testing.T, b gstorm.Bolt, tuples ...*gstorm.Tuple) [][]any {
	t.Helper()
	out := &recorder{}
	for _, tuple := range tuples {
		if err := b.Execute(t.Context(), tuple, gstorm.NewCollector(out)); err != nil {
			t.Fatal(err)
		}
	}
	if ticker, ok := b.(gstorm.Ticker); !ok || ticker.Tick(t.Context(), gstorm.NewCollector(out)) != nil {
		t.Error("a tick is not taken")
	}
	return out.values
}

func TestCountsEachWord(t *testing.T) {
	got := emitted(t, NewTestWordCounter(), tuple("a"), tuple("b", 1), &gstorm.Tuple{Source: words, JSON: []byte(`["a"]`)})
	if diff := cmp.Diff([][]any{{"a", 1}, {"b", 1}, {"a", 2}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFailsWhatHoldsNoWord(t *testing.T) {
	for _, bad := range []*gstorm.Tuple{tuple(), tuple(7), {Source: words, JSON: []byte(`{`)}} {
		out := &recorder{}
		if err := NewTestWordCounter().Execute(t.Context(), bad, gstorm.NewCollector(out)); err == nil || len(out.values) > 0 {
			t.Errorf("%v: %v, emitted %v", bad, err, out.values)
		}
	}
}

func TestCountsAll(t *testing.T) {
	got := emitted(t, &TestGlobalCount{}, tuple("a"), tuple("b"))
	if diff := cmp.Diff([][]any{{1}, {2}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLogsEachTupleAtInfo(t *testing.T) {
	var log bytes.Buffer
	b := &LogInfoBolt{}
	if err := b.Open(t.Context(), &gstorm.TaskContext{Logger: slog.New(slog.NewTextHandler(&log, nil))}); err != nil {
		t.Fatal(err)
	}
	for _, in := range []*gstorm.Tuple{tuple("a", 1), {Source: words, JSON: []byte(`["ü", null]`)}} {
		if err := b.Execute(t.Context(), in, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{`level=INFO msg="[\"a\",1]" from=words/3`, `msg="[\"ü\",null]"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is missing in:\n%s", want, log.String())
		}
	}
	if err := b.Execute(t.Context(), tuple(make(chan int)), nil); err == nil {
		t.Error("a channel was logged as JSON")
	}
}
