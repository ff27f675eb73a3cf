package ui

import "testing"

// TestTasksComeToTheirComponent: what is told of a component's tasks is what is told of it, after a worker was started anew too,
// and Storm's REST tells the same.
func TestTasksComeToTheirComponent(t *testing.T) {
	r := newRecord()
	take(r, 1, 10, 10)
	take(r, 2, 20, 3) // the second task's worker is a new one
	detail := viewDetail(r, "b", nil, true)
	var sum Totals
	for i := range detail.TaskViews {
		task := &detail.TaskViews[i]
		sum.Executed, sum.Acked = sum.Executed+task.Executed, sum.Acked+task.Acked
		if told := (&stormTopology{record: r}).executor(&detail.ComponentView, &task.Task); told["executed"] != task.Executed || told["acked"] != task.Acked {
			t.Errorf("of task %d Storm's REST tells %v and %v, the page %d and %d", task.ID, told["executed"], told["acked"], task.Executed, task.Acked)
		}
	}
	if sum != detail.Totals || sum.Executed != 33 {
		t.Errorf("the tasks of the component come to %+v, itself to %+v", sum, detail.Totals)
	}
}
