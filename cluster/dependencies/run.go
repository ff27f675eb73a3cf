package dependencies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/gstorm/gstorm/internal/procgroup"
)

// leftovers is how long the output of a command that has ended is still read. Only a process that has left its group makes
// this wait necessary: else it ends by itself.
const leftovers = 500 * time.Millisecond

// run runs a command in a folder to its end, and gives what it writes, on both of its outputs, to out. With ctx it is ended, as
// it is after limit, together with all that it has started in its process group. The error says how it ended.
func (c command) run(ctx context.Context, folder string, env []string, limit time.Duration, out io.Writer) error {
	tooLong := fmt.Errorf("it took longer than %v and was ended", limit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, tooLong)
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = folder, env, procgroup.Attributes()
	cmd.Stdout, cmd.Stderr = write, write
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(out, read)
		copied <- err
	}()
	err = live(ctx, cmd, write)
	_ = read.SetReadDeadline(time.Now().Add(leftovers)) // pipes have deadlines
	copyErr := <-copied
	switch {
	case ctx.Err() != nil && err != nil:
		return context.Cause(ctx)
	case errors.Is(copyErr, os.ErrDeadlineExceeded):
		copyErr = nil
	}
	return errors.Join(err, copyErr)
}

// live starts a command and waits for its end, on a thread that stays until then, as procgroup asks for. write is closed when
// the command has it.
func live(ctx context.Context, cmd *exec.Cmd, write *os.File) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	write.Close()
	if err != nil {
		return fmt.Errorf("it could not be started: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() }) // fails where it has just ended
	state, err := procgroup.Reap(cmd.Process)
	stop()
	if err == nil && !state.Success() {
		err = errors.New(state.String())
	}
	return err
}
