package plan

// order finds the cycles (Tarjan's strongly connected components), marks the edges within one as feedback, and gives
// every component the stage at which it ends: one more than the latest of those that feed it.
func (p *Plan) order() {
	t := tarjan{plan: p, index: map[string]int{}, low: map[string]int{}, onStack: map[string]bool{}}
	for i := range p.Components {
		if _, seen := t.index[p.Components[i].ID]; !seen {
			t.visit(&p.Components[i])
		}
	}
	for i := range p.Components {
		from := &p.Components[i]
		for _, consumers := range from.Consumers {
			for k := range consumers {
				consumers[k].Feedback = p.Component(consumers[k].Component).cycle == from.cycle
			}
		}
	}
	// Tarjan finishes a cycle after all that it leads to, so the highest number comes first in the flow.
	stages := make([]int, t.cycles)
	for cycle := t.cycles - 1; cycle >= 0; cycle-- {
		for i := range p.Components {
			from := &p.Components[i]
			if from.cycle != cycle {
				continue
			}
			for _, consumers := range from.Consumers {
				for _, consumer := range consumers {
					if to := p.Component(consumer.Component).cycle; to != cycle {
						stages[to] = max(stages[to], stages[cycle]+1)
					}
				}
			}
		}
	}
	for i := range p.Components {
		p.Components[i].Stage = stages[p.Components[i].cycle]
	}
}

// Stages are the components in the order in which they end, those of one stage together.
func (p *Plan) Stages() [][]*Component {
	var stages [][]*Component
	for i := range p.Components {
		c := &p.Components[i]
		for len(stages) <= c.Stage {
			stages = append(stages, nil)
		}
		stages[c.Stage] = append(stages[c.Stage], c)
	}
	return stages
}

type tarjan struct {
	plan    *Plan
	index   map[string]int
	low     map[string]int
	onStack map[string]bool
	stack   []*Component
	cycles  int
}

func (t *tarjan) visit(c *Component) {
	t.index[c.ID] = len(t.index)
	t.low[c.ID] = t.index[c.ID]
	t.stack = append(t.stack, c)
	t.onStack[c.ID] = true
	for _, consumers := range c.Consumers {
		for _, consumer := range consumers {
			next := consumer.Component
			if _, seen := t.index[next]; !seen {
				t.visit(t.plan.Component(next))
				t.low[c.ID] = min(t.low[c.ID], t.low[next])
			} else if t.onStack[next] {
				t.low[c.ID] = min(t.low[c.ID], t.index[next])
			}
		}
	}
	if t.low[c.ID] != t.index[c.ID] {
		return
	}
	for {
		top := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.onStack[top.ID] = false
		top.cycle = t.cycles
		if top == c {
			break
		}
	}
	t.cycles++
}
