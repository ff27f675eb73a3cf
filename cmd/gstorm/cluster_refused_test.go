package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// node is an agent's process, whose log can be read while it runs.
type node struct {
	*testing.T
	name, data, address, gossip string
	log                         string // a file
	cmd                         *exec.Cmd
	ended                       chan struct{} // closed when it has ended
}

// startNode starts an agent. data may be "": a new folder.
func startNode(t *testing.T, name, data string, args ...string) *node {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	if data == "" {
		data = filepath.Join(t.TempDir(), "data")
	}
	n := &node{
		T: t, name: name, data: data, address: freeAddress(t), gossip: freeAddress(t),
		log: filepath.Join(t.TempDir(), "log"), ended: make(chan struct{}),
	}
	log, err := os.Create(n.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	n.cmd = exec.Command(gstorm, append([]string{"agent", "--data", data, "--name", name, "--bind", n.address, "--gossip", n.gossip}, args...)...)
	n.cmd.Stderr = log
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(n.ended)
		_ = n.cmd.Wait() // how it ended is looked at below
	}()
	t.Cleanup(n.stop)
	return n
}

func (n *node) stop() {
	_ = n.cmd.Process.Kill()
	<-n.ended
}

// until waits until a line of its log has all texts.
func (n *node) until(texts ...string) {
	n.Helper()
	n.become(fmt.Sprintf("one that logs %q", texts), func() bool { return n.count(texts...) > 0 })
}

// become waits until something is so of the agent.
func (n *node) become(what string, so func() bool) {
	n.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(2 * time.Minute); !so(); {
		select {
		case <-look.C:
		case <-limit:
			n.Fatalf("%s does not become %s; its log:\n%s", n.name, what, n.text())
		}
	}
}

func (n *node) text() string {
	text, err := os.ReadFile(n.log)
	if err != nil {
		n.Fatal(err)
	}
	return string(text)
}

// count is how many lines of its log have all texts.
func (n *node) count(texts ...string) (lines int) {
	for line := range strings.Lines(n.text()) {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(line, text)
		}
		if all {
			lines++
		}
	}
	return lines
}

// mustFail waits for its end, with exit code 1 and a last line that has a text.
func (n *node) mustFail(text string) {
	n.Helper()
	select {
	case <-n.ended:
	case <-time.After(2 * time.Minute):
		n.Fatalf("%s goes on:\n%s", n.name, n.text())
	}
	lines := strings.Split(strings.TrimSpace(n.text()), "\n")
	if last := lines[len(lines)-1]; n.cmd.ProcessState.ExitCode() != exitFailed || !strings.HasPrefix(last, "gstorm: ") || !strings.Contains(last, text) {
		n.Errorf("%s ends with %v, and the last line %s; want %s", n.name, n.cmd.ProcessState, last, text)
	}
}

// command runs a command, and returns its exit code and what it wrote.
func command(t *testing.T, args ...string) (code int, output string) {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, gstorm, args...).CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	} else if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

