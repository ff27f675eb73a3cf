//go:build race

package clustertest

const usual = 25 // histories
