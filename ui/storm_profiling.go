package ui

import (
	"fmt"
	"slices"
)

// unprofiled is what Storm answers to a request to profile where that is switched off: no language's components are profiled
// from outside.
func (s *Server) unprofiled(q *stormRequest) (any, error) {
	_, _, err := q.worker()
	return object{"status": "disabled", "message": "Profiling is not enabled on this server"}, err
}

// restartWorker gives the tasks of a worker other processes, one after the other; the worker itself, which is gstorm, goes on.
func (s *Server) restartWorker(q *stormRequest) (any, error) {
	t, w, err := q.worker()
	if err != nil {
		return nil, err
	}
	if t, err = s.mayRestart(t.ID); err != nil {
		return nil, err
	}
	var tasks []int
	for _, id := range w.TaskIDs {
		if id <= len(t.Plan.Tasks) && restartable(t.Plan.Component(t.Plan.Tasks[id-1].Component)) == nil {
			tasks = append(tasks, id)
		}
	}
	if len(tasks) == 0 {
		return nil, &Error{Conflict, "none of the worker's tasks has a process of its own"}
	}
	return object{"status": "ok", "id": q.PathValue("worker")}, s.restartInTurn(q.Context(), t, fmt.Sprint("worker ", w.ID), tasks)
}

// worker is the worker that a request is about, by its host and port.
func (q *stormRequest) worker() (*Topology, *Worker, error) {
	t, err := find(q.cluster, q.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	at := func(w Worker) string {
		host, port := hostPort(&w)
		return fmt.Sprint(host, ":", port)
	}
	i := slices.IndexFunc(t.Workers, func(w Worker) bool { return at(w) == q.PathValue("worker") })
	if i < 0 {
		var all []string
		for _, w := range t.Workers {
			all = append(all, at(w))
		}
		return nil, nil, notFoundf("%s has no worker at %q, but %v", t.Name, q.PathValue("worker"), all)
	}
	return t, &t.Workers[i], nil
}

// stormLag is how far behind the spouts are that read from Kafka, of which there are none.
func (s *Server) stormLag(q *stormRequest) (any, error) {
	_, err := find(q.cluster, q.PathValue("id"))
	return object{}, err
}
