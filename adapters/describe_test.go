package adapters_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

const smallest = `{"topology":{"gstorm":1,"name":"wc","components":[]}}`

func TestDescribeReturnsTheTopology(t *testing.T) {
	scripts := map[string]string{
		"alone":                     `echo '` + smallest + `' >&3`,
		"after what nobody asked":   `printf '\n{"event":"hello"}\n{}\n' >&3; echo '` + smallest + `' >&3`,
		"and more after it":         `echo '` + smallest + `' >&3; echo rubbish >&3`,
		"by a process that goes on": `echo '` + smallest + `' >&3; read line <&4`,
		"by one that fails then":    `echo '` + smallest + `' >&3; exit 3`,
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			d := describe(t, adapters.Request{File: anyFile(t)}, shell(script))
			want := &gstorm.Topology{Version: 1, Name: "wc", Components: []gstorm.Component{}}
			if diff := cmp.Diff(want, d.Topology()); diff != "" {
				t.Error(diff)
			}
			if err := d.Drive(t.Context(), nil); err != nil {
				t.Errorf("drive a topology without a driver: %v", err)
			}
		})
	}
}

func TestDescribeSaysWhatIsWrong(t *testing.T) {
	cases := map[string]struct {
		script string
		want   []string
	}{
		"problems": {
			`echo '{"problems":[{"severity":"error","message":"boom","hint":"mend it","at":{"file":"lib.x","line":3}}]}' >&3; exit 2`,
			[]string{"lib.x:3: error: boom (mend it)"},
		},
		"problems without a place": {
			`echo '{"problems":[{"severity":"error","message":"boom"}]}' >&3`,
			[]string{"wc.x: error: boom"},
		},
		"problems without an error": {
			`echo 'oh no' >&2; echo '{"problems":[{"severity":"warning","message":"odd"}]}' >&3`,
			[]string{"wc.x: warning: odd", "wc.x: error: it can't be described"},
		},
		"exit code": {
			`echo 'first' >&2; echo 'second' >&2; exit 3`,
			[]string{"wc.x: error: ", "exit status 3", "first\n    second"},
		},
		"signal":              {`kill -9 $$`, []string{"signal: killed", "nothing to stderr"}},
		"exit without a word": {`exit 0`, []string{"exit status 0 before it had described a topology"}},
		"death while writing": {`printf '{"topology":{"gst' >&3; exit 1`, []string{"exit status 1"}},
		"death with a child left behind": {
			`sleep 1000 & exit 1`,
			[]string{"exit status 1"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := anyFile(t)
			_, err := shell(c.script).Describe(t.Context(), adapters.Request{File: file})
			var problems gstorm.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			text := strings.ReplaceAll(problems.Error(), filepath.Dir(file)+"/", "")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("got\n%s\nwant it to have %q", text, want)
				}
			}
		})
	}
}

func TestDescribeEndsAProcessThatIsSilentForGood(t *testing.T) {
	d := shell(`exec 3>&-; sleep 1000`)
	d.Grace = 50 * time.Millisecond
	_, err := d.Describe(t.Context(), adapters.Request{File: anyFile(t)})
	if err == nil || !strings.Contains(err.Error(), "did not exit and was killed before it had described") {
		t.Errorf("got %v", err)
	}
}

func TestDescribeAsksForAnExplanationOfADeath(t *testing.T) {
	tooOld := errors.New("too old")
	d := shell(`exit 1`)
	for _, answer := range []error{tooOld, nil} {
		d.Explain = func(context.Context) error { return answer }
		_, err := d.Describe(t.Context(), adapters.Request{File: anyFile(t)})
		var problems gstorm.Problems
		if answer != nil && err != answer || answer == nil && !errors.As(err, &problems) {
			t.Errorf("explained as %v: got %v", answer, err)
		}
	}
}

func TestDescribeRefusesWhatIsNoDescription(t *testing.T) {
	scripts := map[string]string{
		`"rubbish" is no message`: `echo rubbish >&3`,
		"has version 2":           `echo '{"topology":{"gstorm":2}}' >&3`,
		"read topology":           `echo '{"topology":7}' >&3`,
	}
	for want, script := range scripts {
		_, err := shell(script).Describe(t.Context(), adapters.Request{File: anyFile(t)})
		var problems gstorm.Problems
		if err == nil || errors.As(err, &problems) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that says %q and blames no file", script, err, want)
		}
	}
}

