package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gstorm/gstorm/ui/page/pagetest"
)

// TestTheWaterfall: from the list of traces to one of them, its tuples below each other, by keys and by clicking.
func TestTheWaterfall(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders")
	b.click(".tabs li:nth-child(2) a")
	b.wait("document.querySelector('main').dataset.view === 'traces' && document.querySelectorAll('tbody tr').length === 6")
	b.click(".choice a[data-id=failed]")
	b.wait("location.hash.endsWith('/traces/failed') && document.querySelectorAll('tbody tr').length === 2")
	if text := b.eval("document.querySelector('tbody').innerText"); !strings.Contains(text, "fraud: task 13: undefined method") || !strings.Contains(text, "timed out") {
		t.Errorf("the failed ones are %s", text)
	}
	b.click("tbody a")
	b.wait("location.hash.endsWith('/trace/3-20') && document.querySelectorAll('.waterfall tbody tr').length === 6")
	if text := b.eval("document.querySelector('.headline').textContent + document.querySelector('.span').innerText"); !strings.HasPrefix(text, "Failed after 204 ms: fraud: task 13: undefined method 'score'") ||
		!strings.Contains(text, "fraud.rb:31:in 'Fraud#rate'") || !strings.Contains(text, "61.6 ms") {
		t.Errorf("of the failed one it says %s", text)
	}
	shape := "[...document.querySelectorAll('.waterfall tbody tr')].map(r => r.ariaLevel + r.querySelector('bdi').textContent + (r.dataset.level ?? '')).join()"
	if got := b.eval(shape); got != "1kafka-ordersbad,2parse,3enrich,4totals,5store,4fraudbad" {
		t.Errorf("the rows are %s", got)
	}

	if n := b.eval("document.querySelectorAll('.waterfall [tabindex=\"0\"]').length"); n != "1" {
		t.Errorf("Tab stops at %s rows", n)
	}
	b.focus(".waterfall tr[tabindex='0']")
	for _, key := range []string{kb.Home, kb.ArrowDown, kb.ArrowDown, kb.ArrowLeft} {
		b.run(chromedp.KeyEvent(key))
	}
	b.wait("document.activeElement.ariaExpanded === 'false' && document.querySelectorAll('.waterfall tbody tr:not([hidden])').length === 3 && document.querySelector('.span h3').textContent === 'enrich task 10'")
	b.run(chromedp.KeyEvent(kb.ArrowLeft))
	b.wait("document.querySelector('.span h3').textContent === 'parse task 6'")
	b.click(".waterfall tr[aria-expanded=false] .twist")
	b.wait("document.querySelectorAll('.waterfall tbody tr:not([hidden])').length === 6")
	b.click(".waterfall tbody tr:nth-child(1)")
	b.wait(`document.querySelector('.span').textContent.includes('the storm is \\"over\\"')`)

	b.eval("URL.createObjectURL = (file) => { window.kept = file; return '#'; }")
	b.click("[data-action=otlp]")
	b.wait("window.kept")
	if got := b.eval("window.kept.text()"); !strings.Contains(got, "resourceSpans") {
		t.Errorf("the download is %s", got)
	}
	b.check("trace")
}

func TestATraceThatIsNotThere(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.excuse(true) // answers of 404 are told on the console by the browser
	b.run(chromedp.Navigate(b.url + "/#/topology/word_count/trace/3-18"))
	b.wait(`document.querySelector('.problem:not(:empty)')?.textContent.includes('did you mean "3-17"?') && !document.querySelector('.waterfall').checkVisibility()`)
}

// TestALargeTraceIsBounded: 500 tuples have 500 rows in a pane of their own, in which the whole tree can be gone through.
func TestALargeTraceIsBounded(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders", "trace", "3-500")
	b.wait("document.querySelectorAll('.waterfall tbody tr').length === 501")
	if high := b.eval("document.querySelector('.tall').clientHeight < innerHeight && document.querySelector('.tall').scrollHeight > 5000"); high != "true" {
		t.Error("the waterfall does not scroll by itself")
	}
	if text := b.eval("document.querySelector('.notes').textContent"); !strings.Contains(text, "41 more tuples of this tree were not kept") {
		t.Errorf("the notes are %s", text)
	}
	b.focus(".waterfall tr[tabindex='0']")
	b.run(chromedp.KeyEvent(kb.End))
	b.wait("document.activeElement === document.querySelector('.waterfall tbody').lastChild && document.querySelector('.tall').scrollTop > 5000")
	// More than are shown are told of; the chain that the tree waited for is always there.
	b.eval(`import('/page/parts/waterfall.js').then(({ waterfall }) => {
		const spans = Array.from({ length: 2000 }, (_, i) => ({ id: 's' + i, parents: i ? ['s' + (i === 1999 ? 0 : i - 1)] : [], component: 'c', task: 1, stream: 'default', emitted: i, handed: i, began: i, answered: i === 1999 ? 9999 : i + 1, outcome: 'acked' }));
		window.large = waterfall('t');
		window.large.update({ component: 's', task: 1, stream: 'default', ms: 9999, outcome: 'acked', spans });
	})`)
	if got := b.eval("[window.large.left(), window.large.element.querySelectorAll('tbody tr').length, !!window.large.element.querySelector('[data-id=s1999]')]"); got != "1500,501,true" {
		t.Errorf("of 2000 tuples there are: left, rows, the last: %s", got)
	}
	b.check("large")
}

