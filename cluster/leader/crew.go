package leader

import (
	"cmp"
	"slices"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// crew is the workers of a topology that hold a lease, as they have told of themselves. Workers ask far more often than
// anything changes, so what follows from all of them is kept.
type crew struct {
	lives    map[int]*life
	revision uint64         // of the peers
	list     []message.Peer // nil: it is to be made anew

	is standing      // of the lives in of
	of *fsm.Topology // nil: is is to be made anew
	// stages is how many had ended in every worker, of the shape: those who have nothing left end before the others
	// have heard of it.
	shape  uint64
	stages int
}

// life is a process that holds a lease, as it has told of itself.
type life struct{ message.Question }

// standing is how far a topology is.
type standing struct {
	whole    bool // every worker is ready, and knows all others
	finished bool // every spout has said that it has nothing more
	ended    int  // how many stages have ended in every worker, if it comes to rest
}

// note notes what a worker with a lease has said. news: its peers are to hear of it.
func (c *crew) note(q *message.Question) (news bool) {
	known := c.lives[q.Worker]
	// A life that has not heard of its lease may ask for one again with other tasks.
	if news = known == nil || known.Life != q.Life || known.Shape != q.Shape || !slices.Equal(known.Tasks, q.Tasks); news {
		known = &life{}
		c.lives[q.Worker] = known
	}
	if known.Progress != q.Progress || known.Peers != q.Peers {
		c.of = nil
	}
	known.Question = *q
	known.Running = true
	return news
}

// regroup gives the peers another revision.
func (c *crew) regroup(revision uint64) { c.revision, c.list, c.of = revision, nil, nil }

// peers are the workers that hold a lease. Nobody changes the list.
func (c *crew) peers() []message.Peer {
	if c.list == nil {
		for _, known := range c.lives {
			c.list = append(c.list, message.Peer{Worker: known.Worker, Life: known.Life, Address: known.Address, Tasks: known.Tasks})
		}
		slices.SortFunc(c.list, func(a, b message.Peer) int { return cmp.Compare(a.Worker, b.Worker) })
	}
	return c.list
}

// standing is how far the topology is.
func (c *crew) standing(t *fsm.Topology) standing {
	if c.of != t {
		c.is, c.of = c.look(t), t
	}
	return c.is
}

// look looks at every worker that the topology should have.
func (c *crew) look(t *fsm.Topology) standing {
	if c.shape != t.Placement.Shape {
		c.shape, c.stages = t.Placement.Shape, 0
	}
	is, ended := standing{whole: true, finished: true}, -1
	for _, w := range t.Placement.Workers {
		known := c.lives[w.ID]
		if known == nil || known.Shape != t.Placement.Shape || !slices.Equal(known.Tasks, w.Tasks) {
			return standing{ended: c.stages}
		}
		is.whole = is.whole && known.Ready && known.Peers == c.revision
		is.finished = is.finished && known.Ready && known.Finished
		if ended < 0 || known.Ended < ended {
			ended = known.Ended
		}
	}
	if len(t.Placement.Workers) == 0 {
		is = standing{}
	}
	c.stages = max(c.stages, ended)
	is.ended = c.stages
	return is
}
