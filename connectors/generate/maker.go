package generate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
)

// maker makes the value of a field of the n-th tuple, of which earlier are the fields before it.
type maker func(n int, random *rand.Rand, earlier []any) any

// sequence is the number of the tuple: as a field, and as a name in texts.
const sequence = "sequence"

// newMaker reads what a field is to be.
func newMaker(what any, earlier []string) (maker, error) {
	switch what := what.(type) {
	case string:
		if what == sequence {
			return func(n int, _ *rand.Rand, _ []any) any { return n }, nil
		}
		return template(what, earlier)
	case []any:
		if len(what) == 0 {
			return nil, errors.New("the list to choose from is empty")
		}
		return func(_ int, random *rand.Rand, _ []any) any { return what[random.IntN(len(what))] }, nil
	case []string:
		return newMaker(anyList(what), earlier)
	case map[string]any:
		return between(what)
	}
	return func(int, *rand.Rand, []any) any { return what }, nil
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// between chooses a number.
func between(limits map[string]any) (maker, error) {
	low, whole, err := limit(limits, "min")
	if err != nil {
		return nil, err
	}
	high, alsoWhole, err := limit(limits, "max")
	if err != nil {
		return nil, err
	}
	if len(limits) != 2 || low > high {
		return nil, errors.New("a mapping has a min and a max that is not less, and nothing else")
	}
	if whole && alsoWhole {
		return func(_ int, random *rand.Rand, _ []any) any { return int(low) + random.IntN(int(high)-int(low)+1) }, nil
	}
	return func(_ int, random *rand.Rand, _ []any) any { return low + random.Float64()*(high-low) }, nil
}

// farthest is how far from 0 a limit may be: as far as every whole number is a float64.
const farthest = 1 << 53

func limit(limits map[string]any, name string) (value float64, whole bool, err error) {
	given := limits[name]
	switch n := given.(type) {
	case json.Number:
		value, err = n.Float64()
		whole = !strings.ContainsAny(n.String(), ".eE")
	case float64:
		value = n
	default:
		var i int
		i, whole, err = gstorm.Config{name: given}.Int(name)
		value = float64(i)
		if !whole {
			err = errors.New("no number")
		}
	}
	if _, isText := given.(string); isText || err != nil || !(math.Abs(value) <= farthest) {
		return 0, false, fmt.Errorf("a mapping needs the number %s, from -2^53 to 2^53", name)
	}
	return value, whole, nil
}

// template fills in the names in braces.
func template(text string, earlier []string) (maker, error) {
	var fixed []string // what stands before each name, and behind the last
	var names []int    // which earlier field; -1: the number of the tuple
	rest := text
	for {
		before, inside, found := strings.Cut(rest, "{")
		fixed = append(fixed, before)
		if !found {
			break
		}
		name, behind, closed := strings.Cut(inside, "}")
		at := slices.Index(earlier, name)
		if !closed || at < 0 && name != sequence {
			return nil, fmt.Errorf("in the text %q, {%s} is neither {sequence} nor a field before it (those are: %s)", text, name, gstorm.Fields(earlier))
		}
		names, rest = append(names, at), behind
	}
	return func(n int, _ *rand.Rand, values []any) any {
		var b strings.Builder
		for i, at := range names {
			b.WriteString(fixed[i])
			if at < 0 {
				_, _ = fmt.Fprint(&b, n)
			} else {
				_, _ = fmt.Fprint(&b, values[at])
			}
		}
		b.WriteString(fixed[len(names)])
		return b.String()
	}, nil
}
