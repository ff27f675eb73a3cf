package page_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gstorm/gstorm/spec/libraries"
	"github.com/gstorm/gstorm/ui/page/pagetest"
)

// patience bounds each wait: far more than a loaded machine needs.
const patience = 90 * time.Second

// browser is one Chromium for all tests, or why there is none.
var browser = sync.OnceValues(func() (context.Context, error) {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, fmt.Errorf("there is no Chromium on this machine: scripts/setup chromium brings it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.Flag("force-color-profile", "srgb"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	endBrowser = func() {
		_ = chromedp.Cancel(ctx)
		end()
	}
	return ctx, chromedp.Do(ctx)
})

var endBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	endBrowser()
	os.Exit(code)
}

// tab is a page in the browser, and what went wrong in it.
type tab struct {
	t      *testing.T
	ctx    context.Context
	server *pagetest.Server // nil: a real one
	url    string

	mu       sync.Mutex
	problems []string
	excused  bool // the server is down on purpose
}

// open opens the page of a scenario, whose numbers come five times a second, those of 200 components once, as in earnest.
func open(t *testing.T, scenario string) *tab {
	t.Helper()
	if scenario == pagetest.Many {
		return openEvery(t, scenario, time.Second)
	}
	return openEvery(t, scenario, 200*time.Millisecond)
}

func openEvery(t *testing.T, scenario string, tick time.Duration) *tab {
	t.Helper()
	if _, err := browser(); err != nil {
		libraries.Missing(t, err)
	}
	fake := pagetest.New(scenario, tick)
	server := httptest.NewUnstartedServer(fake)
	server.Config.ErrorLog = quiet
	server.Start()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	b := openAt(t, server.URL)
	b.server = fake
	return b
}

// openAt opens the page of an address.
func openAt(t *testing.T, url string) *tab {
	t.Helper()
	main, err := browser()
	if err != nil {
		libraries.Missing(t, err)
	}
	ctx, cancel := chromedp.NewContext(main)
	t.Cleanup(cancel) // before the server, whose streams end by it
	b := &tab{t: t, ctx: ctx, url: url}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	call(b, runtime.Enable, cdp.Empty{})
	call(b, log.Enable, cdp.Empty{})
	call(b, network.Enable, network.EnableParams{})
	b.size(1280, 900)
	b.dark(false)
	return b
}

// call sends the browser a command.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	note := func(format string, args ...any) {
		if !b.excused {
			b.problems = append(b.problems, fmt.Sprintf(format, args...))
		}
	}
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		note("exception: %s", e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		for _, arg := range e.Args {
			note("console.%s: %s %s", e.Type, arg.Value, arg.Description)
		}
	case *log.EventEntryAdded:
		note("log: %s %s", e.Entry.Text, e.Entry.URL)
	case *network.EventLoadingFailed:
		if !e.Canceled {
			note("request failed: %s", e.ErrorText)
		}
	}
}

func (b *tab) excuse(yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.excused = yes
}

// check fails the test by what went wrong since the last check.
func (b *tab) check(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		b.t.Errorf("%s: %s", where, p)
	}
	b.problems = nil
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// size sets the window's.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

// dark sets what the system prefers. Nothing moves by itself, so that all pictures are of something at rest.
func (b *tab) dark(yes bool) {
	b.t.Helper()
	scheme := "light"
	if yes {
		scheme = "dark"
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

// visit shows a view: the parts of the fragment.
func (b *tab) visit(parts ...string) {
	b.t.Helper()
	fragment := "#/" + strings.Join(escaped(parts), "/")
	if b.eval("location.origin") == b.url {
		b.eval(fmt.Sprintf("location.hash = %q", fragment))
	} else {
		b.run(chromedp.Navigate(b.url + "/" + fragment))
	}
	view := "overview"
	if len(parts) > 0 {
		view = parts[0]
	}
	if len(parts) > 2 {
		view = parts[2]
	}
	b.wait(fmt.Sprintf("location.hash.replace(/^$/, '#/') === %q && document.querySelector('main').dataset.view === %q && document.querySelector('#live').dataset.state === 'live' && !document.querySelector('[data-loading]') && [...document.querySelectorAll('.headline, .facts')].some(e => e.textContent)", fragment, view))
}

// wait waits until an expression is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	again := time.NewTicker(30 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(patience); b.eval("!!("+expression+")") != "true"; <-again.C {
		if time.Now().After(end) {
			b.t.Fatalf("%s is not so; the page says: %.600s", expression, b.eval("document.body.innerText"))
		}
	}
}

// eval is the value of an expression, or of its promise, as text.
func (b *tab) eval(expression string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string]("Promise.resolve("+expression+").then(String)", chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression[:min(200, len(expression))], err)
	}
	return value
}

// click clicks what a selector finds first, as a user would: by the mouse, at its middle.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.run(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// fill writes into a field by keys.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.focus(selector)
	b.eval("document.activeElement.select()")
	b.run(chromedp.KeyEvent(text))
}

func (b *tab) focus(selector string) {
	b.t.Helper()
	b.run(chromedp.Focus(chromedp.CSS(selector)))
}

// overflow is by how much the page is wider than the window.
func (b *tab) overflow() string {
	b.t.Helper()
	return b.eval("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
}
