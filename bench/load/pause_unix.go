//go:build unix && !linux

package main

import "time"

func pause(d time.Duration) { time.Sleep(d) }
