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
)

var groupings = []Grouping{Shuffle, FieldsGrouping, PartialKey, All, Global, None, Direct, LocalOrShuffle}

// Known reports whether g is one of the groupings above.
func (g Grouping) Known() bool { return slices.Contains(groupings, g) }

// TakesFields reports whether the grouping is by the values of fields.
func (g Grouping) TakesFields() bool { return g == FieldsGrouping || g == PartialKey }
