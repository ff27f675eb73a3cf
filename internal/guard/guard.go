package host

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"github.com/gstorm/gstorm/internal/stats"
)

// panicError is a panic in a Go component's code.
type panicError struct {
	value any
	stack []runtime.Frame // of the component, innermost first
}

// Error is the panic's value and then the component's part of the stack. It has no addresses in it, so that the same
// panic reads the same each time.
func (e *panicError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panic: %v", e.value)
	for _, f := range e.stack {
		fmt.Fprintf(&b, "\n\t%s\n\t\t%s:%d", f.Function, f.File, f.Line)
	}
	return b.String()
}

// guarded calls a component's code and turns a panic into an error that shows where.
func guarded(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{value: r, stack: componentStack()}
		}
	}()
	return call()
}

// hostPrefix is how the names of this package's functions begin.
var hostPrefix = reflect.TypeFor[task]().PkgPath() + "."

// componentStack is what of the stack of a panic lies between the panic and guarded, without the host's calls of the
// component.
func componentStack() []runtime.Frame {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	var stack []runtime.Frame
	for {
		f, more := frames.Next()
		if f.Function == hostPrefix+"guarded" {
			break
		}
		if !strings.HasPrefix(f.Function, "runtime.") {
			stack = append(stack, f)
		}
		if !more {
			break
		}
	}
	for n := len(stack); n > 0 && strings.HasPrefix(stack[n-1].Function, hostPrefix); n-- {
		stack = stack[:n-1]
	}
	return stack
}

// failed reports an error that a Go component's code ended with.
func (t *task) failed(err error, where string) {
	record := stats.ComponentError{Message: where + err.Error()}
	var p *panicError
	if errors.As(err, &p) && len(p.stack) > 0 {
		record.File, record.Line = p.stack[0].File, p.stack[0].Line
	}
	t.worker.journal.report(t, record)
}
