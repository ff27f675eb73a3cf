package acker

import (
	"errors"
	"testing"
)

func TestRoot(t *testing.T) {
	for _, c := range []struct {
		task int
		seq  uint64
		text string
	}{{1, 1, "1/1"}, {MaxTask, 1<<43 - 1, "1048575/8796093022207"}, {7, 1 << 43, "7/0"}} {
		r := NewRoot(c.task, c.seq)
		if r.Task() != c.task || r.Seq() != c.seq%(1<<43) || r.String() != c.text {
			t.Errorf("NewRoot(%d, %d) is %v of task %d", c.task, c.seq, r, r.Task())
		}
		m := r.Mark()
		if r.Traced() || !m.Traced() || m == r || m.Task() != r.Task() || m.Seq() != r.Seq() || m.String() != c.text {
			t.Errorf("%v marked as traced is %v of task %d", r, m, m.Task())
		}
	}
	for _, task := range []int{-1, 0, MaxTask + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("task %d was accepted", task)
				}
			}()
			NewRoot(task, 1)
		}()
	}
	if err := New[int](Options{}).Open(0, 0, 0, 0); !errors.Is(err, ErrNoRoot) {
		t.Errorf("opening no root: %v", err)
	}
}

func TestCauseString(t *testing.T) {
	for want, c := range map[string]*Cause{
		"unknown cause": nil,
		"split[4]":      {Component: "split", Task: 4},
		"split[4] pid 99 tuple 7: exit code 1": {
			Component: "split", Task: 4, PID: 99, Tuple: "7", Reason: "exit code 1", Stderr: "Traceback",
		},
	} {
		if got := c.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
