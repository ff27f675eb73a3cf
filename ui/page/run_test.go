package page_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"

	"github.com/gstorm/gstorm/spec/libraries"
)

// startBusy starts gstorm run --ui on testdata/busy.rb. It returns where its page is.
func startBusy(t *testing.T) string {
	t.Helper()
	libraries.Programs(t, "ruby")
	gstorm := filepath.Join(t.TempDir(), "gstorm")
	if out, err := exec.Command("go", "build", "-o", gstorm, "../../cmd/gstorm").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(gstorm, "run", "testdata/busy.rb", "--ui", ":0", "--summary", "none")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address := ""
	for lines := bufio.NewScanner(stderr); address == "" && lines.Scan(); {
		_, address, _ = strings.Cut(lines.Text(), "the page of this run is at ")
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	return strings.TrimSuffix(address, "/")
}

// TestARealRun: the page on a run of 10,000 tuples a second that fail at times moves on and stays in order, whatever is in its
// errors. For a longer look, SOAK=60s; PAGE=ADDRESS looks at one that is there already, of the topology busy. What the page took
// is logged: tasks that kept the browser from anything else for more than 50 ms, and its memory.
func TestARealRun(t *testing.T) {
	if _, err := browser(); err != nil {
		libraries.Missing(t, err)
	}
	address := os.Getenv("PAGE")
	if address == "" {
		address = startBusy(t)
	}
	look := time.Second
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		if look, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	b := openAt(t, address)
	b.visit()
	b.wait("document.querySelector('main').textContent.includes('busy')")
	b.eval(`(() => {
		window.long = []; new PerformanceObserver((list) => long.push(...list.getEntries().map((e) => Math.round(e.duration)))).observe({type: 'longtask'});
		window.moves = 0; new MutationObserver(() => moves++).observe(document.querySelector('main'), {subtree: true, childList: true, characterData: true, attributes: true});
	})()`)
	for _, view := range [][]string{{}, {"topology", "busy"}, {"topology", "busy", "component", "shaky"}} {
		b.visit(view...)
		b.wait(drawn)
		b.eval("moves = 0, long.length = 0")
		begin := b.heap()
		b.wait(fmt.Sprintf("moves >= 5 && (window.began ??= Date.now()) + %d <= Date.now()", look.Milliseconds()))
		t.Logf("%s: %s changes, long tasks of %s ms; %s kB, before %s", strings.Join(view, "/"), b.eval("moves"), b.eval("JSON.stringify(long)"), b.heap(), begin)
		b.eval("delete window.began")
		b.check(strings.Join(view, "/"))
	}
	// An error is text, whatever it says.
	b.wait("document.querySelector('main').textContent.includes('<img src=x onerror=alert(1)>')")
	if n := b.eval("document.querySelectorAll('main :is(img, script)').length"); n != "0" {
		t.Errorf("an error has become %s elements", n)
	}
	b.check("errors")
}

// heap is how much memory the page has in use, in kB, without what is garbage.
func (b *tab) heap() string {
	b.t.Helper()
	call(b, heapprofiler.CollectGarbage, cdp.Empty{})
	return b.eval("Math.round(performance.memory.usedJSHeapSize / 1000)")
}
