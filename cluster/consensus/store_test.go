package consensus

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/raft"
	"pgregory.net/rapid"
)

func openTestStore(t *testing.T, path string) *store {
	t.Helper()
	s, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() }) // again, where a test has closed it
	return s
}

// TestStoreKeepsTheLog stores and deletes as raft does, opens the file again now and then, and compares with a plain map.
func TestStoreKeepsTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "raft.db")
	rapid.Check(t, func(rt *rapid.T) {
		s := openTestStore(t, path)
		defer func() { _ = s.close() }()
		if err := s.DeleteRange(0, 1<<40); err != nil {
			rt.Fatal(err)
		}
		model := map[uint64]*raft.Log{}
		next := uint64(rapid.IntRange(1, 300).Draw(rt, "first"))
		rt.Repeat(map[string]func(*rapid.T){
			"store": func(rt *rapid.T) {
				var logs []*raft.Log
				for range rapid.IntRange(1, 5).Draw(rt, "n") {
					logs = append(logs, drawLog(rt, next))
					model[next] = logs[len(logs)-1]
					next++
				}
				if err := s.StoreLogs(logs); err != nil {
					rt.Fatal(err)
				}
			},
			"delete the oldest": func(rt *rapid.T) {
				first, _ := ends(model)
				most := first + uint64(rapid.IntRange(0, 3).Draw(rt, "more"))
				remove(rt, s, model, first, most)
			},
			"delete the newest": func(rt *rapid.T) { // they were not committed, and others take their place
				_, last := ends(model)
				if last == 0 {
					return
				}
				least := last - min(last-1, uint64(rapid.IntRange(0, 3).Draw(rt, "more")))
				remove(rt, s, model, least, last)
				next = least
			},
			"open again": func(rt *rapid.T) {
				if err := s.close(); err != nil {
					rt.Fatal(err)
				}
				s = openTestStore(t, path)
			},
			"": func(rt *rapid.T) {
				wantFirst, wantLast := ends(model)
				first, err1 := s.FirstIndex()
				last, err2 := s.LastIndex()
				if first != wantFirst || last != wantLast || err1 != nil || err2 != nil {
					rt.Fatalf("%d to %d, want %d to %d (%v, %v)", first, last, wantFirst, wantLast, err1, err2)
				}
				for index := first; index <= last+1; index++ {
					var got raft.Log
					err := s.GetLog(index, &got)
					switch want := model[index]; {
					case want == nil && !errors.Is(err, raft.ErrLogNotFound):
						rt.Fatalf("entry %d: %+v, %v", index, got, err)
					case want != nil && (err != nil || !cmp.Equal(*want, got)):
						rt.Fatalf("entry %d: %v %s", index, err, cmp.Diff(*want, got))
					}
				}
			},
		})
	})
}

func drawLog(rt *rapid.T, index uint64) *raft.Log {
	l := &raft.Log{
		Index: index, Term: rapid.Uint64().Draw(rt, "term"), Type: raft.LogType(rapid.IntRange(0, 6).Draw(rt, "type")),
		Data: drawBytes(rt, "data"), Extensions: drawBytes(rt, "extensions"),
	}
	if rapid.Bool().Draw(rt, "timed") {
		l.AppendedAt = time.Unix(0, rapid.Int64Range(1, 1<<60).Draw(rt, "at"))
	}
	return l
}

func drawBytes(rt *rapid.T, what string) []byte {
	b := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(rt, what)
	if len(b) == 0 {
		return nil
	}
	return b
}

func ends(model map[uint64]*raft.Log) (first, last uint64) {
	for index := range model {
		if first == 0 || index < first {
			first = index
		}
		last = max(last, index)
	}
	return first, last
}

func remove(rt *rapid.T, s *store, model map[uint64]*raft.Log, least, most uint64) {
	if err := s.DeleteRange(least, most); err != nil {
		rt.Fatal(err)
	}
	for index := least; index <= most; index++ {
		delete(model, index)
	}
}

func TestStoreKeepsFacts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "raft.db")
	s := openTestStore(t, path)
	if _, err := s.GetUint64([]byte("CurrentTerm")); err == nil || err.Error() != "not found" {
		t.Errorf("a fact that was never set: %v; raft looks for the text not found", err)
	}
	if err := s.SetUint64([]byte("CurrentTerm"), 1<<63); err != nil {
		t.Fatal(err)
	}
	if err := s.Set([]byte("LastVoteCand"), []byte("node")); err != nil {
		t.Fatal(err)
	}
	if _, err := openStore(path); err == nil || !strings.Contains(err.Error(), "another agent") {
		t.Errorf("opened twice: %v", err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	s = openTestStore(t, path)
	term, err1 := s.GetUint64([]byte("CurrentTerm"))
	vote, err2 := s.Get([]byte("LastVoteCand"))
	if term != 1<<63 || string(vote) != "node" || err1 != nil || err2 != nil {
		t.Errorf("%d, %q (%v, %v)", term, vote, err1, err2)
	}
}

// FuzzDecodeLog: bytes that are no entry are an error, and every flip of a bit in one is found.
func FuzzDecodeLog(f *testing.F) {
	f.Add(encodeLog(&raft.Log{Index: 7, Term: 2, Type: raft.LogCommand, Data: []byte("data"), AppendedAt: time.Unix(1, 2)}), 50)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, b []byte, bit int) {
		var l raft.Log
		if decodeLog(b, &l) != nil {
			return
		}
		written := encodeLog(&l)
		var again raft.Log
		if err := decodeLog(written, &again); err != nil || !cmp.Equal(l, again) {
			t.Fatalf("%+v became %+v (%v)", l, again, err)
		}
		at := (bit%(8*len(written)) + 8*len(written)) % (8 * len(written))
		broken := bytes.Clone(written)
		broken[at/8] ^= 1 << (at % 8)
		if decodeLog(broken, &again) == nil {
			t.Fatalf("bit %d of %x was flipped, and nobody saw it", at, written)
		}
	})
}
