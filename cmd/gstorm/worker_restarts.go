package main

import (
	"log/slog"
	"slices"
	"sync"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/host"
)

// workerRestarts are the restarts of a worker's tasks that its agent wants and that were done, until the agent has heard of it. Its
// methods may be called from any goroutine.
type workerRestarts struct {
	mu   sync.Mutex // guards told
	told []string   // ids
}

// heed does those that are wanted and not done. What can't be done is said in the log, and is done with.
func (r *workerRestarts) heed(wanted []api.WantedRestart, w *host.Worker, log *slog.Logger) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var done []string
	for _, restart := range wanted {
		if !w.Runs(restart.Task) {
			continue // another worker of the node does
		}
		if !slices.Contains(r.told, restart.ID) {
			if err := w.RestartTask(restart.Task); err != nil {
				log.Warn("a task is not restarted", "error", err)
			} else {
				log.Info("a task is restarted, as it was asked for", slog.Int("task", restart.Task))
			}
		}
		done = append(done, restart.ID)
	}
	r.told = done // what is no longer wanted the agent has heard of
}

// done are those that the agent is to hear of.
func (r *workerRestarts) done() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.told)
}
