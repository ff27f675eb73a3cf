package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/gstorm/gstorm/ui/page/pagetest"
)

// TestABoard: what is first is on top and has the longest bar, a label has one colour wherever it is, how it was is there at once,
// and all of it is a table, too.
func TestABoard(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.visit("topology", "word_count")
	b.click(".board-links a")
	b.wait("document.querySelector('main').dataset.view === 'board' && document.querySelectorAll('.bars li').length === 10")
	b.wait("document.title.startsWith('Trending')")
	const bars = "[...document.querySelectorAll('.bars li')]"
	if first := b.eval(bars + "[0].querySelector('.label').textContent"); first != "#blackout" {
		t.Errorf("first is %s", first)
	}
	if beneath := b.eval(bars + ".every((li, i, all) => i === 0 || li.querySelector('i').getBoundingClientRect().top >= all[i - 1].querySelector('i').getBoundingClientRect().bottom)"); beneath != "true" {
		t.Error("the bars are not one beneath the other")
	}
	b.wait(bars + ".every((li, i, all) => i === 0 || li.querySelector('i').getBoundingClientRect().width <= all[i - 1].querySelector('i').getBoundingClientRect().width)")
	b.wait("[...document.querySelectorAll('.bands path')].some(p => p.textContent === '#comet')") // which was trending minutes ago
	if width := b.eval("(({left, right}) => left <= 0 && right >= innerWidth)(document.querySelector('.bands').getBoundingClientRect())"); width != "true" {
		t.Error("the last ten minutes do not fill the window")
	}
	tone := func(of string) string {
		return b.eval("[...document.querySelectorAll('" + of + "')].find(e => e.textContent.includes('#music')).getAttribute('class')")
	}
	if bar, band := tone(".bars li"), tone(".bands path"); bar != band || !strings.HasPrefix(bar, "tone-") {
		t.Errorf("a label is %q and %q", bar, band)
	}
	if colours := b.eval("new Set(" + bars + ".map(li => getComputedStyle(li.querySelector('i')).backgroundColor)).size"); colours != "10" {
		t.Errorf("10 labels have %s colours", colours)
	}
	b.wait("[...document.querySelectorAll('.names text')].some(e => e.textContent === '#music')")
	b.click("summary")
	b.wait("document.querySelectorAll('.fold td').length === 10 && document.querySelector('.fold thead').textContent === 'tagposts'")
	if still := b.eval("document.getAnimations().length"); still != "0" {
		t.Errorf("%s things move, though nothing is to", still)
	}
	b.check("board")

	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	b.wait("document.querySelector('.stream').getAnimations({subtree: true}).length > 0")
	b.check("moving")

	b.visit("topology", "word_count", "board", "lines")
	b.wait("document.querySelectorAll('tbody tr').length === 3 && !document.querySelector('.bars, .stream')")
	b.check("table")
}

// TestABoardThatIsNotThere is looked for again, as it may be on a wall.
func TestABoardThatIsNotThere(t *testing.T) {
	b := open(t, pagetest.Healthy)
	b.excuse(true) // the browser tells of a 404 on the console
	b.run(chromedp.Navigate(b.url + "/#/topology/word_count/board/trnding"))
	b.wait("document.querySelector('.headline')?.textContent === 'There is no board trnding'")
	b.wait("performance.getEntriesByType('resource').filter(e => e.name.includes('/v1/live')).length > 1")
}
