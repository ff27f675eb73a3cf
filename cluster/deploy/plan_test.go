package deploy

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

const rootLogin = "welcome to this machine\n" + mark + "\nos Linux\nmachine x86_64\nuser root\nuid 0\nsystemd\nsum\n"

// planned is what has to be done on the first host of a file where a script says this.
func planned(t *testing.T, f *File, said string) (Steps, *Wanted, error) {
	t.Helper()
	h := f.Hosts[0]
	l, err := parseLogin(rootLogin)
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Place(l)
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Want(h, p, &Binary{Arch: "amd64", Sum: "b1"}, map[string][]byte{gossipFile: []byte("key\n"), certFile: []byte("cert\n")})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := parseFacts(l, mark+"\n"+said)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Plan(h, &facts, w)
	return s, w, err
}

// asWanted is what the script says where all is as it is to be.
func asWanted(w *Wanted) string {
	var b strings.Builder
	b.WriteString("there user\nthere config\nthere data\nversion gstorm 1.0 (go)\nfile " + w.Binary.Sum + " " + w.Binary.Path + "\n")
	for _, i := range w.Files {
		b.WriteString("file " + i.Sum + " " + i.Path + "\n")
	}
	b.WriteString("cluster gstorm\nstarted " + w.Stamp + "\nrunning\nenabled\nbegan\n")
	return b.String()
}

// TestPlan is what there is, what is different, and what is done about it.
func TestPlan(t *testing.T) {
	const three = "hosts: [10.0.0.1, 10.0.0.2, 10.0.0.3]\n"
	f := read(t, three)
	none, w, err := planned(t, f, "")
	if err != nil || none.What(f.Hosts[0]) != "binary, settings, unit, keys, start" || !none.Prepare {
		t.Errorf("of nothing: %+v, %v", none, err)
	}
	all := asWanted(w)
	without := func(line string) string { return regexp.MustCompile("(?m)^"+line+".*\n").ReplaceAllString(all, "") }
	tests := []struct{ text, said, want string }{
		{three, all, "nothing to do"},
		{three, without("running"), "start"},
		{three, without("enabled"), "start"},
		{three, without("there data"), "folders"},
		{three, strings.Replace(all, "file b1 ", "file b0 ", 1), "binary"}, // it is the stamp that says with what an agent was started
		{three, strings.Replace(all, "started ", "started x", 1), "restart"},
		{three, without("file [0-9a-f]+ /etc/gstorm/cert.pem"), "keys"},
		{three + "agent: {slots: 3}", all, "settings, restart"},
		{"hosts: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]", all, "settings"}, // one more to join
		{"hosts: [10.0.0.1]", all, "settings"},
		{three + "run-as: other", all, "unit, restart"},
	}
	for _, test := range tests {
		f := read(t, test.text)
		s, _, err := planned(t, f, test.said)
		if got := s.What(f.Hosts[0]); err != nil || got != test.want {
			t.Errorf("%q: %s, %v, wanted %s", test.text, got, err, test.want)
		}
	}
	if _, _, err := planned(t, f, strings.Replace(all, "cluster gstorm", "cluster other", 1)); err == nil || !strings.Contains(err.Error(), "an agent of the cluster other in /etc/gstorm already") {
		t.Errorf("another cluster: %v", err)
	}
}

// TestPlaces is how a machine can run an agent, and what is said where it can't.
func TestPlaces(t *testing.T) {
	tests := []struct {
		file, login string
		want        Place
		err         string
	}{
		{"", "uid 0\nsystemd\nsum", Place{true, true, "gstorm"}, ""},
		{"", "uid 0\nsum", Place{false, true, "gstorm"}, ""},
		{"", "uid 1000\nsudo\nsystemd\nsum", Place{true, true, "gstorm"}, ""},
		{"", "uid 1000\nsum", Place{false, false, "me"}, ""},
		{"service: none\nrun-as: x", "uid 0\nsystemd\nsum", Place{false, true, "x"}, ""},
		{"", "uid 1000\nsystemd\nsum", Place{}, "me is not root there, nor by sudo without a password, as systemd needs it: log in as root (ssh: {user: root})"},
		{"run-as: x", "uid 1000\nsum", Place{}, "the agent can't run as x: leave out run-as"},
		{"service: systemd", "uid 0\nsum", Place{}, "it has no systemd: say service: none"},
		{"", "uid 0", Place{}, "it has no sha256sum"},
		{"paths: {data: /home/x/data}", "uid 0\nsystemd\nsum", Place{}, "paths: {data: /home/x/data} lies in /home"},
	}
	for _, test := range tests {
		h := read(t, "hosts: [10.0.0.1]\n"+test.file).Hosts[0]
		l, err := parseLogin(mark + "\nuser me\n" + test.login + "\n")
		if err != nil {
			t.Fatal(err)
		}
		switch got, err := h.Place(l); {
		case test.err == "" && (err != nil || got != test.want):
			t.Errorf("%q, %q: %+v, %v", test.file, test.login, got, err)
		case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
			t.Errorf("%q, %q: %v", test.file, test.login, err)
		}
	}
	if _, err := parseLogin("This account is not available.\n"); err == nil || !strings.Contains(err.Error(), `answered something else than was asked: "This account is not available."`) {
		t.Errorf("%v", err)
	}
}

