package past

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/stats"
)

var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const topology = "words-1"

// plenty is room enough.
const plenty = 1 << 30

// counter is a worker of a topology with one spout and, from some time on, a bolt.
type counter struct {
	began   time.Time
	emitted uint64
	bolt    bool
	given   uint64 // of what was emitted
}

func (c *counter) snapshot(worker int, at time.Time) *stats.Snapshot {
	s := &stats.Snapshot{Started: c.began, Seconds: at.Sub(c.began).Seconds()}
	latency := stats.Latency{Count: c.emitted, Mean: 2, P50: 1, P99: 9}
	s.Components = []stats.Component{{ID: "lines", Kind: "spout", Emitted: c.emitted, Acked: c.emitted, Latency: latency}}
	s.Streams = []stats.Stream{{Component: "lines", Stream: "default", Emitted: c.emitted, Transferred: 2 * c.emitted}}
	s.Tasks = []stats.Task{{ID: worker, Component: "lines", Kind: "spout", Emitted: c.emitted, Busy: at.Sub(c.began).Seconds() / 2}}
	if c.bolt {
		s.Components = append(s.Components, stats.Component{ID: "split", Kind: "bolt", Executed: c.emitted})
		s.Edges = []stats.Edge{{Component: "split", Source: "lines", Stream: "default", Executed: c.emitted}}
	}
	return s
}

func write(t interface{ Fatal(...any) }, b *Book, at time.Time) *Curve {
	var text bytes.Buffer
	if err := b.Write(&text, at); err != nil {
		t.Fatal(err)
	}
	c, err := ReadCurve(&text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever workers die and are started, and agents with them: what a book says was counted is what was given, now and at each
// moment of its past.
func TestABookHasAllThatWasCounted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "past")
		if err != nil {
			rt.Fatal(err)
		}
		at := begin
		books := NewBooks(folder, plenty)
		workers := []*counter{{began: begin}, {began: begin.Add(time.Millisecond)}}
		give := func(i int) {
			if err := books.Give(topology, i, workers[i].snapshot(i, at), at); err != nil {
				rt.Fatal(err)
			}
			workers[i].given = workers[i].emitted
		}
		ended := uint64(0)
		truth := map[int64]uint64{}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(workers)-1).Draw(rt, "worker")
			switch rapid.SampledFrom([]string{"count", "count", "die", "stop", "kill", "grow", "rest"}).Draw(rt, "step") {
			case "count":
				workers[i].emitted += rapid.Uint64Range(0, 1000).Draw(rt, "tuples")
			case "die":
				give(i) // as workers do
				ended += workers[i].emitted
				workers[i] = &counter{began: at, bolt: workers[i].bolt}
			case "stop":
				if err := books.Close(at); err != nil {
					rt.Fatal(err)
				}
				books = NewBooks(folder, plenty)
			case "kill":
				books = NewBooks(folder, plenty)
			case "grow":
				workers[i].bolt = true
			case "rest":
				at = at.Add(time.Duration(rapid.IntRange(1, 500).Draw(rt, "seconds")) * time.Second)
			}
			at = at.Add(time.Second)
			for i := range workers {
				give(i)
			}
			if err := books.Record(at); err != nil {
				rt.Fatal(err)
			}
			want := ended
			for _, w := range workers {
				want += w.given
			}
			truth[at.UnixMilli()] = want
			sums := books.Get(topology, at).Sums()
			if got := sums.Values[Emitted]; got != want {
				rt.Fatalf("%d emitted, want %d", got, want)
			}
			tasks := uint64(0)
			for k := range sums.Layout.Tasks {
				tasks += sums.Values[sums.Layout.places().tasks[sums.Layout.Tasks[k]]+Emitted]
			}
			if tasks != want {
				rt.Fatalf("tasks have emitted %d, want %d", tasks, want)
			}
		}
		c := write(rt, books.Get(topology, at), at)
		for i, tier := range c.Tiers {
			if len(tier.Records) == 0 {
				rt.Fatalf("there is no past every %s", Tiers[i].Step)
			}
			for _, r := range tier.Records {
				if want := truth[r.At.UnixMilli()]; r.Counts[Emitted] != want {
					rt.Fatalf("%d had been emitted at %s, want %d", r.Counts[Emitted], r.At, want)
				}
			}
		}
		if err := books.Close(at); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestHowItIsIsOfAllWorkers(t *testing.T) {
	books := NewBooks(t.TempDir(), plenty)
	for second := range 30 {
		at := begin.Add(time.Duration(second) * time.Second)
		for worker := range 2 {
			s := (&counter{began: begin}).snapshot(worker, at)
			s.Components[0].Queue, s.Components[0].InFlight = 3, 4
			s.Components[0].Latency.P99 = float64(5 + worker)
			if err := books.Give(topology, worker, s, at); err != nil {
				t.Fatal(err)
			}
		}
		if err := books.Record(at); err != nil {
			t.Fatal(err)
		}
	}
	records := write(t, books.Get(topology, begin), begin).Tiers[0].Records
	g := records[len(records)-1].Gauges
	if g[P50] != 1000 || g[P99] != 6000 || g[Queue] != 6 || g[InFlight] != 8 || g[Capacity] < 4900 || g[Capacity] > 5100 {
		t.Errorf("p50, p99, capacity, queue and in flight are %v", g)
	}
	if first := records[0]; !first.At.Equal(begin) {
		t.Errorf("it is known from %s on", first.At)
	}
	if err := books.Close(begin); err != nil {
		t.Fatal(err)
	}
}

