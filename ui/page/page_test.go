package page_test

import (
	"encoding/json"
	"io"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gstorm/gstorm/ui/page/pagetest"
)

var quiet = log.New(io.Discard, "", 0)

func escaped(parts []string) (all []string) {
	for _, p := range parts {
		all = append(all, strings.ReplaceAll(url.QueryEscape(p), "+", "%20"))
	}
	return all
}

// views are what there is to see in each scenario.
var views = map[string][][]string{
	pagetest.Nothing: {{}},
	pagetest.Healthy: {{}, {"topology", "word_count"}, {"topology", "word_count", "component", "split"}, {"topology", "word_count", "board", "trending"},
		{"topology", "word_count", "traces", "failed"}, {"topology", "word_count", "trace", "3-39"},
		{"topology", "word_count", "failures"}, {"topology", "word_count", "dead-letters"}, {"topology", "word_count", "log"}},
	pagetest.Failing: {{}, {"topology", "orders"}, {"topology", "orders", "component", "fraud"}, {"topology", "orders", "component", "kafka-orders"},
		{"topology", "orders", "traces"}, {"topology", "orders", "trace", "3-20"}, {"topology", "orders", "trace", "3-23"}, {"topology", "orders", "failures"}, {"topology", "orders", "dead-letters"}},
	pagetest.NodeGone: {{}, {"topology", "word_count"}},
	pagetest.Many:     {{"topology", "wide"}},
	pagetest.Hostile: {{}, {"topology", pagetest.HostileTopology}, {"topology", pagetest.HostileTopology, "component", pagetest.HostileComponent},
		{"topology", pagetest.HostileTopology, "component", "a/b?c#d%20e"}, {"topology", pagetest.HostileTopology, "component", "__proto__"},
		{"topology", pagetest.HostileTopology, "board", pagetest.HostileComponent}, {"topology", pagetest.HostileTopology, "board", "nothing"},
		{"topology", pagetest.HostileTopology, "traces", "slowest"}, {"topology", pagetest.HostileTopology, "trace", "<b>/3?#%20"}, {"topology", pagetest.HostileTopology, "failures"},
		{"topology", pagetest.HostileTopology, "dead-letters"}, {"topology", pagetest.HostileTopology, "log"}},
}

// drawn is true once a view has its graph, its log and its charts.
const drawn = `(!document.querySelector('.stream') || document.querySelector('.bands path')) && (!document.querySelector('.graph') || document.querySelector('.node')) &&
	(!document.querySelector('.log') || document.querySelector('.log li')) && [...document.querySelectorAll('.plot')].every(p => p.hidden || p.firstChild)`

func TestEveryViewIsWhole(t *testing.T) {
	axe := axeSource(t)
	for _, scenario := range pagetest.Scenarios {
		t.Run(scenario, func(t *testing.T) {
			b := open(t, scenario)
			for _, view := range views[scenario] {
				where := strings.Join(escaped(view), "/")[:min(60, len(strings.Join(escaped(view), "/")))]
				b.size(360, 740)
				b.visit(view...)
				b.wait(drawn)
				if wide := b.overflow(); wide != "0" {
					t.Errorf("%s: wider than a phone by %s px", where, wide)
				}
				b.size(1280, 900)
				b.wait("innerWidth === 1280")
				if wide := b.overflow(); wide != "0" {
					t.Errorf("%s: wider than the window by %s px", where, wide)
				}
				b.wait(drawn)
				for _, dark := range []bool{false, true} {
					b.dark(dark)
					b.accessible(axe, where, dark)
				}
				b.check(where)
				if title := b.eval("document.title"); title == "owned" || !strings.HasSuffix(title, " – gstorm") {
					t.Errorf("%s: the title is %s", where, title)
				}
				if n := b.eval("document.querySelectorAll('main :is(script, img, b b, svg[onload]), [onerror]').length"); n != "0" {
					t.Errorf("%s: a name has become %s elements", where, n)
				}
			}
		})
	}
}

// axeSource is the library that checks accessibility, where scripts/setup-libraries has put it.
func axeSource(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("GSTORM_TEST_LIBRARIES")
	if folder == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip(err)
		}
		folder = filepath.Join(cache, "gstorm", "test-libraries")
	}
	text, err := os.ReadFile(filepath.Join(folder, "axe", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("axe-core is not here: scripts/setup-libraries axe brings it")
	}
	return string(text)
}

