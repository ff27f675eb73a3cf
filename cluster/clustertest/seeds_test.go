//go:build !race

package clustertest

const usual = 200 // histories