// busyTopology has so many components, of which each second counts something.
func busyTopology(components, second int, random *rand.Rand, s *stats.Snapshot) {
	if s.Components == nil {
		s.Started = begin
		for i := range components {
			id := fmt.Sprintf("component-%d", i)
			s.Components = append(s.Components, stats.Component{ID: id, Kind: "bolt"})
			s.Streams = append(s.Streams, stats.Stream{Component: id, Stream: "default"})
			s.Edges = append(s.Edges, stats.Edge{Component: id, Source: fmt.Sprintf("component-%d", i-1), Stream: "default"})
			for k := range 2 {
				s.Tasks = append(s.Tasks, stats.Task{ID: 2*i + k, Component: id, Kind: "bolt"})
			}
		}
	}
	s.Seconds = float64(second)
	for i := range s.Components {
		c, n := &s.Components[i], 1000+random.Uint64N(9000)
		c.Emitted, c.Transferred, c.Executed, c.Acked = c.Emitted+n, c.Transferred+n, c.Executed+n, c.Acked+n
		c.Latency = stats.Latency{Count: c.Acked, Mean: 3 + random.Float64(), P50: 2 + random.Float64(), P99: 20 + random.Float64()}
		c.Queue, c.InFlight = random.Uint64N(100), random.Uint64N(100)
		s.Streams[i].Emitted, s.Streams[i].Transferred = c.Emitted, c.Transferred
		s.Edges[i].Executed, s.Edges[i].Acked = c.Executed, c.Acked
		for k := 2 * i; k < 2*i+2; k++ {
			t := &s.Tasks[k]
			t.Emitted, t.Executed, t.Acked, t.Busy = c.Emitted/2, c.Executed/2, c.Acked/2, float64(second)/2
		}
	}
}

// A day of a busy topology takes no more than it may, and is known as long as it is said, if it has not too many components.
func TestADayIsKeptInBoundedFiles(t *testing.T) {
	for _, c := range []struct {
		components int
		most       int64
		records    int // of each tier, at most
	}{{10, 2 << 20, 10_000}, {200, 12 << 20, 20}} {
		folder := t.TempDir()
		books := NewBooks(folder, plenty)
		var s stats.Snapshot
		random, at := rand.New(rand.NewPCG(1, 2)), begin
		for _, tier := range slices.Backward(Tiers) {
			for range min(int(tier.Span/tier.Step), c.records) {
				at = at.Add(tier.Step)
				busyTopology(c.components, int(at.Sub(begin).Seconds()), random, &s)
				if err := books.Give(topology, 1, &s, at); err != nil {
					t.Fatal(err)
				}
				if err := books.Record(at); err != nil {
					t.Fatal(err)
				}
			}
		}
		curve := write(t, books.Get(topology, at), at)
		for i, tier := range curve.Tiers {
			if known := at.Sub(tier.Records[0].At); c.records > 1440 && known < Tiers[i].Span*9/10 {
				t.Errorf("every %s: known for %s", Tiers[i].Step, known)
			}
		}
		used := books.used() // as much as they may grow to
		if err := books.Close(at); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(folder, topology, nowName))
		if err != nil {
			t.Fatal(err)
		}
		if t.Logf("%d components take %d bytes, and %d for now", c.components, used, info.Size()); used+info.Size() > c.most {
			t.Errorf("that is more than %d", c.most)
		}
	}
}

