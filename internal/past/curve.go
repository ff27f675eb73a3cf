package past

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Curve is a book as somebody else reads it: what was counted up to now, and how that came about.
type Curve struct {
	Now   time.Time // by the clock of the node
	Sums  Sums
	Tiers []TierCurve // of Tiers
}

// TierCurve is how it was in one resolution, the oldest first.
type TierCurve struct {
	Layout  Layout // without tasks
	Records []Record
}

// Record is one moment. Counts never go down from one to the next.
type Record struct {
	At     time.Time
	Gauges []uint64 // of each component
	Counts []uint64
}

// wire is what comes before the files.
type wire struct {
	Now   time.Time `json:"now"`
	Sums  Sums      `json:"sums"`
	Sizes []int     `json:"sizes"` // of the files of Tiers
}

// Write writes what a Curve is read of. A nil book has counted nothing.
func (b *Book) Write(to io.Writer, now time.Time) error {
	w := wire{Now: now}
	var files [][]byte
	if b != nil {
		var err error
		if w.Sums, files, err = b.contents(); err != nil {
			return err
		}
	}
	for _, text := range files {
		w.Sizes = append(w.Sizes, len(text))
	}
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	for _, text := range append([][]byte{append(text, '\n')}, files...) {
		if _, err := to.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// contents are the sums, and the files of Tiers.
func (b *Book) contents() (s Sums, files [][]byte, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range Tiers {
		text, err := os.ReadFile(filepath.Join(b.folder, Tiers[i].name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s, nil, err
		}
		files = append(files, text)
	}
	return Sums{b.layout, slices.Clone(b.sums)}, files, nil
}

// mostBytes is more than a book has.
const mostBytes = 256 << 20

// ReadCurve reads what Write has written. A file that makes no sense is as if it were not there.
func ReadCurve(from io.Reader) (*Curve, error) {
	in := bufio.NewReader(io.LimitReader(from, mostBytes))
	text, err := in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var w wire
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, err
	}
	if !w.Sums.Valid() {
		return nil, errors.New("there are not as many counts as it says")
	}
	c := &Curve{Now: w.Now, Sums: w.Sums, Tiers: make([]TierCurve, len(Tiers))}
	for i, size := range w.Sizes {
		if i == len(Tiers) {
			break
		}
		if size < 0 || size > mostBytes {
			return nil, fmt.Errorf("a file of %d bytes", size)
		}
		text, err := io.ReadAll(io.LimitReader(in, int64(size)))
		if err != nil {
			return nil, err
		}
		if len(text) < size {
			return nil, io.ErrUnexpectedEOF
		}
		c.Tiers[i] = tierCurve(text, &Tiers[i])
	}
	return c, nil
}

// tierCurve is what is whole in a ring's text.
func tierCurve(text []byte, t *Tier) (c TierCurve) {
	read, layout, err := parseTier(text, t.Most(0))
	if err != nil {
		return c
	}
	c.Layout = *layout
	most, gauges := t.Most(layout.series()), len(layout.Components)*Gauges
	least := []uint64(nil) // of what is later
	for _, r := range slices.Backward(read.records) {
		counts := r.values[gauges:]
		for i := range least { // a machine that lost power may have written what is later without what was before
			counts[i] = min(counts[i], least[i])
		}
		least = counts
		if len(c.Records) < most {
			c.Records = append(c.Records, Record{time.UnixMilli(r.at), r.values[:gauges:gauges], counts})
		}
	}
	slices.Reverse(c.Records)
	return c
}
