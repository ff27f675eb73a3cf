package retry

import (
	"container/list"
	"time"
)

// Strike is how often a message has failed, and since when. Key names it: that of its first failure, as libraries may call the same
// message otherwise whenever they emit it.
type Strike struct {
	Key   string
	Times uint64
	First time.Time
}

// Pool has the strikes of messages that have failed and were not emitted again yet. Each emission of a message takes its strike, and
// each failure puts it back, with one more. A message is known by its id, or else by its values: of several with the same values
// each emission takes the strike that lies there for longest, which is right, as nobody could tell them apart. So acks cost nothing.
// The zero value can't be used.
type Pool struct {
	most     int
	order    list.List // of *pooled, the oldest in front
	byID     map[string]*list.Element
	byValues map[uint64][]*list.Element // the oldest first
}

type pooled struct {
	strike Strike
	id     string
	values uint64
}

// NewPool has room for most strikes; then the oldest are forgotten, and their messages begin anew.
func NewPool(most int) *Pool {
	return &Pool{most: most, byID: map[string]*list.Element{}, byValues: map[uint64][]*list.Element{}}
}

// Len is how many strikes there are.
func (p *Pool) Len() int { return p.order.Len() }

// Put is for a message that has failed: its id, a hash of its values, and what has come together.
func (p *Pool) Put(id string, values uint64, s Strike) {
	if before := p.byID[id]; before != nil {
		p.remove(before)
	}
	at := p.order.PushBack(&pooled{s, id, values})
	p.byID[id] = at
	p.byValues[values] = append(p.byValues[values], at)
	if p.order.Len() > p.most {
		p.remove(p.order.Front())
	}
}

// Take is for a message that is emitted: it has the strike from now on, if there is one.
func (p *Pool) Take(id string, values uint64) (s Strike, ok bool) {
	at := p.byID[id]
	if same := p.byValues[values]; at == nil && len(same) > 0 {
		at = same[0]
	}
	if at == nil {
		return s, false
	}
	p.remove(at)
	return at.Value.(*pooled).strike, true
}

func (p *Pool) remove(at *list.Element) {
	e := at.Value.(*pooled)
	p.order.Remove(at)
	delete(p.byID, e.id)
	same := p.byValues[e.values]
	for i := range same {
		if same[i] == at {
			same = append(same[:i:i], same[i+1:]...)
			break
		}
	}
	if len(same) == 0 {
		delete(p.byValues, e.values)
	} else {
		p.byValues[e.values] = same
	}
}
