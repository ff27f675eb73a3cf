package spec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gstorm/gstorm/spec/libraries"
)

// TestBehaviours runs every behaviour in every language. What a language does not have yet is listed, with the reason, in
// behaviours/missing, and must not pass.
func TestBehaviours(t *testing.T) {
	all, err := themes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range languages {
		l := &languages[i]
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			libraries.Programs(t, l.command[0])
			lacks, err := missing(l.name, all)
			if err != nil {
				t.Fatal(err)
			}
			for _, th := range all {
				for i := range th.Behaviours {
					b := &th.Behaviours[i]
					t.Run(b.ID, func(t *testing.T) {
						t.Parallel()
						why, lacking := lacks[b.ID]
						patience := DefaultLimit
						if lacking { // it may come to waiting for what does not come
							patience = 2 * time.Second
						}
						err := b.try(t, l, patience)
						if lacking && err == nil {
							t.Errorf("it is listed as missing (%s), but it is there", why)
						} else if err != nil && !lacking {
							t.Error(err)
						}
					})
				}
			}
		})
	}
}

// trial is one process that a behaviour is looked for in.
type trial struct {
	*behaviour
	language *language
	dir      string // its working directory, with the source
	file     string // the name of the source
	values   values
	patience time.Duration // of a step
}

// try says in what a language does not behave so; nil if it does.
func (b *behaviour) try(t *testing.T, l *language, patience time.Duration) error {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		return err
	}
	r := trial{behaviour: b, language: l, dir: dir, file: "subject" + l.extension, values: newValues(), patience: patience}
	text := l.frame(b)
	if err := os.WriteFile(filepath.Join(dir, r.file), []byte(text), 0o600); err != nil {
		return err
	}
	r.values["file"] = fmt.Sprintf("%q", r.file)
	if before, _, found := strings.Cut(text, "HERE"); found {
		r.values["here"] = fmt.Sprint(strings.Count(before, "\n") + 1)
	}
	ctx, cancel := context.WithTimeout(t.Context(), caseLimit)
	defer cancel()
	if b.Describes != "" {
		return r.describe(ctx)
	}
	return r.play(ctx, t.TempDir())
}

// command is a command in the trial's folder. The process finds the pipe as its descriptor 3, whose number stands in its
// environment under that name.
func (r *trial) command(ctx context.Context, argv []string, name string, p *pipe) *exec.Cmd {
	argv = append(argv, r.Arguments...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), name+"=3")
	cmd.ExtraFiles = []*os.File{p.write}
	return cmd
}

// describe compares the description of the file.
func (r *trial) describe(ctx context.Context) error {
	output, err := newPipe()
	if err != nil {
		return err
	}
	defer output.close()
	cmd := r.command(ctx, r.language.describe(r.file), "GSTORM_CONTROL_OUT", output)
	var prints, warnings bytes.Buffer
	cmd.Stdout, cmd.Stderr = &prints, &warnings
	if err := cmd.Start(); err != nil {
		return err
	}
	line, _, _ := strings.Cut(output.all(), "\n")
	if err := ended(cmd.Wait()); err != nil {
		return err
	}
	if err := match(r.Describes, []byte(line), r.values); err != nil {
		return fmt.Errorf("expected %s, got %s: %w\nits stderr: %s", r.Describes, line, err, warnings.String())
	}
	return r.checkEnd(cmd, prints.String(), warnings.String())
}

// play plays the host to the component's task.
func (r *trial) play(ctx context.Context, pidDir string) error {
	first, err := r.setting().handshake(pidDir)
	if err != nil {
		return err
	}
	if !r.Classic {
		first.plain = first.offer
	}
	r.values["handshake"] = first.plain
	prints, err := newPipe()
	if err != nil {
		return err
	}
	defer prints.close()
	cmd := r.command(ctx, r.language.task(r.file, r.component()), "GSTORM_STDOUT_FD", prints)
	process, err := start(cmd)
	if err != nil {
		return err
	}
	c := &Case{Side: ComponentSide, Kind: r.Kind, Opening: r.Opening, Steps: r.Steps, Limit: Duration(r.patience)}
	p := &player{wire: process.wire, c: c, kind: r.Kind, values: r.values, opening: first, endOut: process.endInput}
	if err := r.converse(p, cmd); err != nil {
		return errors.New(report(err, p.record.String(), process.stop(), process.stderr.String()))
	}
	// It has closed its output and is about to end; the context sees to it that it does.
	printed := prints.all()
	err = ended(cmd.Wait())
	process.close()
	if err == nil {
		err = r.checkEnd(cmd, printed, process.stderr.String())
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, p.record.String())
	}
	return nil
}

// converse plays the steps and has the component end.
func (r *trial) converse(p *player, cmd *exec.Cmd) error {
	if err := p.play(); err != nil {
		return err
	}
	end := p.endOut
	if r.Signal {
		end = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	}
	if err := end(); err != nil {
		return err
	}
	return p.expectEnd(r.Last)
}

// expectEnd compares what the component says until it ends. What comes by itself is passed over.
func (p *player) expectEnd(last []string) error {
	limit := time.After(p.c.limit(0))
	for {
		frame, err := p.next(limit)
		switch {
		case errors.Is(err, errOver) && len(last) == 0:
			return nil
		case err != nil && len(last) > 0:
			return fmt.Errorf("at its end, expected %s: %w", last[0], err)
		case err != nil:
			return fmt.Errorf("it should end, but it goes on: %w", err)
		case len(last) > 0 && match(last[0], frame, p.values) == nil:
			last = last[1:]
			continue
		}
		if idle, err := p.idle(frame); !idle || err != nil {
			return errors.Join(err, fmt.Errorf("at its end, expected %q, got %s", last, cut(string(frame))))
		}
	}
}

// ended is the error of waiting for a process, but for its exit code.
func ended(err error) error {
	if exit := (&exec.ExitError{}); errors.As(err, &exit) {
		return nil
	}
	return err
}

// checkEnd compares the exit code and what was printed.
func (r *trial) checkEnd(cmd *exec.Cmd, stdout, stderr string) error {
	if exit := cmd.ProcessState.ExitCode(); exit != r.Exit {
		return fmt.Errorf("it ended with %d, not %d; its stderr: %s", exit, r.Exit, stderr)
	}
	want := strings.Join(append(r.Stdout, ""), "\n")
	if stdout != want {
		return fmt.Errorf("it printed %q, not %q", stdout, want)
	}
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	if stderr == "" {
		lines = nil
	}
	if len(lines) != len(r.Stderr) {
		return fmt.Errorf("on stderr there are %d lines, not %d: %s", len(lines), len(r.Stderr), stderr)
	}
	for i, part := range r.Stderr {
		if !strings.Contains(lines[i], part) {
			return fmt.Errorf("line %d on stderr is %q, not about %q", i+1, lines[i], part)
		}
	}
	return nil
}

// pipe is one that a process writes to.
type pipe struct{ read, write *os.File }

func newPipe() (*pipe, error) {
	read, write, err := os.Pipe()
	return &pipe{read, write}, err
}

// all is what comes until every process that has the pipe has closed it. To be called when the process has been started;
// what cannot be read is not there.
func (p *pipe) all() string {
	_ = p.write.Close()
	text, _ := io.ReadAll(p.read)
	return string(text)
}

func (p *pipe) close() {
	_ = p.write.Close()
	_ = p.read.Close()
}
