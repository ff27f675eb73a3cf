package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/deploy"
	testlibraries "github.com/gstorm/gstorm/spec/libraries"
)

// sshd is a server of ssh on the loopback, that lets whoever runs the test in by a key.
type sshd struct {
	port   int
	config string // by which ssh reaches it, and knows it
}

// startSSHD starts one, or skips the test where there is none.
func startSSHD(t *testing.T) *sshd {
	t.Helper()
	path, err := exec.LookPath("sshd")
	if err != nil {
		path = "/usr/sbin/sshd" // which is not on everybody's PATH
	}
	testlibraries.Programs(t, path, "ssh", "ssh-keygen") // which scripts/setup sshd installs
	dir, s := t.TempDir(), &sshd{}
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, name := range []string{"host", "mine"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write("authorized", read("mine.pub"))
	if os.Getuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // else it does not start
			t.Fatal(err)
		}
	}
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	_, _ = fmt.Sscan(port, &s.port)
	server := write("sshd_config", fmt.Sprintf(`Port %s
ListenAddress 127.0.0.1
HostKey %s/host
AuthorizedKeysFile %[2]s/authorized
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
`, port, dir))
	known := write("known_hosts", fmt.Sprintf("[127.0.0.1]:%s %s", port, read("host.pub")))
	s.config = write("ssh_config", fmt.Sprintf("Host *\n  IdentityFile %s/mine\n  IdentitiesOnly yes\n  UserKnownHostsFile %s\n  GlobalKnownHostsFile none\n", dir, known))
	cmd := exec.Command(path, "-D", "-f", server)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	until(t, "sshd listens", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return s
}

// until waits for something that is bound to come.
func until(t *testing.T, what string, come func() bool) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(2 * time.Minute); !come(); {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("it never came: %s", what)
		}
	}
}

// deployed is a cluster.yaml whose hosts are folders of this machine.
type deployed struct {
	*testing.T
	gstorm, dir, file string
	ssh               *sshd
	ports             []string
}

func newDeployed(t *testing.T, n int) *deployed {
	t.Helper()
	s := startSSHD(t)
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	d := &deployed{T: t, gstorm: gstorm, dir: t.TempDir(), ssh: s}
	d.file = filepath.Join(d.dir, "words.yaml")
	for range 2 * n {
		d.ports = append(d.ports, freeAddress(t))
	}
	return d
}

// write writes the file for the first hosts of the cluster, with lines of its own.
func (d *deployed) write(hosts int, lines ...string) {
	d.Helper()
	self, err := user.Current()
	if err != nil {
		d.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: words\nservice: none\nrun-as: %s\nssh: {port: %d, config: %s}\n%s\nhosts:\n", self.Username, d.ssh.port, d.ssh.config, strings.Join(lines, "\n"))
	for i := range hosts {
		root := filepath.Join(d.dir, fmt.Sprint("m", i+1))
		fmt.Fprintf(&b, "  - {address: 127.0.0.1, name: n%d, paths: {binary: %s/bin/gstorm, config: %[2]s/etc, data: %[2]s/data}, agent: {bind: %s, gossip: %s}}\n",
			i+1, root, d.ports[2*i], d.ports[2*i+1])
	}
	if err := os.WriteFile(d.file, []byte(b.String()), 0o600); err != nil {
		d.Fatal(err)
	}
}

// run is gstorm deploy; it must end with the exit code.
func (d *deployed) run(code int, args ...string) (stdout, stderr string) {
	d.Helper()
	cmd := exec.Command(d.gstorm, append(append([]string{"deploy"}, args...), "-f", d.file)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begun := time.Now()
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		d.Fatalf("gstorm deploy %s: %v, not exit code %d\n%s%s", strings.Join(args, " "), err, code, out.String(), errs.String())
	}
	d.Logf("gstorm deploy %s (%v)\n%s%s", strings.Join(args, " "), time.Since(begun).Round(time.Millisecond), errs.String(), out.String())
	return out.String(), errs.String()
}

func (d *deployed) contains(text string, parts ...string) {
	d.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			d.Errorf("%q is missing in\n%s", part, text)
		}
	}
}

