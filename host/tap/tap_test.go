package tap

import (
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/internal/stats"
)

func TestAnAllowanceIsKeptToTheLetter(t *testing.T) {
	now := time.Unix(0, 0)
	a := NewAllowance(10, 2, now)
	taken := 0
	for range 100_000 { // 10 s
		if a.Take(now) {
			taken++
		}
		now = now.Add(100 * time.Microsecond)
	}
	if taken < 100 || taken > 102 {
		t.Errorf("in 10 s, 10 per second and 2 at once: %d", taken)
	}
	a.Use(5)
	if left := a.Left(now.Add(100 * time.Millisecond)); left > 0 {
		t.Errorf("what was used too much is not made up for: %v are left", left)
	}
	if !a.Take(now.Add(time.Minute)) {
		t.Error("what was used too much is never forgotten")
	}
}

// TestNoMoreIsTakenThanAllowed: also by tasks that ask at the same time.
func TestNoMoreIsTakenThanAllowed(t *testing.T) {
	var s Sampler
	var taken atomic.Int64
	var asking sync.WaitGroup
	asked, allowed := make(chan struct{}), int64(0)
	for range 2 {
		asking.Go(func() {
			for {
				select {
				case <-asked:
					return
				default:
				}
				if s.Take() {
					taken.Add(1)
				}
			}
		})
	}
	for range 200 {
		allowed += 5
		s.Allow(5, 1<<40, 1000)
		runtime.Gosched()
	}
	close(asked)
	asking.Wait()
	if taken.Load() > allowed {
		t.Errorf("%d were taken, %d allowed", taken.Load(), allowed)
	}
	s = Sampler{}
	for range 10 {
		s.Allow(5, 8, 0)
	}
	n := 0
	for range 100 {
		if s.Take() {
			n++
		}
	}
	if n != 8 {
		t.Errorf("%d were taken at once, and 8 may be", n)
	}
}

// TestASlowStreamIsSeenWhole: what there is no more of than may be shown is not sampled.
func TestASlowStreamIsSeenWhole(t *testing.T) {
	var s Sampler
	for i := range 50 {
		s.Allow(1, 1, 1)
		if !s.Take() {
			t.Fatalf("tuple %d was passed over", i)
		}
	}
}

// TestWhatIsTakenIsSpread: not always the same places of the batches that tuples come in.
func TestWhatIsTakenIsSpread(t *testing.T) {
	var s Sampler
	places := map[int]int{}
	const batch = 100
	for range 4000 {
		s.Allow(1, 1, batch)
		for i := range batch {
			if s.Take() {
				places[i/10]++
			}
		}
	}
	for tenth := range 10 {
		if places[tenth] < 100 {
			t.Errorf("of the tenths of a batch tuples were taken so often: %v", places)
			break
		}
	}
}

func TestShow(t *testing.T) {
	row, err := packed.AppendValues(nil, []any{"a", int64(7)})
	if err != nil {
		t.Fatal(err)
	}
	fields := gstorm.Fields{"word", "n"}
	both := []stats.TapValue{{Field: "word", JSON: `"a"`}, {Field: "n", JSON: "7"}}
	for _, test := range []struct {
		name  string
		tuple gstorm.Tuple
		want  []stats.TapValue
	}{
		{"JSON", gstorm.Tuple{JSON: []byte(`["a",7]`)}, both},
		{"values", gstorm.Tuple{Values: gstorm.Values{"a", 7}}, both},
		{"packed", gstorm.Tuple{Packed: row[1:]}, both},
		{"what JSON has no form for", gstorm.Tuple{Values: gstorm.Values{math.NaN(), func() {}}}, []stats.TapValue{{Field: "word", JSON: `"NaN"`}, {Field: "n", JSON: `"func()"`}}},
		{"to the letter", gstorm.Tuple{JSON: []byte(`["<b>\u00e9",12345678901234567890.10]`)}, []stats.TapValue{{Field: "word", JSON: `"<b>\u00e9"`}, {Field: "n", JSON: "12345678901234567890.10"}}},
		{"more values than fields", gstorm.Tuple{JSON: []byte(`[1,2,{"a":[null]}]`)}, []stats.TapValue{{Field: "word", JSON: "1"}, {Field: "n", JSON: "2"}, {Field: "value 3", JSON: `{"a":[null]}`}}},
		{"nothing", gstorm.Tuple{}, []stats.TapValue{}},
	} {
		test.tuple.Source = &gstorm.Source{Component: "c", Fields: fields}
		got, more, err := Show(&test.tuple, fields)
		if err != nil || more != 0 {
			t.Errorf("%s: %d more, %v", test.name, more, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestWhatIsLargeIsCut(t *testing.T) {
	long := `"` + strings.Repeat("é", 100_000) + `"`
	shown, _, err := Show(&gstorm.Tuple{JSON: []byte("[1," + long + "]")}, gstorm.Fields{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if v := shown[1]; v.Bytes != len(long) || len(v.JSON) > stats.MostOfValue || len(v.JSON) < stats.MostOfValue-4 || !utf8.ValidString(v.JSON) {
		t.Errorf("of %d bytes, %d are shown, and it says that it is %d", len(long), len(v.JSON), v.Bytes)
	}
	shown, more, err := Show(&gstorm.Tuple{JSON: []byte("[1" + strings.Repeat(",1", 999_999) + "]")}, nil)
	if err != nil || len(shown)+more != 1_000_000 || len(shown) > stats.MostOfTuple/stats.AroundValue {
		t.Errorf("of a million values %d are shown, and %d not; %v", len(shown), more, err)
	}
	shown, _, err = Show(&gstorm.Tuple{JSON: []byte("[" + strings.Repeat(long+",", 30) + "1]")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, v := range shown {
		sum += len(v.JSON)
	}
	if sum > stats.MostOfTuple {
		t.Errorf("%d bytes of a tuple are shown", sum)
	}
}
