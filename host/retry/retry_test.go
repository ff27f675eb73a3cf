package retry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/host/acker"
)

func TestKeysOfMessages(t *testing.T) {
	long := strings.Repeat("x", 100)
	keys := []string{Key("", []byte("1")), Key("", []byte(`"1"`)), Key("go ", []byte("1")), Key("", []byte(long)), Key("", []byte(long+"y"))}
	for i, key := range keys {
		if slices.Index(keys, key) != i || len(key) > longestKey+3 {
			t.Errorf("key %d: %q", i, key)
		}
	}
}

// TestLogIsAsAModel: a list in which whatever fails moves to the front says the same.
func TestLogIsAsAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 6).Draw(t, "most")
		log := NewLog[int](most)
		var want []Entry[int] // the newest first
		var total uint64
		now := time.Unix(0, 0)
		key := func(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "message")) }
		t.Repeat(map[string]func(*rapid.T){
			"fail": func(t *rapid.T) {
				k := key(t)
				now = now.Add(time.Second)
				total++
				cause := &acker.Cause{Task: int(total)}
				e := Entry[int]{Key: k, First: now}
				if i := slices.IndexFunc(want, func(e Entry[int]) bool { return e.Key == k }); i >= 0 {
					e = want[i]
					want = slices.Delete(want, i, i+1)
				}
				e.Times++
				e.Last, e.Kind, e.Cause, e.Tuple, e.Dead = now, acker.TimedOut, cause, int(total), false
				want = slices.Insert(want, 0, e)
				want = want[:min(most, len(want))]
				log.Fail(k, now, acker.TimedOut, cause, int(total))
			},
			"die": func(t *rapid.T) {
				k := key(t)
				for i := range want {
					want[i].Dead = want[i].Dead || want[i].Key == k
				}
				log.Died(k)
			},
			"": func(t *rapid.T) {
				n := rapid.IntRange(0, 10).Draw(t, "newest")
				if diff := cmp.Diff(want[:min(n, len(want))], log.Newest(n), cmpopts.EquateEmpty()); diff != "" || log.Len() != len(want) || log.Total() != total {
					t.Fatal(diff, log.Len(), log.Total())
				}
			},
		})
	})
}

// TestPoolIsAsAModel: a list that is searched says the same.
func TestPoolIsAsAModel(t *testing.T) {
	type entry struct {
		id     string
		values uint64
		strike Strike
	}
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 6).Draw(t, "most")
		p := NewPool(most)
		var want []entry // the oldest first
		id := func(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "id")) }
		values := func(t *rapid.T) uint64 { return rapid.Uint64Range(0, 3).Draw(t, "values") }
		n := uint64(0)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				n++
				e := entry{id(t), values(t), Strike{Times: n}}
				p.Put(e.id, e.values, e.strike)
				want = slices.DeleteFunc(want, func(w entry) bool { return w.id == e.id })
				want = append(want, e)
				want = want[max(0, len(want)-most):]
			},
			"take": func(t *rapid.T) {
				id, values := id(t), values(t)
				got, ok := p.Take(id, values)
				at := slices.IndexFunc(want, func(w entry) bool { return w.id == id })
				if at < 0 {
					at = slices.IndexFunc(want, func(w entry) bool { return w.values == values })
				}
				if at < 0 {
					if ok {
						t.Fatal(got)
					}
					return
				}
				if got != want[at].strike || !ok {
					t.Fatal(got, want[at])
				}
				want = slices.Delete(want, at, at+1)
			},
			"": func(t *rapid.T) {
				if p.Len() != len(want) || len(p.byID) != len(want) {
					t.Fatal(p.Len(), len(want))
				}
			},
		})
	})
}
