package ui

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestForeignPagesCanReadNothing: neither by a script nor blindly, whatever way the request has come; a link may be followed.
func TestForeignPagesCanReadNothing(t *testing.T) {
	loopback, lan := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 7777}, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 7777}
	const tap, script = "/v1/topologies/words/tap?component=split&rate=1000", "/api/v1/topology/summary?callback=f"
	for _, c := range []struct {
		path    string
		local   net.Addr
		tls     bool
		headers string
		ok      bool
	}{
		{tap, loopback, false, "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: no-cors", false},
		{tap, lan, true, "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: cors", false},
		{tap, loopback, false, "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate", true},
		{tap, loopback, false, "Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: cors", true},
		{tap, lan, false, "", true},
		{script, loopback, false, "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: no-cors", false},
		{script, lan, false, "", false}, // a browser does not say there where it comes from
		{script, lan, true, "", true},
		{script, loopback, false, "", true},
		{script, lan, false, "Sec-Fetch-Site: none", true}, // passed on by an agent
	} {
		r := httptest.NewRequest(http.MethodGet, "http://10.0.0.1:7777"+c.path, nil)
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, c.local))
		if c.tls {
			r.TLS = new(tls.ConnectionState)
		}
		for _, h := range strings.Split(c.headers, "|") {
			key, value, _ := strings.Cut(h, ": ")
			r.Header.Set(key, value)
		}
		if err := Guard(r); (err == nil) != c.ok {
			t.Errorf("%s at %v, TLS %v, %q: %v", c.path, c.local, c.tls, c.headers, err)
		}
	}
}

// TestWhatIsPassedOnIsLetThroughOnce: what a browser says is about the agent that it asked, and is checked there.
func TestWhatIsPassedOnIsLetThroughOnce(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		in := httptest.NewRequest(method, "http://10.0.0.1:7777/api/v1/topology/summary?callback=f", nil)
		in.Header.Set("Origin", "http://10.0.0.1:7777")
		in.Header.Set("Sec-Fetch-Site", "same-origin")
		in.Header.Set(RequestHeader, "1")
		if err := Guard(in); err != nil {
			t.Fatal(err)
		}
		out := in.Clone(t.Context())
		out.Host = "10.0.0.2:7777"
		PassOn(in, out)
		if err := Guard(out); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// TestLongNamesAreNotRepeated: whatever somebody asks for, the answer is short, though JSON may have six bytes for one.
func TestLongNamesAreNotRepeated(t *testing.T) {
	_, _, server := newTestServer(t)
	long := strings.Repeat("%3Cx%3E", 50_000)
	for _, path := range []string{
		"/v1/topologies/" + long + "/view", "/v1/topologies/words/components/" + long + "/view", "/v1/overview?" + long + "=1", "/v1/topologies/words/history?since=" + long,
		"/v1/topologies/words/history?component=" + long, "/v1/live?topology=" + long, "/v1/live?overview=" + long, "/v1/topologies/words/tap?component=" + long,
		"/v1/topologies/words/tap?component=split&stream=" + long, "/v1/topologies/words/logs?q=" + long, "/v1/topologies/words/logs?q={%22level%22:%22" + long + "%22}",
		"/api/v1/topology/" + long, "/api/v1/topology/words?window=" + long, "/api/v1/topology/words/component/" + long, "/api/v1/owner-resources/" + long, "/" + long,
		"/api/v1/supervisor?id=" + long, "/page/" + long,
	} {
		status, text := ask(t, http.MethodGet, server.URL+path, "")
		if len(text) > 6*longestError || strings.Contains(text, "<x>") && !strings.Contains(text, "404 page") || status == http.StatusInternalServerError {
			t.Errorf("%s...: %d, %d bytes: %.300s", path[:min(len(path), 60)], status, len(text), text)
		}
	}
	for _, path := range []string{"/api/v1/topology/words/kill/" + long, "/api/v1/topology/" + long + "/activate"} {
		if status, text := ask(t, http.MethodPost, server.URL+path, `{"wait": 0}`); len(text) > 6*longestError || status == http.StatusInternalServerError || status == http.StatusNoContent {
			t.Errorf("%s...: %d, %d bytes: %.300s", path[:60], status, len(text), text)
		}
	}
}

// TestLongLinesTakeNoMoreMemory: of lines that are as long as can be, fewer are kept; they stay in their order.
func TestLongLinesTakeNoMoreMemory(t *testing.T) {
	lines := NewLines("here")
	const n = 2 * keptLines
	for i := range n {
		lines.Add(LogLine{Message: fmt.Sprint(i), Attributes: []Attribute{{"value", strings.Repeat("x", lineBytes)}}})
	}
	kept, total, _ := lines.since(0)
	if total != n || len(kept) > keptBytes/lineBytes || len(kept) < keptBytes/lineBytes/2 {
		t.Errorf("%d of %d lines are kept", len(kept), total)
	}
	for i, line := range kept {
		if line.Message != fmt.Sprint(n-len(kept)+i) {
			t.Fatalf("line %d of those that are kept is %s", i, line.Message)
		}
	}
	for range keptLines {
		lines.Add(LogLine{Message: "short"})
	}
	if kept, _, _ := lines.since(0); len(kept) != keptLines || kept[0].Message != "short" {
		t.Errorf("%d lines are kept, the first is %s", len(kept), kept[0].Message)
	}
	if lines.bytes != keptLines*(&LogLine{Message: "short"}).size() {
		t.Errorf("they are thought to take %d bytes", lines.bytes)
	}
}