// TestBinaries finds the file for a machine, or says how to make it.
func TestBinaries(t *testing.T) {
	b := &Binaries{files: map[string]*Binary{"amd64": {Arch: "amd64"}}, file: "words.yaml"}
	if got, err := b.For("Linux", "x86_64"); err != nil || got.Arch != "amd64" {
		t.Errorf("%v, %v", got, err)
	}
	for machine, want := range map[string]string{"aarch64": "GOARCH=arm64 go build -o gstorm-arm64 ./cmd/gstorm, and say binary: {arm64: gstorm-arm64} in words.yaml", "vax": "no gstorm for its processor, vax"} {
		if _, err := b.For("Linux", machine); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
	}
	if _, err := b.For("FreeBSD", "amd64"); err == nil {
		t.Error("it deploys to anything")
	}
	if _, err := ReadBinary("plan_test.go"); err == nil || !strings.Contains(err.Error(), "plan_test.go is no program for Linux") {
		t.Errorf("%v", err)
	}
}

// TestTheUnitIsThatOfTheDocs: what people copy by hand, and what is deployed, is the same.
func TestTheUnitIsThatOfTheDocs(t *testing.T) {
	docs, err := os.ReadFile("../../docs/gstorm-agent.service")
	if err != nil {
		t.Fatal(err)
	}
	got, err := unit(Paths{Binary: "/usr/local/bin/gstorm", Config: "/etc/gstorm", Data: "/var/lib/gstorm"}, "gstorm")
	if err != nil {
		t.Fatal(err)
	}
	from := func(text []byte) string { return string(text[bytes.Index(text, []byte("[Unit]")):]) }
	if want := strings.Replace(from(docs), "Group=gstorm\n", "", 1); from(got) != want {
		t.Errorf("deployed:\n%s\nin the docs:\n%s", from(got), want)
	}
	elsewhere, err := unit(Paths{Binary: "/opt/b", Config: "/opt/c", Data: "/data"}, "x")
	if err != nil || strings.Contains(string(elsewhere), "StateDirectory") || !strings.Contains(string(elsewhere), "\nWorkingDirectory=/data\n") {
		t.Errorf("%s, %v", elsewhere, err)
	}
}

// TestTheVaultIsMadeOnce: what is there stays, and nobody else can read it.
func TestTheVaultIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	make := func(text string) (*Vault, map[string][]byte, error) {
		f := read(t, text)
		f.Security.Folder = dir + "/keys"
		v, err := f.OpenVault()
		if err != nil {
			return nil, nil, err
		}
		files, err := v.Files(f.Hosts[0].Name)
		return v, files, err
	}
	v, first, err := make("hosts: [10.0.0.1]\nsecurity: {tokens: [{name: alice, role: read}]}\n")
	if err != nil || len(v.Made) != 5 || len(first) != 5 {
		t.Fatalf("%v, %d files, %v", v, len(first), err)
	}
	v, second, err := make("hosts: [10.0.0.1, 10.0.0.2]\nsecurity: {tokens: [{name: alice, role: read}]}\n")
	if err != nil || strings.Join(v.Made, "; ") != "a certificate for 10.0.0.2" {
		t.Errorf("made %v, %v", v, err)
	}
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s was made anew", name)
		}
	}
	if token, err := v.Token(); err != nil || !strings.HasPrefix(token, "gstorm_") {
		t.Errorf("%v", err)
	}
	if _, _, err := make("name: other\nhosts: [10.0.0.1]\n"); err == nil || !strings.Contains(err.Error(), "is the authority of the cluster gstorm, and dir/words.yaml names the cluster other") {
		t.Errorf("%v", err)
	}
	if _, _, err := make("hosts: [10.0.0.1]\nsecurity: {tokens: [{name: alice, role: admin}]}\n"); err == nil || !strings.Contains(err.Error(), "the token alice has the role read, and dir/words.yaml says admin: remove its line") {
		t.Errorf("%v", err)
	}
}
