package route

import (
	"math/rand/v2"

	"github.com/gstorm/gstorm/internal/plan"
)

// chooser appends the tasks of one consumer that get a tuple. hashes are those of the tuple's key fields.
type chooser interface {
	choose(dst []Target, hashes []uint64) []Target
	// needs is what the choice depends on. hashes need not be a tuple's unless it is Values.
	needs() Needs
}

// roundRobin is the shuffle grouping.
type roundRobin struct {
	targets []Target
	next    int
}

func newRoundRobin(targets []Target, random *rand.Rand) *roundRobin {
	random.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	return &roundRobin{targets: targets}
}

func (c *roundRobin) choose(dst []Target, _ []uint64) []Target {
	chosen := c.targets[c.next]
	if c.next++; c.next == len(c.targets) {
		c.next = 0
	}
	return append(dst, chosen)
}

// preferLocal returns the targets that are local, or all if none is.
func preferLocal(targets []Target, local func(task int) bool) []Target {
	if local == nil {
		return targets
	}
	var near []Target
	for _, t := range targets {
		if local(t.Task) {
			near = append(near, t)
		}
	}
	if len(near) == 0 {
		return targets
	}
	return near
}

// byKey is the fields grouping.
type byKey struct {
	key      *keyList
	table    []int // task by key group
	feedback bool
}

func (c *byKey) choose(dst []Target, hashes []uint64) []Target {
	group := c.key.of(hashes) % plan.KeyGroups
	return append(dst, Target{Task: c.table[group], Feedback: c.feedback})
}

// byKeyLessUsed is the partial key grouping.
type byKeyLessUsed struct {
	key     *keyList
	targets []Target
	used    []uint64 // by this emitter, as targets
}

func (c *byKeyLessUsed) choose(dst []Target, hashes []uint64) []Target {
	chosen, other := c.candidates(c.key.of(hashes))
	if c.used[other] < c.used[chosen] {
		chosen = other
	}
	c.used[chosen]++
	return append(dst, c.targets[chosen])
}

// candidates returns two targets' indexes, which differ if there are two targets: the second is counted among those that
// are not the first.
func (c *byKeyLessUsed) candidates(hash uint64) (first, second int) {
	n := uint64(len(c.targets))
	if n == 1 {
		return 0, 0
	}
	first, second = int(hash%n), int(mix(hash^seedMap)%(n-1))
	if second >= first {
		second++
	}
	return first, second
}

// anyTask is the grouping none.
type anyTask struct {
	targets []Target
	random  *rand.Rand
}

func (c *anyTask) choose(dst []Target, _ []uint64) []Target {
	return append(dst, c.targets[c.random.IntN(len(c.targets))])
}

// always is the groupings all and global.
type always []Target

func (c always) choose(dst []Target, _ []uint64) []Target { return append(dst, c...) }