// accessible has axe-core look for violations: by all of its rules, in the dark by those about colours. Of many rows and nodes
// that are made alike it sees the first.
func (b *tab) accessible(axe, where string, colours bool) {
	b.t.Helper()
	if b.eval("typeof window.axe") == "undefined" {
		b.eval("(() => {" + axe + "\n})()")
	}
	var found []struct {
		ID, Help string
		Nodes    []struct {
			HTML           string `json:"html"`
			FailureSummary string `json:"failureSummary"`
		}
	}
	only := ""
	if colours {
		only = ", runOnly: ['color-contrast']"
	}
	text := b.eval(`axe.run({exclude: ['.node:nth-child(n+12)', 'tr:nth-child(n+12)']}, {resultTypes: ['violations']` + only + `}).then(r => JSON.stringify(r.violations))`)
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range found {
		b.t.Errorf("%s: %s: %s: %.300s\n%.400s (%d such)", where, v.ID, v.Help, v.Nodes[0].HTML, v.Nodes[0].FailureSummary, len(v.Nodes))
	}
}

func TestActions(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders")

	b.click("[data-action=deactivate]")
	b.wait("document.querySelector('[data-action=activate]')")
	b.wait("document.querySelector('#said').textContent.startsWith('Deactivated')")
	b.click("[data-action=activate]")
	b.wait("document.querySelector('[data-action=rebalance]')")

	b.click("[data-action=rebalance]")
	b.fill("dialog .field input[type=number]", "4000")
	b.click("dialog [type=submit]")
	b.wait("document.querySelector('dialog .problem').textContent.includes('12 slots')")
	b.fill("dialog .field input[type=number]", "2")
	b.fill(`dialog [aria-label="Tasks of enrich"]`, "4")
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog')")

	b.click("[data-action=kill]")
	b.fill("dialog input[type=text]", "order")
	b.click("dialog [type=submit]")
	b.wait("document.querySelector('dialog .problem').textContent.includes('type orders')")
	b.fill("dialog input[type=text]", "orders")
	b.fill("dialog input[type=number]", "2.5")
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog')")

	b.excuse(true)
	want := []pagetest.Request{
		{Path: "/v1/topologies/orders/deactivate", Body: `{"wait":-1}`, Guarded: true},
		{Path: "/v1/topologies/orders/activate", Body: `{"wait":-1}`, Guarded: true},
		{Path: "/v1/topologies/orders/rebalance", Body: `{"wait":-1,"workers":4000}`, Guarded: true},
		{Path: "/v1/topologies/orders/rebalance", Body: `{"wait":-1,"workers":2,"parallelism":{"enrich":4}}`, Guarded: true},
		{Path: "/v1/topologies/orders/kill", Body: `{"wait":2.5}`, Guarded: true},
	}
	got := b.server.Requests()
	if len(got) != len(want) {
		t.Fatalf("%d requests: %+v", len(got), got)
	}
	for i, r := range got {
		if r != want[i] {
			t.Errorf("request %d is %+v, not %+v", i, r, want[i])
		}
	}
}

func TestActionsAreThoseThatAreAllowed(t *testing.T) {
	b := open(t, pagetest.Healthy) // which is a run: it can't be rebalanced
	b.visit("topology", "word_count")
	if got := b.eval("[...document.querySelectorAll('.actions button')].map(e => e.dataset.action)"); got != "deactivate,log_level,kill" {
		t.Errorf("the actions are %s", got)
	}
	b.check("healthy")
}

func TestALostConnectionShows(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.visit("topology", "word_count")
	b.excuse(true)
	b.server.SetDown(true)
	b.wait("!document.querySelector('#lost').hidden && /Connection lost, trying again. These numbers are \\d+ s old/.test(document.querySelector('#lost').textContent)")
	b.wait("document.querySelector('main').hasAttribute('data-stale') && document.querySelector('.node')")
	b.server.SetDown(false)
	b.wait("document.querySelector('#lost').hidden && document.querySelector('#live').dataset.state === 'live'")
}

func TestATokenIsAskedForOnce(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.server.SetToken("s3cret")
	b.excuse(true) // answers of 401 are told on the console by the browser
	b.run(chromedp.Navigate(b.url + "/#/topology/orders"))
	b.wait("document.querySelectorAll('dialog').length === 1")
	b.fill("dialog input", "wrong")
	b.click("dialog [type=submit]")
	b.wait("document.querySelectorAll('dialog').length === 1 && document.querySelector('dialog').textContent.includes('does not accept')")
	b.fill("dialog input", "s3cret")
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog') && document.querySelector('#live').dataset.state === 'live' && document.querySelector('.plot canvas')")
	if got := b.eval("[sessionStorage.length, Object.values(localStorage).includes('s3cret'), document.cookie]"); got != "1,false," {
		t.Errorf("the token is kept: %s", got)
	}
}

