package child

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestRestarts(t *testing.T) {
	type step struct {
		after      time.Duration // since the death before
		progressed bool
		wait       time.Duration
		open       bool
	}
	ms := time.Millisecond
	for name, tc := range map[string]struct {
		policy Restarts
		steps  []step
	}{
		"five fruitless deaths open the breaker": {Restarts{}, []step{
			{0, false, 10 * ms, false}, {0, false, 20 * ms, false}, {0, false, 40 * ms, false}, {0, false, 80 * ms, false}, {0, false, 0, true}, {0, false, 0, true},
		}},
		"progress begins anew": {Restarts{Max: 3}, []step{
			{0, false, 10 * ms, false}, {0, false, 20 * ms, false}, {0, true, 10 * ms, false}, {0, false, 10 * ms, false}, {0, false, 20 * ms, false}, {0, false, 0, true}, {0, true, 10 * ms, false},
		}},
		"so does a long life": {Restarts{Max: 2, Forget: time.Minute}, []step{
			{0, false, 10 * ms, false}, {time.Minute, false, 10 * ms, false}, {59 * time.Second, false, 0, true},
		}},
		"the wait has a limit": {Restarts{Max: -1, First: time.Second, Longest: 3 * time.Second}, []step{
			{0, false, time.Second, false}, {0, false, 2 * time.Second, false}, {0, false, 3 * time.Second, false}, {0, false, 3 * time.Second, false},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			now := epoch
			for i, s := range tc.steps {
				now = now.Add(s.after)
				wait, open := tc.policy.Died(now, s.progressed, 1)
				if wait != s.wait || open != s.open {
					t.Errorf("death %d: wait %s open %v, want %s %v", i+1, wait, open, s.wait, s.open)
				}
			}
		})
	}
}

func TestRestartsHoldTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Restarts{Max: rapid.IntRange(-1, 100).Draw(t, "max")}
		row := 0
		for range rapid.IntRange(1, 200).Draw(t, "deaths") {
			progressed := rapid.Bool().Draw(t, "progressed")
			jitter := rapid.Float64Range(0, 0.999).Draw(t, "jitter")
			wait, open := r.Died(epoch, progressed, jitter)
			if row++; progressed {
				row = 0
			}
			limit := or(r.Max, DefaultMaxRestarts)
			if want := limit > 0 && row >= limit; open != want || r.Fruitless() != row {
				t.Fatalf("%d fruitless deaths in a row (it says %d): open %v, want %v", row, r.Fruitless(), open, want)
			}
			if !open && (wait < DefaultFirstRestart/2 || wait > DefaultLongestRestart) {
				t.Fatalf("wait %s", wait)
			}
		}
	})
}

// look is one look of a script: what has changed since the one a second before.
type look struct {
	heard    bool
	sent     bool
	answered bool // a heartbeat was sent at the look before and answered at once
	paused   bool
	busy     time.Duration
	cpu      time.Duration // used since
	queued   time.Duration // waited for a core since
	skip     time.Duration // more than a second since the look before
}

// watch plays looks and writes down the verdicts, a letter each.
func watch(l *Liveness, looks []look) (verdicts, reason string) {
	v := Vitals{Now: epoch, Heard: epoch, CPUKnown: true}
	for _, s := range looks {
		if s.answered {
			v.Sent, v.Heard = v.Now, v.Now.Add(time.Millisecond)
		}
		v.Now = v.Now.Add(time.Second + s.skip)
		v.CPU = v.CPU.plus(CPUTime{Used: s.cpu, Queued: s.queued})
		v.Paused, v.Busy = s.paused, s.busy
		if s.heard {
			v.Heard = v.Now
		}
		if s.sent {
			v.Sent = v.Now
		}
		verdict, why := l.Check(v)
		verdicts += string(".sH"[verdict])
		reason += why
	}
	return verdicts, reason
}

func times(n int, s look) (list []look) {
	for range n {
		list = append(list, s)
	}
	return list
}

// answers are the looks at an idle child that answers each heartbeat within a millisecond. Looks come some time early or
// late, as those of a ticker do.
func answers(n int) (looks []look) {
	for i := range n {
		looks = append(looks, look{answered: i > 0, skip: time.Duration(i%3-1) * time.Millisecond})
	}
	return looks
}

func TestLiveness(t *testing.T) {
	concat := func(parts ...[]look) (all []look) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	for name, tc := range map[string]struct {
		limit  time.Duration
		looks  []look
		want   string
		reason string
	}{
		"a talking child gets no heartbeat": {5 * time.Second, times(4, look{heard: true}), "....", ""},
		"a silent one gets one a second":    {5 * time.Second, []look{{}, {sent: true}, {}, {sent: true}, {}}, "s.s.s", ""},
		"silence beyond the limit":          {3 * time.Second, times(5, look{}), "ssssH", "nothing heard for 4s (limit 3s: topology.subprocess.timeout.secs); it used 0s of CPU meanwhile: it waits"},
		"silence at work":                   {3 * time.Second, times(5, look{cpu: 900 * time.Millisecond}), "ssssH", "it computed all the while (3.6s of CPU, and 0s in the queue for a core)"},
		"silence in a crowd":                {3 * time.Second, times(5, look{cpu: 300 * time.Millisecond, queued: 600 * time.Millisecond}), "ssssH", "it computed all the while (1.2s of CPU, and 2.4s in the queue for a core)"},
		"work before and after the silence": {3 * time.Second, concat(times(1, look{heard: true, cpu: time.Second}), times(4, look{})), ".sssH", "it used 0s of CPU"},
		"any word is life":                  {3 * time.Second, concat(times(4, look{}), times(1, look{heard: true}), times(3, look{})), "ssss.sss", ""},
		"the clock stands still meanwhile":  {3 * time.Second, concat(times(3, look{}), times(100, look{paused: true}), times(2, look{})), "sss" + strings.Repeat(".", 100) + "sH", "4s"},
		"a handler within the limit":        {5 * time.Second, []look{{heard: true, busy: 4 * time.Second}}, ".", ""},
		"a handler beyond it":               {5 * time.Second, []look{{heard: true, busy: 6 * time.Second}}, "H", "one handler has been running for 6s (limit 5s: topology.subprocess.timeout.secs)"},
		"not asked, not hung":               {time.Second, []look{{heard: true}, {skip: 500 * time.Millisecond}, {sent: true}}, ".sH", "2.5s"},
		"an answer to every heartbeat":      {2 * time.Second, answers(60), strings.Repeat("s", 60), ""},
		"a host that slept":                 {30 * time.Second, []look{{heard: true}, {skip: time.Hour}, {}, {heard: true}}, ".ss.", ""},
		"off":                               {-1, concat(times(100, look{}), []look{{busy: time.Hour}}), strings.Repeat(".", 101), ""},
		"the default":                       {0, times(32, look{}), strings.Repeat("s", 31) + "H", "limit 30s"},
	} {
		t.Run(name, func(t *testing.T) {
			got, reason := watch(NewLiveness(tc.limit), tc.looks)
			if diff := cmp.Diff(tc.want, got); diff != "" || !strings.Contains(reason, tc.reason) {
				t.Errorf("reason %q, want %q; verdicts (-want +got):\n%s", reason, tc.reason, diff)
			}
		})
	}
}
