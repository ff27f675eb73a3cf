// Package guard keeps a panic in a component's Go code from being more than an error.
package guard

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// Panic is a panic in a component's code.
type Panic struct {
	Value any
	Stack []runtime.Frame // the component's part of it, innermost first
}

// Error is the panic's value and then the component's part of the stack. It has no addresses in it, so that the same
// panic reads the same each time.
func (e *Panic) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panic: %v", e.Value)
	for _, f := range e.Stack {
		fmt.Fprintf(&b, "\n\t%s\n\t\t%s:%d", f.Function, f.File, f.Line)
	}
	return b.String()
}

// Call calls a component's code and turns a panic into an error, a *Panic, that shows where.
func Call(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Panic{Value: r, Stack: componentStack()}
		}
	}()
	return call()
}

// Position is where the panic was that an error came of; line 0: it came of none.
func Position(err error) (file string, line int) {
	var p *Panic
	if errors.As(err, &p) && len(p.Stack) > 0 {
		return p.Stack[0].File, p.Stack[0].Line
	}
	return "", 0
}

const thisCall = "github.com/gstorm/gstorm/internal/guard.Call"

// componentStack is what of the stack of a panic lies between the panic and Call, without the part of the package that has
// called Call.
func componentStack() []runtime.Frame {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	var stack []runtime.Frame
	for {
		f, more := frames.Next()
		if f.Function == thisCall {
			break
		}
		if !strings.HasPrefix(f.Function, "runtime.") {
			stack = append(stack, f)
		}
		if !more {
			break
		}
	}
	if len(stack) == 0 {
		return nil
	}
	caller := packageOf(stack[len(stack)-1].Function)
	for n := len(stack); n > 0 && packageOf(stack[n-1].Function) == caller; n-- {
		stack = stack[:n-1]
	}
	return stack
}

// packageOf is the path of a function's package.
func packageOf(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	name, _, _ := strings.Cut(function[slash:], ".")
	return function[:slash] + name
}