// TestWhereTheTimeWent: the parts of the chain add up to what the tree took, whatever is known of it.
func TestWhereTheTimeWent(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.visit()
	span := `(id, parents, component, emitted, handed, began, answered, outcome = 'acked') => ({ id, parents, component, emitted, handed, began, answered, outcome })`
	for _, c := range []struct{ name, trace, want string }{
		{"nothing", `{ ms: 5, component: 'a', outcome: 'acked', spans: [] }`, "a rest 5"},
		{"one", `{ ms: 5, component: 'a', outcome: 'acked', spans: [s('1', [], 'b', 1, 2, 2.5, 4)] }`, "a emit 1,b queue 1,b pipe 0.5,b child 1.5,a rest 1"},
		{"the child ends when the next is emitted", `{ ms: 10, component: 'a', outcome: 'acked', spans: [s('1', [], 'b', 0, 0, 0, 9), s('2', ['1'], 'c', 4, 6, 6, 10)] }`, "b child 4,c queue 2,c child 4"},
		{"the last answered of two", `{ ms: 10, component: 'a', outcome: 'acked', spans: [s('1', [], 'b', 0, 0, 0, 3), s('2', [], 'c', 0, 7, 7, 10)] }`, "c queue 7,c child 3"},
		{"what failed", `{ ms: 10, component: 'a', outcome: 'failed', spans: [s('1', [], 'b', 0, 0, 0, 3, 'failed'), s('2', [], 'c', 0, 7, 7, 10)] }`, "b child 3,a rest 7"},
		{"never answered", `{ ms: 100, component: 'a', outcome: 'timed_out', spans: [s('1', [], 'b', 0, 1, 1, 3), s('2', [], 'c', 0, 7, null, null, '')] }`, "c queue 7,c child 93"},
		{"never handed", `{ ms: 100, component: 'a', outcome: 'timed_out', spans: [s('1', [], 'b', 0, null, null, null, '')] }`, "b queue 100"},
		{"moments that are not known", `{ ms: 9, component: 'a', outcome: 'acked', spans: [s('1', [], 'b', 0, null, 4, 9)] }`, "b queue 4,b child 5"},
		{"a join waits for its last parent", `{ ms: 9, component: 'a', outcome: 'acked', spans: [s('1', [], 'b', 0, 0, 0, 1), s('2', [], 'c', 2, 2, 2, 6), s('3', ['1', '2'], 'd', 5, 5, 5, 9)] }`, "a emit 2,c child 3,d child 4"},
		{"a circle", `{ ms: 9, component: 'a', outcome: 'acked', spans: [s('1', ['2'], 'b', 0, 0, 0, 1), s('2', ['1'], 'c', 1, 1, 1, 9)] }`, "b child 1,c child 8"},
	} {
		got := b.eval("import('/page/parts/trace-time.js').then(({ where }) => { const s = " + span + "; const t = " + c.trace + "; return where(t, t.ms).map(p => p.component + ' ' + p.part + ' ' + p.ms).join(); })")
		if got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
	b.check("where")
}

// TestReadersSeeNoTuples: who may only read is told so where tuples would be, instead of an error, and has no buttons.
func TestReadersSeeNoTuples(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.server.SetRole("read")
	b.visit("topology", "orders", "component", "fraud")
	b.wait("[...document.querySelectorAll('.empty')].some(e => e.checkVisibility() && e.textContent.includes('shown to those who may operate'))")
	if got := b.eval("[...document.querySelectorAll('form.tools, .actions, td button')].filter(e => e.checkVisibility()).length"); got != "0" {
		t.Errorf("a reader is offered %s things", got)
	}
	b.visit("topology", "orders", "trace", "3-17")
	b.click(".waterfall tbody tr:nth-child(1)")
	b.wait("document.querySelector('.span').textContent.includes('shown to those who may operate')")
	b.visit("topology", "orders", "dead-letters")
	b.wait("document.querySelectorAll('.errors li').length === 7 && document.querySelector('main').textContent.includes('shown to those who may operate')")
	if got := b.eval("[...document.querySelectorAll('[type=checkbox], [data-action]')].filter(e => e.checkVisibility()).length"); got != "0" {
		t.Errorf("a reader can mark or change %s things", got)
	}
	b.check("reader")
}
