// Package traces puts together what workers have recorded of traced trees (stats.TraceEvent), and keeps the newest, the slowest and
// the failed of them, in bounded memory. It knows no host, no cluster and no clock.
package traces
