package route

import (
	"fmt"

	"github.com/gstorm/gstorm"
)

// custom is the grouping custom: code that is not ours chooses.
type custom struct {
	targets map[int]Target // by task
	chooses func(*gstorm.Tuple) []int
}

func newCustom(targets []Target, choose gstorm.Chooser) *custom {
	c := &custom{targets: map[int]Target{}}
	tasks := make([]int, len(targets))
	for i, t := range targets {
		tasks[i], c.targets[t.Task] = t.Task, t
	}
	c.chooses = choose(tasks)
	return c
}

// choose appends the tasks that get a tuple. The error is the code's: a panic, or a task that is none of the consumer's.
func (c *custom) choose(dst []Target, t *gstorm.Tuple) (chosen []Target, err error) {
	defer func() {
		if r := recover(); r != nil {
			chosen, err = dst, fmt.Errorf("the custom grouping panicked: %v", r)
		}
	}()
	chosen = dst
	for _, task := range c.chooses(t) {
		target, ok := c.targets[task]
		if !ok {
			return dst, fmt.Errorf("the custom grouping chose task %d, which is none of the consumer's", task)
		}
		chosen = append(chosen, target)
	}
	return chosen, nil
}
