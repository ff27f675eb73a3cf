package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/gstorm/gstorm/bench/measure"
)

// patience is how long a run may take beyond what it is told to: to start, and to work off what is pending at its end.
const patience = 4 * time.Minute

// runner runs sides.
type runner struct {
	kit      *kit
	progress io.Writer
	times    map[string]times // by peer
}

// round runs each of the sides once.
func (r *runner) round(ctx context.Context, sides []side) (round, error) {
	result := round{Results: map[string]*measure.Result{}}
	var err error
	if result.calibration, err = r.calibrate(ctx); err != nil {
		return result, err
	}
	begin := time.Now()
	work, steal := measure.Busy()
	var ours time.Duration
	for _, s := range sides {
		got, used := r.side(ctx, s)
		if ctx.Err() != nil {
			return result, ctx.Err()
		}
		ours += used
		result.Results[s.name] = &got
		r.tell(s, &got)
	}
	nowWork, nowSteal := measure.Busy()
	elapsed := time.Since(begin).Seconds()
	result.Steal = (nowSteal - steal).Seconds() / elapsed
	result.Others = max(0, (nowWork-work-ours).Seconds()/elapsed)
	return result, nil
}

// side runs one side, and returns also the CPU time that it took in all.
func (r *runner) side(ctx context.Context, s side) (measure.Result, time.Duration) {
	t := r.times[s.peer]
	t.begun = time.Now()
	failed := func(err error) measure.Result { return measure.Result{Engine: s.peer, Error: err.Error()} }
	call, err := s.command(r.kit, t)
	if err != nil {
		return failed(err), 0
	}
	ctx, cancel := context.WithTimeout(ctx, t.warm+t.measured+patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, call.argv[0], call.argv[1:]...)
	cmd.Env = os.Environ()
	for name, value := range call.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Its children go with it, should it have to be ended.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	var used time.Duration
	if cmd.ProcessState != nil {
		used = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	var result measure.Result
	if wrong := json.Unmarshal([]byte(lastLine(stdout.String())), &result); wrong != nil {
		if err == nil {
			err = wrong
		}
		return failed(fmt.Errorf("%w: %s", err, lastLine(stderr.String()))), used
	}
	if err != nil && result.Error == "" {
		result.Error = err.Error()
	}
	return result, used
}

// tell says how a run went.
func (r *runner) tell(s side, got *measure.Result) {
	line := fmt.Sprintf("%s sentences/s (%s to %s), %.2f cores, children %.2f", number(got.Sentences), number(got.Slowest), number(got.Fastest), got.CPU, got.ChildCPU)
	if got.P50 > 0 {
		line = fmt.Sprintf("p50 %s ms, p99 %s ms, %.2f cores, children %.2f", number(got.P50), number(got.P99), got.CPU, got.ChildCPU)
	}
	if got.Error != "" {
		line = "FAILED: " + got.Error
	}
	_, _ = fmt.Fprintf(r.progress, "%-50s %s\n", s.name, line) // what counts is in the report
}

// calibrate measures what the machine can do at the moment; without a C compiler nobody knows.
func (r *runner) calibrate(ctx context.Context) (c calibration, err error) {
	if r.kit.has(ctx, "pingpong") != nil {
		return c, nil
	}
	out, err := exec.CommandContext(ctx, r.kit.built("pingpong")).Output()
	if err != nil {
		return c, fmt.Errorf("pingpong: %w", err)
	}
	if err := json.Unmarshal(out, &c); err != nil {
		return c, fmt.Errorf("pingpong: %w", err)
	}
	_, _ = fmt.Fprintf(r.progress, "ping-pong %s/s, %s million loops/s\n", number(c.RoundTrips), number(c.Loops))
	return c, nil
}
