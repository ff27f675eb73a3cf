package gstorm

import "slices"

// Grouping says which tasks of a consumer get a tuple.
type Grouping string

// Storm's groupings. The rules that are ours to choose (how a value is hashed, say) are in host/route.
const (
	Shuffle        Grouping = "shuffle"          // evenly, one task
	FieldsGrouping Grouping = "fields"           // the same values of the named fields, the same task
	PartialKey     Grouping = "partial_key"      // two candidate tasks per key, the less used of them
	All            Grouping = "all"              // every task
	Global         Grouping = "global"           // the task with the lowest id
	None           Grouping = "none"             // any task
	Direct         Grouping = "direct"           // the task that the emitter names
	LocalOrShuffle Grouping = "local_or_shuffle" // shuffle among the tasks in the same worker, if there are any
	Custom         Grouping = "custom"           // the tasks that code chooses: see Chooser
)

// groupings are those that every front end has.
var groupings = []Grouping{Shuffle, FieldsGrouping, PartialKey, All, Global, None, Direct, LocalOrShuffle}

// Chooser is a grouping of one's own (Storm's CustomStreamGrouping). It is called once for each task that emits, with the
// tasks of the consumer, ascending; what it returns is called for each tuple that the task emits on the stream, by one
// goroutine at a time, and returns the tasks that get it: none, one or several of those. A panic, or a task that is not one
// of them, makes the emit a mistake of its component.
type Chooser func(tasks []int) func(t *Tuple) []int

// Known reports whether g is one of the groupings above.
func (g Grouping) Known() bool { return g == Custom || slices.Contains(groupings, g) }

// TakesFields reports whether the grouping is by the values of fields.
func (g Grouping) TakesFields() bool { return g == FieldsGrouping || g == PartialKey }
