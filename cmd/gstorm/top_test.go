package main

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/ui"
)

// top is `gstorm top` where there is no terminal.
func top(t *testing.T, more ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), append([]string{"gstorm", "top"}, more...), strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

// TestTopOfARun: what runs is seen from another terminal, as text and as what the page gets, until it has ended.
func TestTopOfARun(t *testing.T) {
	cmd, page := startOnPage(t)
	address := strings.Trim(strings.TrimPrefix(page, "http://"), "/")
	awaitTop(t, "--run", address, "--once")
	var v ui.TopologyView
	text, errs, code := top(t, "words", "--run", address, "--json")
	if err := json.Unmarshal([]byte(text), &v); err != nil || code != exitDone || v.Name != "words" || len(v.Components) != 2 {
		t.Errorf("%v, %d %q: %s", err, code, errs, text)
	}
	if _, errs, code := top(t, "wrods", "--run", address); code != exitFailed || !strings.Contains(errs, `there is no topology "wrods", did you mean "words"?`) {
		t.Errorf("%d: %s", code, errs)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, errs, code := top(t, "--run", address); code != exitFailed || !strings.Contains(errs, "no gstorm run --ui answers at "+address+", or it has ended") {
		t.Errorf("%d: %s", code, errs)
	}
}

// awaitTop waits until gstorm top shows a topology that does something.
func awaitTop(t *testing.T, more ...string) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(2 * time.Minute); ; <-look.C {
		text, errs, code := top(t, more...)
		lines := strings.Split(text, "\n")
		if code == exitDone && strings.HasPrefix(text, "words  running") && !strings.HasPrefix(lines[1], "0 in/s") && strings.Contains(text, "   count ") {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d %q: %s", code, errs, text)
		}
	}
}

func TestTopIsToldWhatMakesNoSense(t *testing.T) {
	for want, args := range map[string][]string{
		`"b" is one too many`:          {"a", "b"},
		"--run: address here: missing": {"--run=here"},
	} {
		if _, errs, code := top(t, args...); code != exitInvalid || !strings.Contains(errs, want) {
			t.Errorf("%q: %d: %s", args, code, errs)
		}
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	if _, errs, code := top(t, "--agent", nobody.Addr().String()); code != exitFailed || !strings.Contains(errs, "no agent answers") {
		t.Errorf("%d: %s", code, errs)
	}
}
