package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestProfilesAreForThisMachine(t *testing.T) {
	_, s, _ := newTestServer(t)
	mounted := s.Mount(s.OnlyHere(ProfileRoutes()))
	for address, want := range map[string]int{"127.0.0.1:40000": http.StatusOK, "[::1]:40000": http.StatusOK, "10.0.0.2:40000": http.StatusForbidden, "": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodGet, "/debug/pprof/goroutine?debug=1", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		mounted.ServeHTTP(w, r)
		if w.Code != want || want == http.StatusOK && !strings.Contains(w.Body.String(), "goroutine profile") {
			t.Errorf("from %q: %d %.100s", address, w.Code, w.Body)
		}
	}
	for pattern, route := range ProfileRoutes() {
		if route.Role != Admin {
			t.Errorf("%s needs %q", pattern, route.Role)
		}
	}
}
