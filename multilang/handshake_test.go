package multilang

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"
)

func exampleHandshake() *Handshake {
	return &Handshake{
		PidDir: "/run/gstorm/pids",
		Conf: map[string]any{
			"topology.name": "wörter", "topology.acker.executors": nil, "topology.message.timeout.secs": 30,
			"big": json.Number("18446744073709551616"), "nested": map[string]any{"b": []any{true, 1.5}, "a": []string{"x"}},
		},
		Context: Context{
			TaskID:          2,
			ComponentID:     "split",
			TaskComponents:  map[int]string{10: "count", 2: "split", 1: "lines", -1: "__system"},
			Streams:         []string{"default"},
			OutputFields:    map[string][]string{"default": {"word"}},
			Targets:         map[string]map[string]Grouping{"default": {"count": {Type: "FIELDS", Fields: []string{"word"}}, "all": {Type: "FIELDS"}}},
			SourceGroupings: map[string]map[string]Grouping{"lines": {"default": {Type: "SHUFFLE"}}},
			SourceFields:    map[string]map[string][]string{"lines": {"default": {"line"}}},
		},
	}
}

// The script writes the example's handshake: "handshake" as it is, "handshake offer" with the extension offered; and
// "handshake empty", of which nothing is set.
func TestHandshakeScript(t *testing.T) {
	datadriven.RunTest(t, "testdata/handshake.txt", func(t *testing.T, d *datadriven.TestData) string {
		h := exampleHandshake()
		switch {
		case d.HasArg("offer"):
			h.Extension = Offer()
		case d.HasArg("empty"):
			h = &Handshake{}
		}
		text, err := AppendHandshake(nil, h)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		if !strings.HasSuffix(string(text), frameEnd) {
			d.Fatalf(t, "the frame has no end: %q", text)
		}
		return string(text)
	})
}

func TestHandshakeOfferLeavesConf(t *testing.T) {
	h := exampleHandshake()
	h.Extension = Offer()
	if _, err := AppendHandshake(nil, h); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exampleHandshake().Conf, h.Conf); diff != "" {
		t.Errorf("offering the extension changed the caller's conf:\n%s", diff)
	}
}

// Without the offer a handshake is what it always was: the offer adds its two keys and changes nothing else.
func TestHandshakeOfferOnlyAdds(t *testing.T) {
	h := exampleHandshake()
	plain, err := AppendHandshake(nil, h)
	if err != nil {
		t.Fatal(err)
	}
	h.Extension = Offer()
	offered, err := AppendHandshake(nil, h)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	for text, v := range map[*[]byte]*map[string]any{&plain: &want, &offered: &got} {
		if err := json.Unmarshal((*text)[:len(*text)-len(frameEnd)], v); err != nil {
			t.Fatal(err)
		}
	}
	delete(got, extensionKey)
	delete(got["conf"].(map[string]any), extensionKey)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-plain +offered):\n%s", diff)
	}
}

func TestHandshakeBadConf(t *testing.T) {
	dst := []byte("kept")
	got, err := AppendHandshake(dst, &Handshake{Conf: map[string]any{"a": 1, "b.c": []any{math.NaN()}}})
	var bad *ValueError
	if !errors.As(err, &bad) || bad.Path != ".conf.b.c[0]" {
		t.Errorf("error %v (%+v)", err, bad)
	}
	if string(got) != "kept" {
		t.Errorf("dst is %q", got)
	}
}

func TestExtensionAgree(t *testing.T) {
	tests := []struct {
		offer *Extension
		raw   string
		want  *Extension
	}{
		{Offer(), `{"v":1,"features":["finished","busy","error_at","batch","level"]}`, Offer()},
		{Offer(), `{"v":1,"features":["busy"],"more":{}}`, &Extension{V: 1, Features: []string{"busy"}}},
		{Offer(), `{"v":3,"features":["new"]}`, &Extension{V: 1}},
		{Offer(), `{"v":0}`, nil},
		{Offer(), `{"v":"x"}`, nil},
		{Offer(), `7`, nil},
		{Offer(), ``, nil},
		{nil, `{"v":1,"features":["busy"]}`, nil},
	}
	for _, test := range tests {
		var raw []byte
		if test.raw != "" {
			raw = []byte(test.raw)
		}
		if diff := cmp.Diff(test.want, test.offer.Agree(raw)); diff != "" {
			t.Errorf("%v answered by %s (-want +got):\n%s", test.offer, test.raw, diff)
		}
	}
	if (*Extension)(nil).Has(FeatureBusy) || !Offer().Has(FeatureBusy) || Offer().Has("teleport") {
		t.Error("Has is wrong")
	}
}