// pid is that of the agent on a host.
func (d *deployed) pid(i int) string {
	d.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, fmt.Sprint("m", i), "etc", "agent.pid"))
	if err != nil {
		d.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// TestDeployBySSH takes a cluster through its life on hosts that a real sshd leads to.
func TestDeployBySSH(t *testing.T) {
	t.Parallel()
	d := newDeployed(t, 2)
	t.Cleanup(func() {
		if t.Failed() {
			for i := range 2 {
				log, _ := os.ReadFile(filepath.Join(d.dir, fmt.Sprint("m", i+1), "data", "agent.log"))
				t.Logf("the agent n%d:\n%s", i+1, log)
			}
		}
	})
	t.Cleanup(func() { // whatever has failed, no agent stays behind
		_ = exec.Command(d.gstorm, "deploy", "down", "-f", d.file).Run()
	})
	d.write(2)

	// A key that nobody has looked at is not taken.
	known := filepath.Join(filepath.Dir(d.ssh.config), "known_hosts")
	key, err := os.ReadFile(known)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(known, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr := d.run(1, "up", "n1")
	d.contains(stderr, "n1: it can't be reached: its host key is not known; connect once by hand")
	if err := os.WriteFile(known, key, 0o600); err != nil {
		t.Fatal(err)
	}

	stdout, stderr := d.run(0, "up")
	d.contains(stderr, "n1: binary, settings, keys, start", "n2: binary, settings, keys, start")
	d.contains(stdout, "export GSTORM_CA=", "export GSTORM_TOKEN=$(cat ")
	if n := strings.Count(stdout, " alive "); n != 2 || strings.Count(stdout, " leader ") != 1 {
		t.Errorf("%d are alive:\n%s", n, stdout)
	}
	d.secret()

	// What it says to people holds.
	members := exec.Command("sh", "-c", hints(stdout)+"\n"+deploy.Quote(d.gstorm)+" members --json")
	if out, err := members.CombinedOutput(); err != nil || !bytes.Contains(out, []byte(`"n2"`)) {
		t.Errorf("%v: %s", err, out)
	}

	// Only what has to be is started again.
	pids := []string{d.pid(1), d.pid(2)}
	d.write(2, "agent: {slots: 3}")
	_, stderr = d.run(0, "up", "n2")
	d.contains(stderr, "n2: starts again (1 of 1)")
	if d.pid(1) != pids[0] || d.pid(2) == pids[1] {
		t.Errorf("%v were restarted to %s, %s", pids, d.pid(1), d.pid(2))
	}
	d.write(2)
	stdout, _ = d.run(0, "up", "n1")
	d.contains(stdout, "nothing had to be done: all is as ")

	// One leaves the file.
	pids[1] = d.pid(2)
	d.write(1)
	_, stderr = d.run(0, "up")
	d.contains(stderr, "n2 (127.0.0.1:", "is not in "+d.file+" any more")
	_, stderr = d.run(0, "up", "--prune")
	d.contains(stderr, "n2: is out of the cluster")
	stdout, _ = d.run(0, "status")
	d.contains(stdout, "running  alive   leader")

	_, stderr = d.run(0, "down", "--purge", "--yes")
	d.contains(stderr, "n1: purged")
	for _, pid := range pids {
		if text, _ := os.ReadFile("/proc/" + pid + "/cmdline"); bytes.Contains(text, []byte("agent")) {
			t.Errorf("%s runs still: %s", pid, text)
		}
	}
	for i := range 2 {
		root := filepath.Join(d.dir, fmt.Sprint("m", i+1))
		for _, name := range []string{"data", "etc", "bin/gstorm"} {
			if _, err := os.Lstat(filepath.Join(root, name)); err == nil {
				t.Errorf("%s stays in %s", name, root)
			}
		}
	}
}

// hints are the lines that up prints for a shell.
func hints(stdout string) string {
	var lines []string
	for line := range strings.Lines(stdout) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "export ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// secret fails the test if somebody else could read what is nobody else's, or an agent has what it needs not have.
func (d *deployed) secret() {
	d.Helper()
	for _, name := range []string{"words.deploy/ca-key.pem", "words.deploy/gossip.key", "words.deploy/deploy.token", "m1/etc/key.pem", "m1/etc/gossip.key"} {
		info, err := os.Stat(filepath.Join(d.dir, name))
		if err != nil {
			d.Error(err)
		} else if info.Mode().Perm()&0o007 != 0 {
			d.Errorf("%s has the mode %v", name, info.Mode())
		}
	}
	if info, err := os.Stat(filepath.Join(d.dir, "words.deploy")); err != nil || info.Mode().Perm() != 0o700 {
		d.Errorf("the folder: %v, %v", info, err)
	}
	for _, name := range []string{"ca-key.pem", "deploy.token"} {
		if _, err := os.Lstat(filepath.Join(d.dir, "m1", "etc", name)); err == nil {
			d.Errorf("%s was deployed", name)
		}
	}
	var record []map[string]any
	text, err := os.ReadFile(filepath.Join(d.dir, "words.deploy", "deployed.json"))
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err != nil || len(record) != 2 {
		d.Errorf("the record: %s, %v", text, err)
	}
}