func TestDescribeNeedsAFile(t *testing.T) {
	dir := t.TempDir()
	for file, want := range map[string]string{
		filepath.Join(dir, "none.x"):      "there is no such file",
		dir:                               "this is a directory",
		filepath.Join(anyFile(t), "in.x"): "can't be read",
	} {
		_, err := shell("exit 9").Describe(t.Context(), adapters.Request{File: file})
		var problems gstorm.Problems
		if !errors.As(err, &problems) || problems[0].At.File != file || !strings.Contains(problems[0].Message, want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}

func TestDescribeOfAProgramThatIsNotThere(t *testing.T) {
	_, err := adapters.Describer{Command: []string{"/does/not/exist"}}.Describe(t.Context(), adapters.Request{File: anyFile(t)})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestDescribeHasALimit(t *testing.T) {
	d := shell(`echo 'connecting' >&2; sleep 1000`)
	d.Limit = 200 * time.Millisecond
	d.Grace = time.Hour // not for a process that has already had its time
	_, err := d.Describe(t.Context(), adapters.Request{File: anyFile(t)})
	var problems gstorm.Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "longer than 200ms") || !strings.Contains(err.Error(), "connecting") {
		t.Errorf("got %v, want the limit and the stderr", err)
	}
}

func TestDescribeEndsWithItsContext(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	log := record{onAdd: func(string) { cancel(stop) }}
	_, err := shell(`echo 'loading' >&2; sleep 1000`).Describe(ctx, adapters.Request{File: anyFile(t), Logger: log.logger()})
	if err != stop {
		t.Errorf("got %v, want the context's cause", err)
	}
}

func TestDescribeIsNotHeldUpByProcessesThatLeftTheGroup(t *testing.T) {
	d := shell(`mkfifo "$` + daemonVariable + `"; "$DAEMON" & read pid < "$` + daemonVariable + `"; echo $pid >&2; exit 3`)
	d.Env = map[string]string{"DAEMON": os.Args[0], daemonVariable: filepath.Join(t.TempDir(), "pipe")}
	var log record
	_, err := d.Describe(t.Context(), adapters.Request{File: anyFile(t), Logger: log.logger()})
	if err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
	pid, _ := strconv.Atoi(strings.TrimPrefix(strings.Join(log.all(), ""), "stderr: "))
	if pid == 0 {
		t.Fatalf("no daemon: %q", log.all())
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Errorf("the daemon should be out of reach and alive: %v", err)
	}
}

func TestWhatTheProcessWritesIsPassedOn(t *testing.T) {
	var prints, log record
	request := adapters.Request{File: anyFile(t), Print: prints.add, Logger: log.logger()}
	d := describe(t, request, shell(`
		echo 'one'; echo; printf 'two\r\n'; printf 'no line break'
		echo 'warning' >&2
		head -c 100000 /dev/zero | tr '\0' x >&2
		read nothing || echo 'stdin is empty' >&2
		echo '`+smallest+`' >&3`))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one", "", "two", "no line break"}, prints.all()); diff != "" {
		t.Errorf("stdout: %s", diff)
	}
	got := log.all()
	if len(got) < 3 || got[0] != "stderr: warning" || !strings.HasSuffix(got[len(got)-1], "stdin is empty") {
		t.Errorf("stderr: %.200q", got)
	}
	if n := strings.Count(strings.Join(got, ""), "x"); n != 100000 {
		t.Errorf("%d bytes of the long line were passed on", n)
	}
}

func TestStdoutGoesToTheLogWhereNobodyPrints(t *testing.T) {
	var log record
	d := describe(t, adapters.Request{File: anyFile(t), Logger: log.logger()}, shell(`echo 'hi'; echo '`+smallest+`' >&3`))
	d.Close()
	if diff := cmp.Diff([]string{"stdout: hi"}, log.all()); diff != "" {
		t.Error(diff)
	}
}

func TestCloseEndsAllThatTheProcessStarted(t *testing.T) {
	var prints record
	d := describe(t, adapters.Request{File: anyFile(t), Print: prints.add}, adapters.Describer{
		Command: []string{"sh", "-c", `trap '' TERM; sleep 1000 & echo $$; echo $!; echo '` + smallest + `' >&3; wait`},
		Grace:   10 * time.Millisecond,
	})
	d.Close()
	pids := prints.all()
	if len(pids) != 2 {
		t.Fatalf("got %q", pids)
	}
	for _, text := range pids {
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		awaitGone(t, pid)
	}
	if err := d.Close(); err != nil {
		t.Error("second Close: ", err)
	}
}

func TestKilledHostLeavesNoProcessBehind(t *testing.T) {
	live := "exec sleep 1000"
	if runtime.GOOS != "linux" {
		live = "read eof <&4" // only Linux ends a process that takes no notice
	}
	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), hostVariable+`=echo $$ >&2; echo '`+smallest+`' >&3; `+live)
	stdout, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	_, scanErr := fmt.Fscan(stdout, &pid)
	if err := host.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = host.Wait() // says that it was killed
	if scanErr != nil {
		t.Fatal(scanErr)
	}
	awaitGone(t, pid)
}

// awaitGone waits until a process is no more. Whoever has inherited it may take a while to reap it.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for !gone(pid) {
		if time.Now().After(limit) {
			t.Fatal("still there: ", pid)
		}
		runtime.Gosched()
	}
}

func gone(pid int) bool {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}