func TestThereIsRoomForSoManyBytes(t *testing.T) {
	var s stats.Snapshot
	busyTopology(10, 1, rand.New(rand.NewPCG(1, 2)), &s)
	folder := t.TempDir()
	books := NewBooks(folder, 2<<20)
	for i := range 3 {
		if err := books.Give(fmt.Sprint("t-", i), 1, &s, begin); err != nil {
			t.Fatal(err)
		}
	}
	if err := books.Record(begin); err == nil {
		t.Error("nobody says that there is no room")
	}
	if used := books.used(); used > 2<<20 {
		t.Errorf("%d bytes are used", used)
	}
	if err := books.Record(begin.Add(time.Second)); err != nil {
		t.Errorf("it is said again: %v", err)
	}
	for i := range 3 {
		id := fmt.Sprint("t-", i)
		if got := books.Get(id, begin).Sums().Values[Emitted]; got != s.Components[0].Emitted {
			t.Errorf("%s: %d emitted", id, got)
		}
	}
}

func TestWhatHasEndedIsRemoved(t *testing.T) {
	folder := t.TempDir()
	books := NewBooks(folder, plenty)
	for _, id := range []string{"runs-1", "ended-1", "unknown-1", "old-1"} {
		if err := books.Give(id, 1, (&counter{began: begin}).snapshot(1, begin), begin); err != nil {
			t.Fatal(err)
		}
	}
	if err := books.Record(begin); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(folder, "old-1", nowName), old, old); err != nil {
		t.Fatal(err)
	}
	is := func(name string) func(string) bool { return func(id string) bool { return id == name } }
	if err := books.Clean(is("runs-1"), is("ended-1"), time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(books.folders()); got != "[runs-1 unknown-1]" {
		t.Errorf("%s are left", got)
	}
}

func TestWhatCanNotBeReadBeginsAnew(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, topology), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, topology, nowName), []byte("no"), 0o600); err != nil {
		t.Fatal(err)
	}
	books := NewBooks(folder, plenty)
	w := counter{began: begin, emitted: 5}
	if err := books.Give(topology, 1, w.snapshot(1, begin), begin); err == nil {
		t.Error("nobody says so")
	}
	if got := books.Get(topology, begin).Sums().Values[Emitted]; got != 5 {
		t.Errorf("%d emitted", got)
	}
}

func BenchmarkSecond(b *testing.B) {
	for _, components := range []int{10, 200} {
		b.Run(fmt.Sprint(components), func(b *testing.B) {
			books := NewBooks(b.TempDir(), plenty)
			var s stats.Snapshot
			random, at := rand.New(rand.NewPCG(1, 2)), begin
			for b.Loop() {
				b.StopTimer()
				at = at.Add(time.Second)
				busyTopology(components, int(at.Sub(begin).Seconds()), random, &s)
				b.StartTimer()
				if err := books.Give(topology, 1, &s, at); err != nil {
					b.Fatal(err)
				}
				if err := books.Record(at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzReadCurve(f *testing.F) {
	books := NewBooks(f.TempDir(), plenty)
	for i := range 20 {
		at := begin.Add(time.Duration(i) * time.Second)
		if err := books.Give(topology, 1, (&counter{began: begin, emitted: uint64(i)}).snapshot(1, at), at); err != nil {
			f.Fatal(err)
		}
		if err := books.Record(at); err != nil {
			f.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := books.Get(topology, begin).Write(&text, begin); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add([]byte(`{"sizes":[100,-1]}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadCurve(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, tier := range c.Tiers {
			for _, r := range tier.Records {
				if len(r.Counts) != tier.Layout.Width() || len(r.Gauges) != len(tier.Layout.Components)*Gauges {
					t.Fatalf("a record makes no sense: %+v", r)
				}
			}
		}
	})
}
