package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/stats"
)

// steady emits its numbers at a pace; every 0 is as fast as it can.
type steady struct {
	every time.Duration
	n     int
}

func (s *steady) Next(ctx context.Context, out *gstorm.SpoutCollector) error {
	if s.every > 0 {
		select {
		case <-time.After(s.every):
		case <-ctx.Done():
			return nil
		}
	}
	s.n++
	out.EmitID(s.n, "", s.n, fmt.Sprintf("number %d", s.n))
	return nil
}

// flowing is a worker whose spout "numbers" emits a number and a text, every so often.
func flowing(t *testing.T, every time.Duration) *host.Worker {
	t.Helper()
	b := gstorm.NewBuilder("flow")
	b.Spout("numbers", func() gstorm.Spout { return &steady{every: every} }).Output("default", "n", "text")
	b.Bolt("sink", func() gstorm.Bolt {
		return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
	}).From("numbers", "", gstorm.Shuffle)
	return worker(t, b)
}

// running runs a worker, and cuts it at the end of the test.
func running(t *testing.T, w *host.Worker) (cut func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; !errors.Is(err, host.ErrCut) {
			t.Error(err)
		}
	}
}

func open(t *testing.T, ctx context.Context, w *host.Worker, r stats.TapRequest, match func(*gstorm.Tuple) (bool, error)) <-chan stats.TapLine {
	t.Helper()
	lines, err := w.Tap(ctx, r, match)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestATapKeepsToItsRate: what is shown of a stream that is a hundred times as fast is spread over the time, and no more than was
// asked for; the counts say how much it is of.
func TestATapKeepsToItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := flowing(t, time.Millisecond)
		defer running(t, w)()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		perSecond := map[int]int{}
		began, sum, last := time.Now(), 0, stats.TapCounts{}
		for line := range open(t, ctx, w, stats.TapRequest{Component: "numbers", Rate: 10}, nil) {
			if line.Counts != nil {
				last = *line.Counts
				continue
			}
			sum++
			perSecond[int(line.Tuple.Time.Sub(began)/time.Second)]++
			n := line.Tuple.Values[0].JSON
			want := []stats.TapValue{{Field: "n", JSON: n}, {Field: "text", JSON: `"number ` + n + `"`}}
			if diff := cmp.Diff(want, line.Tuple.Values); diff != "" || line.Tuple.Component != "numbers" || line.Tuple.Task != 1 || line.Tuple.Stream != "default" ||
				len(line.Tuple.Targets) != 1 || line.Tuple.Targets[0] != 2 || !strings.HasPrefix(line.Tuple.Root, "1/") {
				t.Errorf("shown: %+v\n%s", line.Tuple, diff)
			}
		}
		if sum < 90 || sum > 101 {
			t.Errorf("%d were shown in 10 s", sum)
		}
		for second, n := range perSecond {
			if second < 10 && (n < 8 || n > 12) {
				t.Errorf("in second %d %d were shown", second, n)
			}
		}
		if last.Emitted < 9000 || last.Looked != last.Shown || last.Shown > uint64(sum) || last.Dropped != 0 {
			t.Errorf("counts: %+v", last)
		}
	})
}

// TestATapWithAFilter shows only what matches, and looks at no more than it may: a filter that can't be computed is told.
func TestATapWithAFilter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := flowing(t, 200*time.Microsecond)
		defer running(t, w)()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		lines := open(t, ctx, w, stats.TapRequest{Component: "numbers", Stream: "default", Task: 1, Rate: 5}, func(tuple *gstorm.Tuple) (bool, error) {
			n, err := tuple.Int("n")
			if err == nil && n%10 == 1 {
				return false, errors.New("it is a one")
			}
			return n%10 == 0, err
		})
		sum, last := 0, stats.TapCounts{}
		for line := range lines {
			if line.Counts != nil {
				last = *line.Counts
				continue
			}
			sum++
			if n := line.Tuple.Values[0].JSON; !strings.HasSuffix(n, "0") {
				t.Errorf("%s is shown", n)
			}
		}
		if sum < 40 || sum > 51 {
			t.Errorf("%d were shown in 10 s", sum)
		}
		if last.Looked > 20_200 || last.Looked < 10_000 || last.Emitted < 40_000 || last.Matched < 500 || last.Failed < 500 || last.Error != "it is a one" {
			t.Errorf("counts: %+v", last)
		}
	})
}

// TestATapIsNoBurden: nobody reads what it shows, its filter never comes to an end, and the stream goes on as ever.
func TestATapIsNoBurden(t *testing.T) {
	w := flowing(t, 0)
	defer running(t, w)()
	ctx, cancel := context.WithCancel(t.Context())
	unread := open(t, ctx, w, stats.TapRequest{Component: "numbers", Rate: 1000}, nil)
	release, stuck := make(chan struct{}), make(chan struct{}, 1)
	filtered := open(t, ctx, w, stats.TapRequest{Component: "numbers", Rate: 1000}, func(*gstorm.Tuple) (bool, error) {
		select {
		case stuck <- struct{}{}:
		default:
		}
		<-release
		return true, nil
	})
	<-stuck
	for before := w.Snapshot().Trees.Acked; w.Snapshot().Trees.Acked < before+50_000; {
		time.Sleep(time.Millisecond)
	}
	for len(unread) < cap(unread) {
		time.Sleep(time.Millisecond)
	}
	for before := w.Snapshot().Trees.Acked; w.Snapshot().Trees.Acked < before+50_000; {
		time.Sleep(time.Millisecond)
	}
	close(release)
	for range unread {
		if len(unread) == 0 {
			break
		}
	}
	for line := range unread {
		if line.Counts != nil && line.Counts.Dropped > 0 {
			break
		}
	}
	cancel()
	for range unread { // ends
	}
	for range filtered {
	}
}

func TestTapsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := flowing(t, time.Millisecond)
		cut := running(t, w)
		request := stats.TapRequest{Component: "numbers", Rate: 10}
		ctx, cancel := context.WithCancel(t.Context())
		lines := open(t, ctx, w, request, nil)
		<-lines
		cancel()
		for range lines { // until it is closed
		}
		var all []<-chan stats.TapLine
		for range 16 {
			all = append(all, open(t, t.Context(), w, request, nil))
		}
		if _, err := w.Tap(t.Context(), request, nil); !errors.As(err, new(*host.TapsError)) {
			t.Errorf("the seventeenth: %v", err)
		}
		cut()
		for _, lines := range all {
			for range lines {
			}
		}
		for range open(t, t.Context(), w, request, nil) { // of what is over there is nothing to see
		}
	})
}

func TestTapsOfWhatThereIsNot(t *testing.T) {
	w := flowing(t, time.Millisecond)
	for _, test := range []struct {
		request stats.TapRequest
		want    string
	}{
		{stats.TapRequest{Component: "number", Rate: 1}, `there is no component "number"`},
		{stats.TapRequest{Component: "numbers", Stream: "x", Rate: 1}, `component "numbers" has no stream "x"`},
		{stats.TapRequest{Component: "numbers", Task: 2, Rate: 1}, `component "numbers" has no task 2`},
		{stats.TapRequest{Component: "numbers"}, "the rate is 0: it must be from 1 to 1000"},
		{stats.TapRequest{Component: "numbers", Rate: 1001}, "the rate is 1001: it must be from 1 to 1000"},
	} {
		if _, err := w.Tap(t.Context(), test.request, nil); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v, expected: %s", test.request, err, test.want)
		}
	}
}
