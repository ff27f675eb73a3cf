// Package terminal is what a person sees of a run: log lines, what components print, a live table below them, and the
// summary at the end. It knows snapshots (internal/stats) and nothing of what makes them.
package terminal
