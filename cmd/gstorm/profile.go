package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
)

// profiles are the files that profiles of this process go to; "" is none.
type profiles struct{ cpu, memory string }

// around profiles what run does. A file that can't be made is an error before anything runs.
func (p profiles) around(run func() error) error {
	cpu, err := create("--cpuprofile", p.cpu)
	if err != nil {
		return err
	}
	memory, err := create("--memprofile", p.memory)
	if err != nil {
		return err
	}
	if cpu != nil {
		if err := pprof.StartCPUProfile(cpu); err != nil {
			return fmt.Errorf("--cpuprofile: %w", err)
		}
	}
	failure := run()
	if cpu != nil {
		pprof.StopCPUProfile()
		failure = errors.Join(failure, cpu.Close())
	}
	if memory != nil {
		runtime.GC() // for what is alive now
		failure = errors.Join(failure, pprof.WriteHeapProfile(memory), memory.Close())
	}
	return failure
}

// create makes the file that a flag names, nil if it names none.
func create(flag, name string) (*os.File, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, &invalidError{fmt.Errorf("%s: %w", flag, err)}
	}
	return file, nil
}
