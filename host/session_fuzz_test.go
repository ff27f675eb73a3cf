package host_test

import (
	"testing"
	"testing/synctest"
)

// FuzzSession lets two children, a spout and a bolt, say and do whatever a program says, and checks what holds all the
// same: the run ends in order, nothing is left of it, every tree has ended once, and nothing was invented, doubled or
// overtaken on its way.
//
// A program is a list of settings, a colon, and steps, without the settings and the colon where there are none. A setting
// is one letter (see settings), a step a letter and its arguments, one byte each (see steps); a byte that is no step is
// passed over. So what the fuzzer makes of a program is one, too, and the seeds in testdata/fuzz can be read.
func FuzzSession(f *testing.F) {
	f.Fuzz(func(t *testing.T, program string) {
		if len(program) > 1<<10 {
			t.Skip("long programs only take longer")
		}
		var s *fuzzedSession
		synctest.Test(t, func(t *testing.T) {
			s = newFuzzedSession(t, program)
			s.play()
			s.end()
			s.check()
		})
		for _, fault := range s.faults {
			t.Error(fault)
		}
	})
}
