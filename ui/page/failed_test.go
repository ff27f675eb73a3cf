package page_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gstorm/gstorm/ui/page/pagetest"
)

// asked fails the test unless these changes were asked for, with the header that a foreign page can't send.
func (b *tab) asked(want ...string) {
	b.t.Helper()
	var got []string
	for _, r := range b.server.Requests() {
		got = append(got, strings.TrimPrefix(r.Path, "/v1/topologies/")+" "+r.Body)
		if !r.Guarded {
			b.t.Errorf("%s was asked for without the header", r.Path)
		}
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("asked for were\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestDeadLetters: they are found, marked, replayed and dropped; what can't be taken back is asked about before.
func TestDeadLetters(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders", "failures")
	b.wait("document.querySelectorAll('.errors li').length === 3 && document.querySelector('main').textContent.includes('timed out 4 times')")
	b.fill("input[type=search]", "offset-88121")
	b.wait("document.querySelectorAll('.errors li').length === 1 && document.querySelector('.errors').textContent.includes('a dead letter')")
	b.click("section .soft a")

	b.wait("document.querySelectorAll('.errors li').length === 7 && document.querySelector('[data-action=drop]').textContent === 'Drop all 7…'")
	b.click(".errors li:nth-child(1) [type=checkbox]")
	b.click(".errors li:nth-child(3) [type=checkbox]")
	b.wait("document.querySelector('[data-action=replay]').textContent === 'Replay 2'")
	b.click("[data-action=replay]")
	b.wait("[...document.querySelectorAll('.errors li')].filter(e => e.textContent.includes('being replayed')).length === 2 && document.querySelector('#said').textContent.startsWith('2 tuples are emitted anew')")

	b.fill("input[type=search]", "offset-88123")
	b.wait("document.querySelectorAll('.errors li').length === 1 && document.querySelector('[data-action=drop]').disabled") // all would be more than is seen
	b.click(".errors li [type=checkbox]")
	b.click("[data-action=drop]")
	b.wait("document.querySelector('dialog h2').textContent === 'Drop 1 tuple?'")
	b.click("dialog [type=button]")
	b.wait("!document.querySelector('dialog') && document.querySelectorAll('.errors li').length === 1")
	b.click("[data-action=drop]")
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog') && document.querySelectorAll('.errors li').length === 0")
	b.fill("input[type=search]", "offset")
	b.click(".tools label [type=checkbox]")
	b.wait("document.querySelector('[data-action=drop]').textContent === 'Drop 6…'")
	b.click(".tools label [type=checkbox]")
	b.fill("input[type=search]", kb.Backspace)
	b.wait("document.querySelector('[data-action=drop]').textContent === 'Drop all 6…'")
	b.click("[data-action=drop]")
	b.click("dialog [type=submit]")
	b.wait("document.querySelectorAll('.errors li').length === 0 && !document.querySelector('[data-action=drop]').checkVisibility()")
	b.asked(`orders/dead-letters/replay {"ids":["3.0","3.2"]}`, `orders/dead-letters/drop {"ids":["3.3"]}`, `orders/dead-letters/drop {"all":true}`)
	b.check("letters")

	off := open(t, pagetest.Healthy)
	off.visit("topology", "word_count", "dead-letters")
	off.wait("document.querySelector('.command')?.textContent.includes('gstorm.retry.max=5') && !document.querySelector('input[type=search]').checkVisibility()")
	off.check("off")
}

// TestLevelsAndRestarts are done by clicking, and what is set is shown.
func TestLevelsAndRestarts(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders", "component", "fraud")
	b.click("[data-action=log_level]")
	b.wait("document.querySelector('dialog').textContent.includes('None is set')")
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog') && /^Log level: fraud: debug until \\d\\d:\\d\\d:\\d\\d$/.test(document.querySelector('.title .soft').textContent)")
	b.click("[data-action=restart]")
	b.wait("document.querySelector('dialog').textContent.includes('2 tasks get new processes, one after the other')")
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog') && document.querySelector('#said').textContent === 'fraud is being restarted.'")
	b.click("tbody tr:nth-child(2) td button")
	b.wait("document.querySelector('dialog h2').textContent === 'Restart task 11 of fraud?'")
	b.accessible(axeSource(t), "restart", false)
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog')")

	b.visit("topology", "orders")
	b.click("[data-action=log_level]")
	b.wait("document.querySelector('dialog').textContent.includes('fraud: debug until')")
	b.focus("dialog .field:nth-of-type(3) select")
	b.run(chromedp.KeyEvent("warn"))
	b.focus("dialog .field:nth-of-type(4) select")
	b.run(chromedp.KeyEvent("until"))
	b.click("dialog [type=submit]")
	b.wait("!document.querySelector('dialog')")
	b.asked(`orders/log-levels {"component":"fraud","level":"debug","seconds":600}`, `orders/components/fraud/restart {}`, `orders/tasks/11/restart {}`,
		`orders/log-levels {"component":"","level":"warn","seconds":0}`)
	b.check("levels")
}

// TestTheLogOfAll is searched by component, and need not be followed.
func TestTheLogOfAll(t *testing.T) {
	b := open(t, pagetest.Failing)
	b.visit("topology", "orders", "log")
	b.wait("document.querySelectorAll('.log li').length === 5 && document.querySelectorAll('[aria-label=Component] option').length === 9")
	b.focus("[aria-label=Component]")
	b.run(chromedp.KeyEvent("enrich"))
	b.wait("document.querySelectorAll('.log li').length === 5 && document.querySelector('.log li .of').textContent.startsWith('enrich')")
	if got := b.eval("[...document.querySelectorAll('.log li b')].map(e => e.textContent).join()"); got != "info,debug,info,warn,error" {
		t.Errorf("the lines are in the order %s", got) // of their times, however they come
	}
	b.fill(".tools [type=search]", "NOMETHOD")
	b.wait("document.querySelectorAll('.log li').length === 1")
	b.fill(".tools [type=search]", "^read \\d+ records$")
	b.wait("document.querySelectorAll('.log li').length === 0")
	b.click(".tools [title] [type=checkbox]")
	b.wait("document.querySelectorAll('.log li').length === 1")
	b.excuse(true)
	b.fill(".tools [type=search]", "(")
	b.wait("document.querySelector('.tools [role=status]').textContent.includes('missing closing )')")
	b.fill(".tools [type=search]", "nothing like it")
	b.wait("document.querySelectorAll('.log li').length === 0 && document.querySelector('.tools [role=status]').textContent === 'no lines yet'")
	b.excuse(false)
	b.click(".tools label:last-of-type [type=checkbox]")
	b.wait("document.querySelector('.tools [role=status]').textContent === 'no such lines'")
	b.check("log of all")
}
