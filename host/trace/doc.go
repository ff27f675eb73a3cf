// Package trace is what of tracing trees needs no worker: which trees are traced, and what is recorded of them until somebody
// takes it. What workers record is put together by package internal/traces.
package trace
