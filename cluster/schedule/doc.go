// Package schedule decides on which machines the workers of topologies run, and which tasks each of them holds. It is a
// pure function of what there is, what is wanted and what was decided before: the leader calls it whenever one of the three
// has changed, and writes down what has become different.
//
// The rules, the earlier before the later:
//
//   - Nothing is placed where it can't be: on a node that is gone or gives away what it has, lacks a tag that a component needs, has no
//     free slot, or not the processors and memory that are asked for.
//   - What runs stays where it runs. A worker moves when its node is no more; a task moves when its worker is no more, or
//     when there are more workers than before and it is time to share.
//   - A topology has as many workers as it asks for (topology.workers, org.apache.storm.Config), or as many as there is room
//     for: the tasks are then in fewer.
//   - Workers of one topology go to as many different nodes as can be, and to the least used of them; tasks of one component
//     to as many different workers, as Storm's EvenScheduler does.
//
// The more important topology chooses first (topology.priority, the lower number), among equals the one whose name comes
// first.
package schedule
