package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
)

// TestMain makes the test binary the gstorm that is deployed: an agent that only waits for its end, in a cluster that is well.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "version":
		fmt.Println("gstorm 9.9 (for tests)")
	case "agent":
		config, _ := os.ReadFile(os.Args[3])
		data := regexp.MustCompile(`(?m)^data: (.*)$`).FindSubmatch(config)
		if data == nil {
			fmt.Fprintln(os.Stderr, "no data is said")
			os.Exit(2)
		}
		_ = os.WriteFile(filepath.Join(string(data[1]), "node-id"), []byte("x"), 0o600)
		untilTold()
	case "__worker":
		untilTold()
	case "members":
		if os.Getenv("GSTORM_TOKEN") == "" || os.Args[2] != "--json" || os.Args[5] != "--ca" {
			os.Exit(3)
		}
		members := api.Members{}
		for i, role := range []string{"leader", "voter", "voter"} {
			members.Members = append(members.Members, api.Member{Name: fmt.Sprint("n", i+1), Status: "alive", Role: role})
		}
		_ = json.NewEncoder(os.Stdout).Encode(members)
	default:
		os.Exit(m.Run())
	}
}

func untilTold() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
}

// localShell runs on this machine, by sh, what ssh would have run on another.
type localShell struct {
	mu   sync.Mutex
	down []string // hosts that can't be reached
	log  []string // which agents were started, in order
}

func (s *localShell) Run(ctx context.Context, on *Host, c Command) (string, error) {
	s.mu.Lock()
	if strings.Contains(c.Script, "\nlaunch=") {
		s.log = append(s.log, on.Name)
	}
	down := slices.Contains(s.down, on.Name)
	s.mu.Unlock()
	if down {
		return "", &UnreachableError{Cause: "Connection refused"}
	}
	line, input := c.Line()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // else each gstorm takes a second longer under -race
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = input, &out, &errs, time.Second
	if err := cmd.Run(); err != nil {
		return "", &FailedError{Status: err.Error(), Said: errs.String()}
	}
	return out.String(), nil
}

// localCluster is a deployment of three hosts that are folders.
type localCluster struct {
	*testing.T
	dir   string
	shell *localShell
	mu    sync.Mutex
	said  []string
}

func newLocalCluster(t *testing.T) *localCluster {
	t.Helper()
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("agents are deployed to Linux: there is no /proc here")
	}
	c := &localCluster{T: t, dir: t.TempDir(), shell: &localShell{}}
	t.Cleanup(func() { c.down() })
	return c
}

// file is the cluster.yaml with lines of its own.
func (c *localCluster) file(more ...string) *File {
	c.Helper()
	self, err := user.Current()
	if err != nil {
		c.Fatal(err)
	}
	text := fmt.Sprintf("name: words\nservice: none\nrun-as: %s\n%s\nhosts:\n", self.Username, strings.Join(more, "\n"))
	for i := range 3 {
		root := fmt.Sprintf("%s/m%d", c.dir, i+1)
		text += fmt.Sprintf("  - {address: 10.0.0.%d, name: n%[1]d, paths: {binary: %s/bin/gstorm, config: %[2]s/etc/gstorm, data: %[2]s/data}}\n", i+1, root)
	}
	f, err := Read(filepath.Join(c.dir, "words.yaml"), []byte(text), resolver, true)
	if err != nil {
		c.Fatal(err)
	}
	return f
}

func (c *localCluster) deployment(f *File) *Deployment {
	return &Deployment{File: f, Vault: f.Vault(), Shell: c.shell, Wait: time.Minute, Say: func(format string, args ...any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.said = append(c.said, fmt.Sprintf(format, args...))
	}}
}

