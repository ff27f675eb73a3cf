package route

import (
	"errors"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/packed"
)

// keys hashes the fields that any consumer of a stream groups by, each once per tuple.
type keys struct {
	positions []int    // in the tuple, ascending
	hashes    []uint64 // of the last tuple, hashes[i] of the value at positions[i]
	lists     []*keyList
	required  []int // positions that consumers of one task group by: nothing to decide
}

// keyList picks the values that make one consumer's key.
type keyList struct {
	positions []int // in the tuple, in the grouping's order
	slots     []int // the same in keys.hashes
}

// add notes what one consumer groups by.
func (k *keys) add(positions []int) *keyList {
	list := &keyList{positions: positions, slots: make([]int, len(positions))}
	k.lists = append(k.lists, list)
	k.positions = append(k.positions, positions...)
	slices.Sort(k.positions)
	k.positions = slices.Compact(k.positions)
	k.hashes = make([]uint64, len(k.positions))
	for _, l := range k.lists {
		for i, position := range l.positions {
			l.slots[i], _ = slices.BinarySearch(k.positions, position)
		}
	}
	return list
}

// require notes what a consumer of one task groups by.
func (k *keys) require(positions []int) { k.required = append(k.required, positions...) }

// of returns the hash of the key: the same as that of a list of its values.
func (l *keyList) of(hashes []uint64) uint64 {
	h := uint64(seedList)
	for _, slot := range l.slots {
		h = addElement(h, hashes[slot])
	}
	return mix(h)
}

// keyError says which of a tuple's values gave no hash.
type keyError struct {
	position int
	cause    error
}

var errNoValue = errors.New("the tuple has no value for it")

func (k *keys) hash(t *gstorm.Tuple) *keyError {
	if t.JSON != nil {
		if len(k.positions) == 0 {
			return nil
		}
		return k.hashText(t.JSON)
	}
	if t.Values == nil && t.Packed != nil {
		return k.hashPacked(t.Packed)
	}
	for _, position := range k.required { // what works with one task must work with two
		if err := hashable(t.Values, position); err != nil {
			return err
		}
	}
	for i, position := range k.positions {
		if position >= len(t.Values) {
			return &keyError{position, errNoValue}
		}
		h, err := HashValue(t.Values[position])
		if err != nil {
			return &keyError{position, err}
		}
		k.hashes[i] = h
	}
	return nil
}

// hashPacked hashes what is needed of a packed row.
func (k *keys) hashPacked(row []byte) *keyError {
	for _, position := range k.required { // what works with one task must work with two
		if _, err := hashPackedValue(row, position); err != nil {
			return err
		}
	}
	for i, position := range k.positions {
		h, err := hashPackedValue(row, position)
		if err != nil {
			return err
		}
		k.hashes[i] = h
	}
	return nil
}

func hashPackedValue(row []byte, position int) (uint64, *keyError) {
	if text, ok := packed.String(row, position); ok { // which most keys are
		return hashString(string(text)), nil
	}
	v, err := packed.Value(row, position)
	if err != nil {
		return 0, &keyError{position, errNoValue}
	}
	h, err := HashValue(v)
	if err != nil {
		return 0, &keyError{position, err}
	}
	return h, nil
}

func hashable(values gstorm.Values, position int) *keyError {
	if position >= len(values) {
		return &keyError{position, errNoValue}
	}
	switch v := values[position].(type) {
	case string, int, int64, bool, nil:
	default:
		if _, err := HashValue(v); err != nil {
			return &keyError{position, err}
		}
	}
	return nil
}

// hashText reads the text of a JSON array up to the last value that is needed.
func (k *keys) hashText(text []byte) *keyError {
	s := scanner{text: text}
	slot := 0
	for at := 0; slot < len(k.positions); at++ {
		position := k.positions[slot]
		end, err := s.next('[', ']', at == 0)
		switch {
		case err != nil:
		case end:
			err = errNoValue
		case at < position:
			err = s.skip()
		default:
			k.hashes[slot], err = s.hash(1)
			slot++
		}
		if err != nil {
			return &keyError{position, err}
		}
	}
	return nil
}
