package route

import "github.com/gstorm/gstorm"

// Needs is what the choice of a tuple's tasks needs.
type Needs uint8

// From the least to the most.
const (
	Nothing Needs = iota // every tuple goes to the same tasks
	Turn                 // the tasks change from tuple to tuple, whatever the tuples are
	Values               // the tasks depend on the tuple's values
)

// Needs is what Route needs to choose. With anything but Values, Choose can choose before there is a tuple.
func (s *Stream) Needs() Needs {
	most := Nothing
	if len(s.direct) > 0 {
		return Nothing // Route refuses every tuple
	}
	if len(s.customs) > 0 {
		return Values
	}
	for _, c := range s.choosers {
		most = max(most, c.needs())
	}
	return most
}

// Choose appends the tasks of a tuple that is yet to come to dst: for every tuple as many, none if Route would refuse any.
// It is for streams that do not need values, and must be followed by RouteTo with what it has chosen, or the choice is
// lost.
func (s *Stream) Choose(dst []Target) []Target {
	if len(s.direct) > 0 {
		return dst
	}
	for _, c := range s.choosers {
		dst = c.choose(dst, s.keys.hashes)
	}
	return dst
}

// RouteTo is Route for a tuple whose tasks Choose has chosen before.
func (s *Stream) RouteTo(dst []Target, t *gstorm.Tuple, chosen []Target) ([]Target, error) {
	if err := s.check(t); err != nil {
		return dst, err
	}
	return append(dst, chosen...), nil
}

func (c *roundRobin) needs() Needs    { return Turn }
func (c *anyTask) needs() Needs       { return Turn }
func (c *byKey) needs() Needs         { return Values }
func (c *byKeyLessUsed) needs() Needs { return Values }
func (c always) needs() Needs         { return Nothing }
