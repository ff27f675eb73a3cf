package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestCheckProtocol: what two versions have in common is enough, and who has nothing is told both.
func TestCheckProtocol(t *testing.T) {
	own := http.Header{}
	SetProtocol(own)
	for name, tc := range map[string]struct {
		said   string
		member bool
		want   string // "": it is taken
	}{
		"this version":       {own.Get(protocolHeader), true, ""},
		"one that knows it":  {"1-3 0.4.0", true, ""},
		"a program":          {"", false, ""},
		"a newer one":        {"2-3 0.4.0", true, "who asks is gstorm 0.4.0, which speaks protocol 2-3, and the agent is gstorm"},
		"a newer program":    {"2-3 0.4.0", false, "install the same version on both"},
		"an older one":       {"0-0 0.0.1", true, "who asks is gstorm 0.0.1, which speaks protocol 0-0"},
		"one without a word": {"", true, "a gstorm that does not say what it speaks"},
		"nonsense":           {"many", true, "a gstorm that does not say what it speaks"},
	} {
		h := http.Header{}
		if tc.said != "" {
			h.Set(protocolHeader, tc.said)
		}
		switch err := CheckProtocol(h, tc.member); {
		case tc.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case tc.want != "" && (err == nil || err.Kind != Protocol || !strings.Contains(err.Message, tc.want)):
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}
