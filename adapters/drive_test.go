package adapters_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

const withDriver = `echo '{"topology":{"gstorm":1,"name":"wc","driver":true,"components":[]}}' >&3; `

// calls is a Control that notes what it is asked for. It knows one topology, wc.
type calls []string

func (c *calls) Shutdown() { *c = append(*c, "shutdown") }

func (c *calls) Kill(topology string, wait time.Duration) error {
	return c.on(topology, fmt.Sprintf("kill %s %v", topology, wait))
}

func (c *calls) Activate(topology string) error   { return c.on(topology, "activate "+topology) }
func (c *calls) Deactivate(topology string) error { return c.on(topology, "deactivate "+topology) }

func (c *calls) on(topology, call string) error {
	*c = append(*c, call)
	if topology != "wc" {
		return fmt.Errorf("no topology %q", topology)
	}
	return nil
}

func TestDriveServesCalls(t *testing.T) {
	var prints record
	request := adapters.Request{File: anyFile(t), Name: "mine", Env: "cluster", Print: prints.add}
	d := describe(t, request, shell(withDriver+`
		next() { read -r line <&4; echo "$line"; }
		next
		echo '{"call":"deactivate","name":"wc","id":1}' >&3; next
		echo '{"call":"activate","name":"cw","id":"two"}' >&3; next
		echo '{"event":"unknown"}' >&3
		echo '{"call":"kill","name":"wc","wait":1.5,"id":3}' >&3; next
		echo '{"call":"kill","name":"wc","id":4}' >&3; next
		echo '{"call":"rebalance","name":"wc","id":5}' >&3; next
		echo '{"call":"shutdown","id":6}' >&3; next
		echo '{"event":"done"}' >&3`))
	var made calls
	if err := d.Drive(t.Context(), &made); err != nil {
		t.Fatal(err)
	}
	d.Close()
	if diff := cmp.Diff(calls{"deactivate wc", "activate cw", "kill wc 1.5s", "kill wc -1ns", "shutdown"}, made); diff != "" {
		t.Error("calls: ", diff)
	}
	want := []string{
		`{"event":"submitted","env":"cluster","name":"mine"}`,
		`{"reply":1,"error":null}`,
		`{"reply":"two","error":"no topology \"cw\""}`,
		`{"reply":3,"error":null}`,
		`{"reply":4,"error":null}`,
		`{"reply":5,"error":"rebalance is not possible here"}`,
		`{"reply":6,"error":null}`,
	}
	if diff := cmp.Diff(want, prints.all()); diff != "" {
		t.Error("what the process was told: ", diff)
	}
}

func TestDriveTellsTheTopologysOwnNameAndLocal(t *testing.T) {
	var prints record
	d := describe(t, adapters.Request{File: anyFile(t), Print: prints.add}, shell(withDriver+`
		read -r line <&4; echo "$line"; echo '{"event":"done"}' >&3`))
	if err := d.Drive(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	d.Close()
	if diff := cmp.Diff([]string{`{"event":"submitted","env":"local","name":"wc"}`}, prints.all()); diff != "" {
		t.Error(diff)
	}
}

func TestDriveEndsWithTheProcess(t *testing.T) {
	problem := `echo '{"problems":[{"severity":"error","message":"boom","at":{"line":7}}]}' >&3; exit 1`
	cases := map[string]struct{ script, want string }{
		"done and gone":   {`read line <&4; echo '{"event":"done"}' >&3`, ""},
		"exit":            {`read line <&4; exit 0`, ""},
		"exit at once":    {`exit 0`, ""},
		"exit with code":  {`read line <&4; echo 'too bad' >&2; exit 4`, "exit status 4 (the last that it wrote to stderr:\n    too bad)"},
		"killed":          {`read line <&4; kill -9 $$`, "signal: killed"},
		"raised":          {`read line <&4; ` + problem, "wc.x:7: error: boom"},
		"raised too soon": {problem, "wc.x:7: error: boom"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := describe(t, adapters.Request{File: anyFile(t)}, shell(withDriver+c.script))
			err := d.Drive(t.Context(), new(calls))
			var problems gstorm.Problems
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v, want success", err)
			case c.want != "" && (!errors.As(err, &problems) || !strings.Contains(problems.Error(), c.want)):
				t.Errorf("got %v, want a problem that has %q", err, c.want)
			}
		})
	}
}

func TestDriveRefusesWhatIsNoMessage(t *testing.T) {
	d := describe(t, adapters.Request{File: anyFile(t)}, shell(withDriver+`echo '[1]' >&3; read line <&4; read eof <&4`))
	if err := d.Drive(t.Context(), new(calls)); err == nil || !strings.Contains(err.Error(), "is no message") {
		t.Errorf("got %v", err)
	}
}

func TestDriveEndsWithItsContext(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	request := adapters.Request{File: anyFile(t), Print: func(string) { cancel(stop) }}
	d := describe(t, request, shell(withDriver+`read line <&4; echo "$line"; read eof <&4; exit 0`))
	if err := d.Drive(ctx, new(calls)); err != stop {
		t.Errorf("got %v, want the context's cause", err)
	}
}

func TestCloseEndsDrive(t *testing.T) {
	told := make(chan struct{})
	request := adapters.Request{File: anyFile(t), Print: func(string) { close(told) }}
	d := describe(t, request, shell(withDriver+`read line <&4; echo "$line"; read eof <&4; exit 0`))
	driven := make(chan error)
	go func() { driven <- d.Drive(t.Context(), new(calls)) }()
	<-told
	d.Close()
	if err := <-driven; err != nil {
		t.Errorf("got %v", err)
	}
}