// TestWhoIsNotLetIntoACluster: the agent that would join says what is wrong with it and what to do, and ends if waiting is of
// no use; the cluster says who has tried, once, and goes on.
func TestWhoIsNotLetIntoACluster(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	key := filepath.Join(folder, "gossip.key")
	for _, c := range [][]string{
		{"keygen", "-o", key}, {"tls", "ca", "--dir", folder}, {"tls", "cert", "--dir", folder, "node", "127.0.0.1"},
	} {
		if code, output := command(t, c...); code != 0 {
			t.Fatal(output)
		}
	}
	// The data folder of another cluster of the same name.
	other := startNode(t, "other", "", "--bootstrap")
	a := startNode(t, "a", "", "--bootstrap")
	other.until("this agent leads the cluster")
	a.until("this agent leads the cluster")
	for _, n := range []*node{other, a} {
		n.become("of a cluster", func() bool {
			_, err := os.Stat(filepath.Join(n.data, "cluster.json"))
			return err == nil
		})
	}
	other.stop()

	file := func(name string) string { return filepath.Join(folder, "node", name) }
	for name, tc := range map[string]struct {
		args   []string
		reason string
	}{
		"key":     {[]string{"--gossip-key", key}, "it has a key for the gossip, and the cluster has none"},
		"cluster": {[]string{"--cluster", "elsewhere"}, `it is of the cluster "elsewhere", and this one is "gstorm"`},
		"tls":     {[]string{"--ca", file("ca.pem"), "--cert", file("cert.pem"), "--key", file("key.pem")}, "it has certificates, and the cluster has none"},
	} {
		n := startNode(t, name, "", append(tc.args, "--join", a.gossip)...)
		n.mustFail("this agent can't join the cluster: a at " + a.gossip + " refuses it, since " + tc.reason)
		a.until("WARN", "an agent that would join was refused", "name="+name, tc.reason[:20])
	}
	startNode(t, "folder", a.data).mustFail(fmt.Sprintf("another agent, process %d, runs with the data folder %s", a.cmd.Process.Pid, a.data))
	startNode(t, "moved", other.data, "--cluster", "elsewhere").mustFail(`is of the cluster "gstorm", and the agent is to be of "elsewhere"`)

	twin := startNode(t, "a", "", "--join", a.gossip)
	twin.until("WARN", "this agent could not join any other; trying again", "has the same name")
	a.until("WARN", "an agent that would join was refused", "name=a", "has the same name")
	// It keeps a log, which may be needed where it belongs.
	moved := startNode(t, "moved", other.data, "--join", a.gossip)
	moved.until("WARN", "this agent could not join any other; trying again", "its data folder is of another cluster")
	a.until("WARN", "an agent that would join was refused", "name=moved", "its data folder is of another cluster")

	// Another version of gstorm, or what is no member's and would be.
	for _, spoken := range []string{"", "7-8 9.9.9"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+a.address+"/v1/internal/report", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Gstorm-Protocol", spoken)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil || !strings.Contains(string(answer), "install the same version on both") {
			t.Errorf("%q: %s, %v", spoken, answer, err)
		}
	}
	a.until("WARN", "a request was refused", "who asks is gstorm 9.9.9, which speaks protocol 7-8")

	if n := a.count("an agent that would join was refused", "name=a"); n != 1 {
		t.Errorf("it is said %d times that the twin was refused:\n%s", n, a.text())
	}
	code, members := command(t, "members", "--agent", a.address)
	if rows := strings.Split(strings.TrimSpace(members), "\n"); code != 0 || len(rows) != 2 || !strings.Contains(rows[1], "leader") {
		t.Errorf("the members are\n%s", members)
	}
	if a.count("this agent leads the cluster") != 1 || a.count("no longer leads") != 0 {
		t.Errorf("the leader was disturbed:\n%s", a.text())
	}
}

// TestWhoIsNotLetIntoASecuredCluster: certificates and tokens, and what both sides say about them.
func TestWhoIsNotLetIntoASecuredCluster(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := func(names ...string) string { return filepath.Join(append([]string{folder}, names...)...) }
	for _, c := range [][]string{
		{"keygen", "-o", at("gossip.key")}, {"keygen", "-o", at("other.key")}, {"token", "new", "--name", "alice", "--role", "read", "--file", at("tokens")},
		{"tls", "ca", "--dir", at("ours")}, {"tls", "cert", "--dir", at("ours"), "node", "127.0.0.1"},
		{"tls", "ca", "--dir", at("theirs")}, {"tls", "cert", "--dir", at("theirs"), "node", "127.0.0.1"},
	} {
		if code, output := command(t, c...); code != 0 {
			t.Fatal(output)
		}
	}
	certificates := func(of string) []string {
		return []string{"--ca", at(of, "node", "ca.pem"), "--cert", at(of, "node", "cert.pem"), "--key", at(of, "node", "key.pem")}
	}
	a := startNode(t, "a", "", append(certificates("ours"), "--gossip-key", at("gossip.key"), "--tokens", at("tokens"), "--bootstrap")...)
	a.until("this agent leads the cluster")

	startNode(t, "plain", "", "--gossip-key", at("gossip.key"), "--join", a.gossip).mustFail("it has no certificate, and the cluster has")
	a.until("WARN", "an agent that would join was refused", "name=plain", "it has no certificate")
	startNode(t, "key", "", append(certificates("ours"), "--gossip-key", at("other.key"), "--join", a.gossip)...).
		mustFail("it has another key for the gossip than the cluster")
	a.until("WARN", "an agent that would join was refused", "name=key", "it has another key")

	// Certificates are read again when they are others: it may be let in yet.
	theirs := startNode(t, "theirs", "", append(certificates("theirs"), "--gossip-key", at("gossip.key"), "--join", a.gossip)...)
	theirs.until("ERROR", "this agent and the leader do not take each other", "it was not issued by the cluster's authority")
	a.until("WARN", "a connection was refused", "it does not take this agent's certificate")

	for _, tc := range []struct {
		args         []string
		said, logged string
	}{
		{nil, "this agent takes connections by TLS only", "it comes without TLS"},
		{[]string{"--ca", at("ours", "ca.pem")}, "this needs a token with the role read", "it shows no token"},
		{[]string{"--ca", at("ours", "ca.pem"), "--token", "gstorm_wrong"}, "this needs a token with the role read", "token"},
	} {
		if code, output := command(t, append([]string{"list", "--agent", a.address}, tc.args...)...); code != exitFailed || !strings.Contains(output, tc.said) {
			t.Errorf("%v: %d, %s", tc.args, code, output)
		}
		a.until("WARN", "refused", tc.logged)
	}
	if n := a.count("a connection was refused", "it does not take this agent's certificate"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, a.text())
	}
}
