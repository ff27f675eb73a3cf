package ui

import (
	"net/http"
	"regexp"
	"testing"
)

func TestLogLevels(t *testing.T) {
	_, _, server := newTestServer(t)
	times := regexp.MustCompile(`"[0-9-]{10}T[^"]*Z"|[0-9]{13}`)
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/v1/topologies/words/log-levels", "", `{"levels":[]}`},
		{"POST", "/v1/topologies/words/log-levels", `{"component":"split","level":"debug"}`, `{"levels":[{"component":"split","level":"debug","until":null}]}`},
		{"POST", "/v1/topologies/words/log-levels", `{"component":"","level":"warn","seconds":600}`, `{"levels":[{"component":"","level":"warn","until":TIME},{"component":"split","level":"debug","until":null}]}`},
		{"GET", "/api/v1/topology/words/logconfig", "", `{"namedLoggerLevels":{"ROOT":{"target_level":"WARN","reset_level":"INFO","timeout":600,"timeout_epoch":TIME},"split":{"target_level":"DEBUG","reset_level":"INFO","timeout":0,"timeout_epoch":null}}}`},
		{"POST", "/v1/topologies/words/log-levels", `{"component":"split","level":""}`, `{"levels":[{"component":"","level":"warn","until":TIME}]}`},
		{"POST", "/api/v1/topology/words/logconfig", `{"namedLoggerLevels":{"":{"target_level":null},"count":{"target_level":"TRACE","timeout":30}}}`,
			`{"namedLoggerLevels":{"count":{"target_level":"DEBUG","reset_level":"INFO","timeout":30,"timeout_epoch":TIME}}}`},
		{"POST", "/api/v1/topology/words/logconfig", `{"namedLoggerLevels":{"ROOT":{"target_level":"LOUD"}}}`, `{"error":"400 Bad Request","errorMessage":"the level of logger \"ROOT\" is \"LOUD\": [ALL DEBUG ERROR FATAL INFO OFF TRACE WARN] are expected"}`},
		{"POST", "/api/v1/topology/words/logconfig", `{"namedLoggerLevels":{"cuont":{"target_level":"INFO"}}}`, `{"error":"404 Not Found","errorMessage":"there is no component \"cuont\", did you mean \"count\"?"}`},
		{"POST", "/v1/topologies/words/log-levels", `{"component":"split","level":"loud"}`, `{"kind":"invalid","error":"the level is \"loud\": debug, info, warn, error is expected, or nothing, for the level as it was before"}`},
		{"POST", "/v1/topologies/words/log-levels", `{"component":"splt","level":"info"}`, `{"kind":"not_found","error":"there is no component \"splt\", did you mean \"split\"?"}`},
		{"POST", "/v1/topologies/words/log-levels", `{"level":"info","seconds":-1}`, `{"kind":"invalid","error":"seconds is -1: a number from 0 (until it is changed) to 31622400 is expected"}`},
		{"POST", "/v1/topologies/words/log-levels", `{"levle":"info"}`, `{"kind":"invalid","error":"the request can't be read: json: unknown field \"levle\""}`},
		{"GET", "/v1/topologies/wrds/log-levels", "", `{"kind":"not_found","error":"there is no topology \"wrds\", did you mean \"words\"?"}`},
	} {
		_, text := ask(t, c.method, server.URL+c.path, c.body)
		if got := times.ReplaceAllString(text, "TIME"); got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.method, c.path, c.body, got, c.want)
		}
	}
	if status, _ := ask(t, http.MethodPost, server.URL+"/v1/topologies/words/log-levels", `{"level":"info"}`, "Sec-Fetch-Site: cross-site"); status != http.StatusForbidden {
		t.Errorf("a foreign page: %d", status)
	}
}