func TestWhatThereIsNot(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.excuse(true) // as above, for 404
	b.run(chromedp.Navigate(b.url + "/#/topology/word_cuont"))
	b.wait("document.querySelector('.headline')?.textContent.includes('word_cuont') && document.querySelector('main').textContent.includes('but word_count')")
	b.click("main a")
	b.wait("document.querySelector('main').dataset.view === 'overview' && document.querySelector('td')")
	b.excuse(false) // not before: until it was left, the page has asked again
	b.check("after it")
}

func TestTheGraphIsFoundByKeyboard(t *testing.T) {
	b := open(t, pagetest.Many)
	b.visit("topology", "wide")
	b.wait("document.querySelectorAll('.node').length === 200")
	if took, err := strconv.Atoi(b.eval("document.querySelector('.graph-part').dataset.layoutMs")); err != nil || took > 5000 {
		t.Errorf("200 components are placed in %d ms, %v", took, err)
	} else {
		t.Logf("200 components are placed in %d ms", took)
	}
	if n := b.eval("document.querySelectorAll('.node[tabindex=\"0\"]').length"); n != "1" {
		t.Errorf("Tab stops at %s nodes", n)
	}
	b.focus(".node[tabindex='0']")
	b.run(chromedp.KeyEvent(kb.ArrowRight))
	b.wait("document.activeElement.classList.contains('node') && document.activeElement.textContent.includes('step-012')")
	b.fill("input[type=search]", "step-15")
	b.wait("document.querySelectorAll('.node:not([data-dim])').length === 10")
	b.run(chromedp.KeyEvent(kb.Enter))
	b.wait("document.querySelector('.graph').dataset.far === '0'")
	b.focus(".node[tabindex='0']")
	b.run(chromedp.KeyEvent(kb.Enter))
	b.wait("document.querySelector('main').dataset.view === 'component' && document.querySelector('h1')?.textContent === 'step-150'")
	b.check("wide")
}

func TestTheLogIsFiltered(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders", "component", "fraud")
	b.wait("document.querySelectorAll('.log li').length === 5")
	b.focus(".tools select")
	b.run(chromedp.KeyEvent("errors")) // chooses what begins so
	b.wait("document.querySelectorAll('.log li').length === 1")
	b.fill(".tools input[type=search]", "nothing like it")
	b.wait("document.querySelectorAll('.log li').length === 0")
	b.check("log")
}

// TestTasksThatAreNoMore: what a component's tasks say comes to its totals only with what those had counted that went before them.
func TestTasksThatAreNoMore(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders", "component", "fraud")
	b.wait("document.querySelector('main').textContent.includes('The totals are also of tasks that are no more: ')")
	b.visit("topology", "orders", "component", "kafka-orders")
	b.wait("!document.querySelector('main').textContent.includes('tasks that are no more')")
	b.check("tasks that are no more")
}

// TestTheTap: tuples come when they are asked for, as text whatever is in them, until it is stopped; what is wrong with a filter
// is said.
func TestTheTap(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.visit("topology", "word_count", "component", "split")
	b.wait("document.querySelector('.where') && document.querySelectorAll('form.tools option').length === 2")
	b.click("form.tools button")
	rows := "[aria-label=Tuples] li"
	b.wait("document.querySelectorAll('" + rows + "').length === 3")
	b.wait("document.querySelector('form.tools + p').textContent === '3 shown of 1,234 that passed; 7 dropped, as they were not read in time'")
	if text := b.eval("document.querySelector('[aria-label=Tuples]').textContent"); !strings.Contains(text, "12345678901234567890") ||
		!strings.Contains(text, "<img src=x onerror=") || !strings.Contains(text, "… (80,000 bytes)") || !strings.Contains(text, "task 10 · ada") {
		t.Errorf("shown: %s", text)
	}
	if n := b.eval("document.querySelectorAll('main :is(script, img)').length"); n != "0" {
		t.Errorf("a value has become %s elements", n)
	}
	b.accessible(axeSource(t), "tap", false)
	b.click("form.tools button")
	b.wait("document.querySelector('form.tools button').textContent === 'Show tuples'")
	b.check("tap")
	b.excuse(true)
	b.fill(".where", "wrod == 1")
	b.click("form.tools button")
	b.wait("document.querySelector('form.tools + p').textContent.includes('did you mean word?') && document.querySelector('form.tools button').textContent === 'Show tuples'")
	b.excuse(false)
}

func TestTheThemeIsKept(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.dark(false)
	b.visit()
	light := b.eval("getComputedStyle(document.documentElement).backgroundColor")
	b.click("#theme")
	b.click("#theme")
	b.run(chromedp.Reload())
	b.wait("document.documentElement.dataset.theme === 'dark'")
	if dark := b.eval("getComputedStyle(document.documentElement).backgroundColor"); dark == light {
		t.Errorf("dark and light are both %s", dark)
	}
	b.eval("localStorage.clear()")
}
