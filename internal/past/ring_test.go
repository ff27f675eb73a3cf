package past

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func newRing(t testing.TB, h head) (path string, r *ring) {
	t.Helper()
	h.Meta = []byte(`"what"`)
	path = filepath.Join(t.TempDir(), "ring")
	r, err := createRing(path, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.close() })
	return path, r
}

func readAll(t testing.TB, path string) *contents {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := readRing(text, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever was written, the end of it is read as it was, as far as the ring goes, also when others went on with it.
func TestTheEndOfWhatWasWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(0, 6).Draw(rt, "width")
		path, r := newRing(t, head{Width: width, Block: blockHead + 3*longest(width), Blocks: rapid.IntRange(2, 5).Draw(rt, "blocks")})
		var written []record
		at := int64(0)
		for range rapid.IntRange(0, 60).Draw(rt, "records") {
			at += rapid.Int64Range(1, 1<<40).Draw(rt, "time")
			values := rapid.SliceOfN(rapid.OneOf(rapid.Uint64(), rapid.Just(uint64(7))), width, width).Draw(rt, "values")
			if rapid.IntRange(0, 9).Draw(rt, "again") == 0 {
				if err := r.close(); err != nil {
					rt.Fatal(err)
				}
				resumed, err := resumeRing(path, readAll(t, path))
				if err != nil {
					rt.Fatal(err)
				}
				r = resumed
			}
			if err := r.append(at, values); err != nil {
				rt.Fatal(err)
			}
			written = append(written, record{at, values})
		}
		defer func() { _ = r.close() }()
		read := readAll(t, path).records
		if len(read) > len(written) || len(written) > 0 && len(read) == 0 {
			rt.Fatalf("%d records are read of %d", len(read), len(written))
		}
		for i, got := range read {
			if want := written[len(written)-len(read)+i]; got.at != want.at || !slices.Equal(got.values, want.values) {
				rt.Fatalf("record %d of %d: %v, want %v", i, len(read), got, want)
			}
		}
	})
}

// filled is a ring with numbers that grow.
func filled(t testing.TB) (text []byte, records []record) {
	path, r := newRing(t, head{Width: 3, Block: blockHead + 4*longest(3), Blocks: 4})
	for i := range int64(40) {
		records = append(records, record{1000 * i, []uint64{uint64(i), 5, uint64(i * i)}})
		if err := r.append(records[i].at, records[i].values); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text, records
}

// A byte that has become another takes records away, but makes none that was not written.
func TestWhatIsAlteredIsLeftOut(t *testing.T) {
	text, written := filled(t)
	whole, err := readRing(text, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		for _, cut := range []bool{false, true} {
			altered := slices.Clone(text)
			if altered[i] ^= 0x5a; cut {
				altered = altered[:i]
			}
			c, err := readRing(altered, 1000)
			if err != nil {
				if !cut && i >= whole.start {
					t.Fatalf("byte %d: %v", i, err)
				}
				continue
			}
			if !cut && len(c.records) < len(whole.records)/2 {
				t.Errorf("byte %d: only %d records are left of %d", i, len(c.records), len(whole.records))
			}
			for _, r := range c.records {
				if !slices.ContainsFunc(written, func(w record) bool { return w.at == r.at && slices.Equal(w.values, r.values) }) {
					t.Fatalf("byte %d: %v was never written", i, r)
				}
			}
		}
	}
}

func TestAClockThatWasSetBackGoesOn(t *testing.T) {
	path, r := newRing(t, head{Width: 1, Block: blockHead + 9*longest(1), Blocks: 2})
	for i, at := range []int64{10, 20, 90, 100, 30, 40} {
		if err := r.append(at, []uint64{uint64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	var times []int64
	for _, r := range readAll(t, path).records {
		times = append(times, r.at)
	}
	if !slices.Equal(times, []int64{10, 20, 30, 40}) {
		t.Errorf("the times are %v", times)
	}
}

func FuzzReadRing(f *testing.F) {
	text, _ := filled(f)
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, text []byte) {
		// As the rest of a record whose checksum is right.
		block := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
		block = append(binary.LittleEndian.AppendUint32(block, check(1, text)), text...)
		for _, r := range readBlock(1, block, 3, 10) {
			if len(r.values) != 3 {
				t.Fatalf("%+v makes no sense", r)
			}
		}
		c, err := readRing(text, 100)
		if err != nil {
			return
		}
		for i, r := range c.records {
			if len(r.values) != c.head.Width || i > 0 && r.at <= c.records[i-1].at {
				t.Fatalf("record %d makes no sense: %+v", i, r)
			}
		}
		if len(c.records) > 100 {
			t.Fatalf("%d records", len(c.records))
		}
	})
}
