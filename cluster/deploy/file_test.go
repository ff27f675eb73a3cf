package deploy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/cluster/settings"
)

// resolver knows two names.
func resolver(name string) (string, error) {
	switch name {
	case "one.example.com":
		return "192.0.2.1", nil
	case "two.example.com":
		return "192.0.2.2", nil
	}
	return "", errors.New("no such host")
}

func read(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read("dir/words.yaml", []byte(text), resolver, true)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestAFileOfAddresses is the shortest file: what it does not say is as one wants it.
func TestAFileOfAddresses(t *testing.T) {
	f := read(t, "hosts: [10.0.0.1, one.example.com, 10.0.0.3, 10.0.0.4]\n")
	if f.Name != "gstorm" || f.Voters != 3 || !f.Security.TLS || !f.Security.GossipKey || f.Security.NoTokens || f.Security.Folder != "dir/words.deploy" {
		t.Errorf("%+v", f)
	}
	const want = `# Written by gstorm deploy, which writes it anew.
data: /var/lib/gstorm
bind: 192.0.2.1:7760
join: [10.0.0.1:7761, 192.0.2.1:7761, 10.0.0.3:7761, 10.0.0.4:7761]
expect: 3
voters: 3
cluster: gstorm
name: one.example.com
ca: /etc/gstorm/ca.pem
cert: /etc/gstorm/cert.pem
key: /etc/gstorm/key.pem
gossip-key: /etc/gstorm/gossip.key
tokens: /etc/gstorm/tokens
`
	if got := f.agentYAML(f.Hosts[1]); got != want {
		t.Errorf("the settings:\n%s", got)
	}
	if got := f.agentYAML(f.Hosts[3]); strings.Contains(got, "expect") || strings.Contains(got, "bootstrap") {
		t.Errorf("the fourth begins a cluster too:\n%s", got)
	}
	if two := read(t, "hosts: [10.0.0.1, 10.0.0.2]\n"); !strings.Contains(two.agentYAML(two.Hosts[0]), "bootstrap: true") || strings.Contains(two.agentYAML(two.Hosts[1]), "bootstrap") {
		t.Error("of two the first begins the cluster")
	}
}

// TestAFileWithAll says of each host what differs from the others.
func TestAFileWithAll(t *testing.T) {
	f := read(t, `
name: words
voters: 3
ssh: {user: deploy, identity: keys/id, config: ~/.ssh/other}
paths: {data: /data/gstorm}
run-as: storm
agent: {log-format: json, tags: [ssd]}
binary: {arm64: gstorm-arm64}
security:
  folder: /secrets
  tokens:
    - {name: alice, role: operate}
hosts:
  - address: one.example.com
    name: n1
    ssh: {host: jump-to-one, port: 2222, user: root}
    slots: 8
    agent: {log-format: text}
  - address: 10.0.0.2
    service: none
    tags: [hdd, big]
    agent: {bind: ":7000"}
`)
	one, two := f.Hosts[0], f.Hosts[1]
	if (one.SSH != SSH{Host: "jump-to-one", User: "root", Port: 2222, Identity: "dir/keys/id", Config: "~/.ssh/other"}) || two.SSH.User != "deploy" || two.SSH.Host != "" {
		t.Errorf("%+v, %+v", one.SSH, two.SSH)
	}
	if one.Service != Auto || two.Service != None || one.RunAs != "storm" || two.Paths != (Paths{"/usr/local/bin/gstorm", "/etc/gstorm", "/data/gstorm"}) {
		t.Errorf("%+v, %+v", one, two)
	}
	s, err := f.settings(one)
	if err != nil || s.Slots != 8 || s.LogFormat != "text" || fmt.Sprint(s.Tags) != "[ssd]" {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = f.settings(two)
	if err != nil || s.Advertise != "10.0.0.2:7000" || s.AdvertiseGossip != "10.0.0.2:7001" || s.LogFormat != "json" || fmt.Sprint(s.Tags, s.Join) != "[hdd big] [192.0.2.1:7761 10.0.0.2:7001]" {
		t.Errorf("%+v, %v", s, err)
	}
	if f.Binaries["arm64"] != "dir/gstorm-arm64" || f.Security.Folder != "/secrets" || len(f.Security.Tokens) != 1 {
		t.Errorf("%+v", f)
	}
}

// TestWhatIsWrongWithAFile names the line, the key, and what helps.
func TestWhatIsWrongWithAFile(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "words.yaml: error: hosts is missing"},
		{"hosts: []", ":1: error: hosts is empty"},
		{"hosts: 10.0.0.1", `:1: error: hosts is "10.0.0.1": a list is expected`},
		{"hots: [10.0.0.1]", `:1: error: the file has no key "hots", did you mean hosts?`},
		{"hosts:\n  - 10.0.0.1\n  - addres: 10.0.0.2", `:3: error: the host has no key "addres", did you mean address?`},
		{"hosts:\n  - {address: 10.0.0.1, agent: {slts: 4}}", `:2: error: agent has no key "slts", did you mean slots?`},
		{"agent:\n  join: x\nhosts: [10.0.0.1]", ":2: error: agent can't say join: that is said by hosts"},
		{"hosts:\n  - 10.0.0.1\n  - 10.0.0.1", ":3: error: the host 10.0.0.1 stands in line 2 already"},
		{"hosts:\n  - 10.0.0.1\n  - {address: 10.0.0.1, name: n2}", ":3: error: the hosts 10.0.0.1 and n2 are the same machine and have the same paths"},
		{"hosts: [three.example.com]", ":1: error: no IP address is known for three.example.com (no such host): say address: IP, and ssh: {host: three.example.com}"},
		{"hosts: ['-oProxyCommand=x']", `:1: error: the address "-oProxyCommand=x" is neither`},
		{"hosts: ['10.0.0.1; reboot']", `is neither the name of a host nor an IP address`},
		{"ssh: {user: -l}\nhosts: [10.0.0.1]", `:1: error: user is "-l", which can't be the name of a user`},
		{"ssh: {port: ssh}\nhosts: [10.0.0.1]", `:1: error: port is "ssh": a whole number from 1 to 65535`},
		{"paths: {data: data}\nhosts: [10.0.0.1]", `:1: error: data is "data": a full path`},
		{"paths: {data: /var/lib/../..}\nhosts: [10.0.0.1]", `a full path is expected`},
		{"paths: {data: \"/x y\"}\nhosts: [10.0.0.1]", `a full path is expected`},
		{"paths: {data: /var/lib}\nhosts: [10.0.0.1]", `:1: error: data is /var/lib, which is not gstorm's alone`},
		{"voters: 4\nhosts: [10.0.0.1]", ":1: error: voters is 4: 3 or 5"},
		{"name: Words\nhosts: [10.0.0.1]", `:1: error: name: "Words" can't name a cluster`},
		{"service: sysv\nhosts: [10.0.0.1]", `:1: error: service is "sysv": one of auto, systemd, none`},
		{"security: {tls: false}\nhosts: [10.0.0.1]", ":2: error: the agent of 10.0.0.1: bind (--bind, GSTORM_BIND; from agent.yaml:2) is 10.0.0.1:7760, which others can reach, so the agent needs certificates"},
		{"security: {tls: maybe}\nhosts: [10.0.0.1]", `:1: error: tls is "maybe": true or false`},
		{"security:\n  tokens: [{name: a, role: root}]\nhosts: [10.0.0.1]", `:2: error: the token: there is no role "root"`},
		{"security:\n  tokens: [{name: deploy, role: read}]\nhosts: [10.0.0.1]", `:2: error: the token: there is a token deploy already`},
		{"hosts:\n  - {address: 10.0.0.1, slots: many}", `:2: error: the agent of 10.0.0.1: slots`},
		{"agent: {ca: /x}\nhosts: [10.0.0.1]", "certificates of its own"},
		{"hosts: &a [10.0.0.1]", ":1: error: anchors, aliases and tags"},
		{"hosts: [", ":1: error: "},
		{"hosts: [10.0.0.1]\nhosts: [10.0.0.2]", "hosts"},
	}
	for _, test := range tests {
		_, err := Read("words.yaml", []byte(test.text), resolver, true)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v\nwanted %s", test.text, err, test.want)
		}
	}
}

// TestEverySettingHasAPlace holds what the file refuses to the table.
func TestEverySettingHasAPlace(t *testing.T) {
	known := map[string]bool{}
	for _, s := range settings.Table() {
		known[s.Name] = true
	}
	for name := range elsewhere {
		if !known[name] {
			t.Errorf("%s is no setting any more", name)
		}
	}
	for name := range (&Security{TLS: true, GossipKey: true}).files() {
		if !known[name] {
			t.Errorf("%s is no setting any more", name)
		}
	}
	for _, name := range beginning {
		if !known[name] {
			t.Errorf("%s is no setting any more", name)
		}
	}
}

// FuzzRead reads anything, and comes to an end with a file or with problems.
func FuzzRead(f *testing.F) {
	f.Add("hosts: [10.0.0.1]\n")
	f.Add("name: a\nhosts:\n  - {address: one.example.com, ssh: {port: 22}, agent: {bind: ':1'}}\nsecurity: {tokens: [{name: a, role: read}]}\n")
	f.Add("binary: {amd64: x}\nagent: {tags: [a, b]}\nhosts: [~]")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read("words.yaml", []byte(text), resolver, true)
		if err == nil && len(file.Hosts) == 0 {
			t.Error("a file without hosts")
		}
	})
}
