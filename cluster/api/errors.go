package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Kinds of errors, for programs.
const (
	NotFound     = "not_found"    // there is no such topology, node or bundle
	Conflict     = "conflict"     // it can't be done as things are
	Invalid      = "invalid"      // the request makes no sense
	NoLeader     = "no_leader"    // nobody can say, for the moment: ask again
	Unauthorized = "unauthorized" // a token is needed, or another one
	Protocol     = "protocol"     // who asks and who answers are of versions that do not understand each other
	Forbidden    = "forbidden"    // a web page of somebody else asks
	Failed       = "failed"       // anything else
)

// Error is an agent's answer to what can't be done.
type Error struct {
	Kind    string `json:"kind"`
	Message string `json:"error"`
}

// Error is what it says.
func (e *Error) Error() string { return e.Message }

var statuses = map[string]int{
	NotFound: http.StatusNotFound, Conflict: http.StatusConflict, Invalid: http.StatusBadRequest,
	NoLeader: http.StatusServiceUnavailable, Unauthorized: http.StatusUnauthorized, Protocol: http.StatusBadRequest,
	Forbidden: http.StatusForbidden, Failed: http.StatusInternalServerError,
}

// Status is the HTTP status for it.
func (e *Error) Status() int {
	if status, ok := statuses[e.Kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// errorOf reads the error of a response.
func errorOf(r *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return err
	}
	e := &Error{}
	if json.Unmarshal(text, e) != nil || e.Message == "" {
		return fmt.Errorf("the agent answers %s: %.200s", r.Status, text)
	}
	return e
}
