package stopwatch_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm/host/stopwatch"
)

func TestWatchSumsUpTheTimesThatItRan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stopwatch.New()
		want := time.Duration(0)
		check := func(when string) {
			t.Helper()
			if got := w.Sum(); got != want {
				t.Errorf("%s: %s, want %s", when, got, want)
			}
		}
		pass := func(d time.Duration) { time.Sleep(d) } // virtual
		check("new")
		w.Start()
		check("just started")
		pass(3 * time.Second)
		want = 3 * time.Second
		check("running")
		w.Start()
		check("started twice")
		w.Stop()
		pass(5 * time.Second)
		check("stopped")
		w.Stop()
		check("stopped twice")
		w.StartAt(time.Now().Add(-time.Second))
		want = 4 * time.Second
		check("started a second ago")
		pass(time.Second)
		want = 5 * time.Second
		check("running again")
		w.Stop()
		check("stopped again")
	})
}

func TestANilWatchMeasuresNothing(*testing.T) {
	var w *stopwatch.Watch
	w.Start()
	w.StartAt(time.Now())
	w.Stop()
}
