package ui

import (
	"encoding/json"
	"io"
	"strconv"
)

// maxStormBody bounds what a request says.
const maxStormBody = 1 << 20

// body reads what a request says; nothing is said by one that is empty.
func (q *stormRequest) body(v any) error {
	text, err := io.ReadAll(io.LimitReader(q.Body, maxStormBody))
	if err != nil || len(text) == 0 {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return invalidf("the request can't be read: %v", err)
	}
	return nil
}

// stormChange does an action. Of a rebalance also counts what its body says, which Storm itself documents and ignores.
func (s *Server) stormChange(action string) func(q *stormRequest) (any, error) {
	return func(q *stormRequest) (any, error) {
		c := Change{Wait: -1}
		if wait := q.PathValue("wait"); wait != "" {
			seconds, err := strconv.ParseFloat(wait, 64)
			if err != nil || !(seconds >= 0 && seconds <= maxSince.Seconds()) {
				return nil, invalidf("the wait is %q: seconds are expected", wait)
			}
			c.Wait = seconds
		}
		if action == Rebalance {
			var said struct {
				Options struct {
					Workers   int            `json:"numWorkers"`
					Executors map[string]int `json:"executors"`
				} `json:"rebalanceOptions"`
			}
			if err := q.body(&said); err != nil {
				return nil, err
			}
			c.Workers, c.Parallelism = said.Options.Workers, said.Options.Executors
			if c.Workers == 0 && len(c.Parallelism) == 0 {
				t, err := find(q.cluster, q.PathValue("id"))
				if err != nil {
					return nil, err
				}
				c.Workers = len(t.Workers) // Storm spreads anew what there is
			}
		}
		t, err := s.change(q.Context(), q.PathValue("id"), action, c)
		if err != nil {
			return nil, err
		}
		answer := object{"topologyOperation": action, "topologyId": t.ID, "status": "success"}
		if c.Wait >= 0 {
			answer["wait"] = q.PathValue("wait")
		}
		return answer, nil
	}
}

// stormDebug says that there are no samples of tuples yet.
func (s *Server) stormDebug(q *stormRequest) (any, error) {
	if _, err := find(q.cluster, q.PathValue("id")); err != nil {
		return nil, err
	}
	return nil, &Error{Conflict, "tuples can't be sampled yet"}
}
