package ui

import (
	"net/http"
	"strings"
	"testing"
)

func TestDocumentsSayWhoTheyAreFor(t *testing.T) {
	_, s, server := newTestServer(t)
	for _, role := range []string{Read, Operate, Admin} {
		s.options.RoleOf = func(*http.Request) string { return role }
		for _, path := range []string{"/v1/overview", "/v1/topologies/words/view", "/v1/topologies/words/components/split/view"} {
			if status, text := ask(t, http.MethodGet, server.URL+path, ""); status != http.StatusOK || !strings.Contains(text, `"role":"`+role+`"`) {
				t.Errorf("%s for %s: %d %.200s", path, role, status, text)
			}
		}
		for _, query := range []string{"overview=1", "topology=words", "topology=words&component=split"} {
			next, end := events(t, server.URL+"/v1/live?"+query)
			if _, text := next(); !strings.Contains(text, `"role":"`+role+`"`) {
				t.Errorf("live, %s for %s: %.200s", query, role, text)
			}
			end()
		}
	}
}
