package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// WantedRestart is a task whose process another one is to take the place of: once for each ID, by the worker that has the task. When
// it has done so it says that in WorkerStats.Restarted, and then it is no longer wanted.
type WantedRestart struct {
	ID   string `json:"id"`
	Task int    `json:"task"`
}

// RestartTask asks for another process for a task. It does not wait for it.
func (c *Client) RestartTask(ctx context.Context, topology string, task int) error {
	return c.do(ctx, http.MethodPost, topologyPath(topology, "/tasks/"+strconv.Itoa(task)+"/restart", ""), nil, nil)
}

// RestartComponent asks for other processes for all tasks of a component, one after the other: for which it says.
func (c *Client) RestartComponent(ctx context.Context, topology, component string) (tasks []int, err error) {
	var answer struct {
		Tasks []int `json:"tasks"`
	}
	err = c.do(ctx, http.MethodPost, topologyPath(topology, "/components/"+url.PathEscape(component)+"/restart", ""), nil, &answer)
	return answer.Tasks, err
}

// NodeRestart has the agent that is asked tell its worker that has a task to restart it; topology is an id.
func (c *Client) NodeRestart(ctx context.Context, topology string, r WantedRestart) error {
	return c.do(ctx, http.MethodPost, "/v1/internal/restarts/"+url.PathEscape(topology), r, nil)
}