// up brings the hosts to what the lines say; what was done is returned by host.
func (c *localCluster) up(more ...string) (done map[string]string, err error) {
	c.Helper()
	self, err := os.Executable()
	if err != nil {
		c.Fatal(err)
	}
	f := c.file(more...)
	binaries, err := f.ReadBinaries(self)
	if err != nil {
		c.Fatal(err)
	}
	if _, err := f.OpenVault(); err != nil {
		c.Fatal(err)
	}
	rows, err := c.deployment(f).Up(c.Context(), binaries, nil, false)
	done = map[string]string{}
	for _, r := range rows {
		done[r.Host] = r.Did
	}
	return done, err
}

func (c *localCluster) down() {
	if _, err := c.deployment(c.file()).Down(context.Background(), nil, false); err != nil {
		c.Error(err)
	}
}

func (c *localCluster) heard(part string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.said, func(line string) bool { return strings.Contains(line, part) })
}

// TestScripts deploys by the real scripts, run by sh, into folders of this machine.
func TestScripts(t *testing.T) {
	t.Parallel()
	c := newLocalCluster(t)
	done, err := c.up()
	if err != nil || done["n2"] != "binary, settings, keys, start" {
		t.Fatalf("%v, %v, %v", done, err, c.said)
	}
	for name, mode := range map[string]os.FileMode{"bin/gstorm": 0o755, "etc/gstorm/key.pem": 0, "etc/gstorm/gossip.key": 0, "data": os.ModeDir | 0o700} {
		info, err := os.Stat(filepath.Join(c.dir, "m2", name))
		if err != nil || mode != 0 && info.Mode() != mode || info.Mode().Perm()&0o007 != 0 && mode == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if done, err = c.up(); err != nil || done["n1"] != "nothing to do" || done["n3"] != "nothing to do" {
		t.Errorf("a second time: %v, %v", done, err)
	}

	// Settings: one after the other, the leader last. What means nothing to an agent that runs starts none again.
	c.shell.log = nil
	if done, err = c.up("agent: {slots: 3}"); err != nil || done["n1"] != "settings, restart" || fmt.Sprint(c.shell.log) != "[n2 n3 n1]" {
		t.Errorf("%v, %v, started %v", done, err, c.shell.log)
	}

	// Who was killed is started, who was not is not.
	pid, err := os.ReadFile(filepath.Join(c.dir, "m3/etc/gstorm/agent.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("kill", "-KILL", strings.TrimSpace(string(pid))).Run(); err != nil {
		t.Fatal(err)
	}
	if done, err = c.up("agent: {slots: 3}"); err != nil || done["n1"] != "nothing to do" || done["n3"] != "start" {
		t.Errorf("%v, %v", done, err)
	}

	// A host that is down is named, and the others are dealt with.
	c.shell.down = []string{"n2"}
	done, err = c.up("agent: {slots: 2}")
	if err == nil || err.Error() != "1 of 3 hosts could not be dealt with: n2" || done["n3"] != "settings, restart" || !c.heard("n2: it can't be reached: Connection refused") {
		t.Errorf("%v, %v, %v", done, err, c.said)
	}
	c.shell.down = nil

	// Another cluster's file does not take the agents over.
	f := c.file()
	f.Name = "others"
	rows, err := c.deployment(f).Status(t.Context(), []string{"n1"})
	if err == nil || rows[0].Err == nil || !strings.Contains(rows[0].Err.Error(), "there is an agent of the cluster words in ") {
		t.Errorf("%+v, %v", rows, err)
	}

	// Workers end with all the rest, and those of others do not.
	worker := func(data string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(c.dir, "m1/bin/gstorm"), "__worker", data+"/workers/x-1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	own, other := worker(c.dir+"/m1/data"), worker(c.dir+"/elsewhere")
	ended := make(chan error, 1)
	go func() { ended <- own.Wait() }()
	if _, err := c.deployment(c.file()).Down(t.Context(), nil, false); err != nil {
		t.Error(err, c.said)
	}
	if err := <-ended; err != nil {
		t.Errorf("the worker did not end when it was told to: %v", err)
	}
	if err := other.Process.Signal(syscall.SIGTERM); err != nil || other.Wait() != nil {
		t.Errorf("another's worker was ended, too: %v", err)
	}

	// What is not gstorm's stays.
	if err := os.WriteFile(filepath.Join(c.dir, "m1/etc/gstorm/mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(c.dir, "m2/data/node-id")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.dir, "m2/data/mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.deployment(c.file()).Down(t.Context(), nil, true); err != nil {
		t.Error(err)
	}
	for name, stays := range map[string]bool{
		"m1/data": false, "m1/etc/gstorm/mine": true, "m1/etc/gstorm/key.pem": false, "m2/data/mine": true, "m3/data": false, "m3/etc/gstorm": false, "m3/bin/gstorm": false,
	} {
		if _, err := os.Lstat(filepath.Join(c.dir, name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnAgentThatDoesNotStart is told of with what it says.
func TestAnAgentThatDoesNotStart(t *testing.T) {
	t.Parallel()
	c := newLocalCluster(t)
	f := c.file()
	d := c.deployment(f)
	m := &machine{Host: f.Hosts[0], wanted: &Wanted{Stamp: "x"}}
	if err := d.look(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	self, _ := os.Executable()
	m.binary, _ = ReadBinary(self)
	m.steps = Steps{Prepare: true, Put: []Item{
		{Path: m.Paths.Binary, Sum: m.binary.Sum, Mode: 0o755}, item(m.Paths.Config+"/"+agentFile, []byte("name: x\n"), 0o600),
	}}
	if err := d.install(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := d.start(t.Context(), m); err == nil || !strings.Contains(err.Error(), "the agent has ended; its log says:\nno data is said") {
		t.Errorf("it says %v", err)
	}
}

// TestWhatIsSentComesWhole: a file that was cut on its way, or a program that does not run, takes nobody's place.
func TestWhatIsSentComesWhole(t *testing.T) {
	t.Parallel()
	c := newLocalCluster(t)
	d := c.deployment(c.file())
	m := &machine{Host: d.File.Hosts[0]}
	if err := d.look(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(c.dir, "it's $HOME; `x` \"\\")
	if err := d.put(t.Context(), m, item(path, []byte("before\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	cut := item(path, []byte("all of it"), 0o600)
	cut.Content = cut.Content[:3]
	if err := d.put(t.Context(), m, cut); err == nil || !strings.Contains(err.Error(), "did not come through whole") {
		t.Errorf("%v", err)
	}
	program := filepath.Join(c.dir, "program")
	if err := os.WriteFile(program, []byte("\x7fELF no program\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.binary = &Binary{Path: program}
	sent := item(path, []byte("\x7fELF no program\n"), 0o755)
	sent.Content = nil
	if err := d.put(t.Context(), m, sent); err == nil || !strings.Contains(err.Error(), "this gstorm does not run there") {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "before\n" {
		t.Errorf("it holds %q, %v", text, err)
	}
	if files, _ := filepath.Glob(filepath.Join(c.dir, "*.new.*")); len(files) > 0 {
		t.Errorf("%v were left", files)
	}
}

// TestLine: whatever stands in a script, and follows it, comes to sh as it is, and the command line has nothing of it.
func TestLine(t *testing.T) {
	secret := "a'b\"c$d`e\\f\n#!~ %\n"
	c := command(false, map[string]string{"x": secret}, strings.NewReader(secret), "login")
	c.Script = strings.SplitN(c.Script, "# Says", 2)[0] + "printf %s \"$x\"; cat\n"
	got, err := (&localShell{}).Run(t.Context(), &Host{}, c)
	if err != nil || got != secret+secret {
		t.Errorf("%q, %v", got, err)
	}
	c.Root = true
	line, _ := c.Line()
	if !regexp.MustCompile(`^sudo -n sh -c 'eval "\$\(dd bs=1 count=\d+ 2>/dev/null\)"'$`).MatchString(line) {
		t.Error(line)
	}
}
