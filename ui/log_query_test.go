package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func logRequest(t *testing.T, q string) *http.Request {
	t.Helper()
	return httptest.NewRequest(http.MethodGet, "/?q="+url.QueryEscape(q), nil)
}

func TestLinesAreSearched(t *testing.T) {
	line := LogLine{Time: begin, Level: "WARN", Message: "Connection refused", Component: "split", Attributes: []Attribute{{"took", "3s"}}}
	for q, want := range map[string]bool{
		`{}`:                     true,
		`{"contains":"Refused"}`: false,
		`{"contains":"Refused","ignore_case":true}`:        true,
		`{"contains":"ref.sed","ignore_case":true}`:        false,
		`{"match":"^Conn.*(refused|reset)$"}`:              true,
		`{"match":"^[0-9]+s$"}`:                            true,
		`{"match":"^conn"}`:                                false,
		`{"match":"(?i)^conn","contains":"split"}`:         true,
		`{"since":"2024-05-06T07:00:00Z"}`:                 true,
		`{"since":"2024-05-06T09:00:00.5+02:00"}`:          false,
		`{"until":"2024-05-06T07:00:00Z","level":"warn"}`:  true,
		`{"until":"2024-05-06T06:59:59Z"}`:                 false,
		`{"components":["split","count"],"level":"error"}`: false,
	} {
		f, err := ReadLogQuery(logRequest(t, q), LogQuery{})
		if err != nil {
			t.Errorf("%s: %v", q, err)
		} else if got := f.match(&line); got != want {
			t.Errorf("%s: %v", q, got)
		}
	}
	if f, err := ReadLogQuery(httptest.NewRequest(http.MethodGet, "/", nil), LogQuery{Last: 7}); err != nil || f.Last != 7 || !f.match(&LogLine{Time: time.Time{}}) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestASearchThatMakesNoSenseIsRefused(t *testing.T) {
	for q, want := range map[string]string{
		`{`:                "can't be read",
		`{"level":"loud"}`: "debug, info, warn or error",
		`{"match":"("}`:    "missing closing",
		`{"follow":true,"until":"2024-05-06T07:00:00Z"}`:                  "not both",
		`{"since":"2024-05-06T07:00:00Z","until":"2024-05-06T06:00:00Z"}`: "before it begins",
		`{"since":"yesterday"}`:                                           "can't be read",
		`{"contains":"` + strings.Repeat("a", longestMatch+1) + `"}`:      "1000 bytes",
		`{"match":"` + strings.Repeat("a", longestMatch+1) + `"}`:         "1000 bytes",
	} {
		if _, err := ReadLogQuery(logRequest(t, q), LogQuery{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v", q, err)
		}
	}
}
