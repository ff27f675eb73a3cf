package agent

import "net/http"

func (a *Agent) getLogs(w http.ResponseWriter, r *http.Request) error     { return nil }
func (a *Agent) getNodeLogs(w http.ResponseWriter, r *http.Request) error { return nil }
