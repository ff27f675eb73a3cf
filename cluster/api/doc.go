// Package api is what an agent can be asked over HTTP, and the client for it: the same for people's commands, for workers,
// and for agents among each other. Every agent answers everything; what only the leader can say it asks the leader.
package api
