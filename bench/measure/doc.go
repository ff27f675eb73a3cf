// Package measure is what the sides of a benchmark have in common: the result of one run as JSON, the text that is
// counted and what its counts must be, and what processes have used.
package measure
