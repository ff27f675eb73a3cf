package settings

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sources are those of a machine called node1 with two processors, with flags (name, value), variables (NAME=value) and a
// config file.
func sources(flags [][2]string, environment []string, file string) Sources {
	from := Sources{Hostname: "node1", Processors: 2, Flags: map[string][]string{}}
	for _, f := range flags {
		from.Flags[f[0]] = append(from.Flags[f[0]], f[1])
	}
	from.Getenv = func(name string) string {
		for _, v := range environment {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
	if file != "" {
		from.Flags[config] = []string{"agent.yaml"}
	}
	from.Read = func(path string) ([]byte, error) {
		if path != "agent.yaml" {
			return nil, fs.ErrNotExist
		}
		return []byte(file), nil
	}
	return from
}

// flags are those of a command line.
func flags(line string) (all [][2]string) {
	for word := range strings.FieldsSeq(line) {
		name, value, ok := strings.Cut(strings.TrimPrefix(word, "--"), "=")
		if !ok {
			value = "true"
		}
		all = append(all, [2]string{name, value})
	}
	return all
}

func load(t *testing.T, from Sources) *Settings {
	t.Helper()
	s, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var withoutOrigin = cmpopts.IgnoreUnexported(Settings{})

func TestTheThreePlacesSayTheSame(t *testing.T) {
	values := map[string]string{
		"config": "agent.yaml", "dev": "true", "data": "/tmp/d", "bind": "127.0.0.1:1", "gossip": "127.0.0.1:2", "advertise": "host:3",
		"advertise-gossip": "10.0.0.1:4", "join": "a:1,b:2", "bootstrap": "true", "expect": "5", "voters": "5", "cluster": "prod", "name": "n",
		"keep-logs": "24h", "keep-logs-mb": "100", "reap": "1h30m", "slots": "0", "cpu": "150.5", "memory": "1e3", "tags": "ssd,rack2",
		"ca": "a", "cert": "b", "key": "c", "peer-name": "storm.example.com",
		"gossip-key": "g", "tokens": "t", "insecure": "true", "ui": "false", "otlp": "http://c:4318", "log-level": "debug", "log-format": "json",
	}
	needed := map[string]string{"cert": "ca: a\nkey: c\n", "ca": "cert: b\nkey: c\n", "key": "cert: b\nca: a\n", "voters": "expect: 5\n"}
	others := map[string]string{"data": "/tmp/e", "dev": "false", "ca": "z", "cert": "z", "key": "z"} // "": not said
	for _, of := range Table() {
		value := values[of.Name]
		file := needed[of.Name]
		if of.Name != "dev" {
			file += "data: /tmp/e\n"
		}
		if of.Name == "data" || of.Name == "dev" {
			file = ""
		}
		byFlag := load(t, sources([][2]string{{of.Name, value}}, nil, file+"# \n"))
		byVariable := load(t, sources(nil, []string{of.Variable() + "=" + value}, file+"# \n"))
		if diff := cmp.Diff(byFlag, byVariable, withoutOrigin); diff != "" {
			t.Errorf("%s, flag and variable: %s", of.Name, diff)
		}
		otherwise := load(t, sources([][2]string{{of.Name, others[of.Name]}}, []string{"GSTORM_DATA=/tmp/e"}, file+"# \n"))
		if of.Name != config && cmp.Equal(byFlag, otherwise, withoutOrigin) {
			t.Errorf("%s does not matter", of.Name)
		}
		if of.Name == config {
			continue
		}
		if diff := cmp.Diff(byFlag, load(t, sources(nil, nil, file+of.Name+": "+value)), withoutOrigin); diff != "" {
			t.Errorf("%s, flag and file: %s", of.Name, diff)
		}
		if of.Kind() == List {
			items := strings.Split(value, ",")
			block := file + of.Name + ":\n  - " + strings.Join(items, "\n  - ") + "\n"
			if diff := cmp.Diff(byFlag, load(t, sources(nil, nil, block)), withoutOrigin); diff != "" {
				t.Errorf("%s, flag and list: %s", of.Name, diff)
			}
			again := [][2]string{{of.Name, items[0]}, {of.Name, items[1]}}
			if diff := cmp.Diff(byFlag, load(t, sources(again, nil, file+"# \n")), withoutOrigin); diff != "" {
				t.Errorf("%s, a flag for all and one for each: %s", of.Name, diff)
			}
		}
	}
}

func TestFlagsBeforeVariablesBeforeFileBeforeDefault(t *testing.T) {
	file := "data: /file\ncluster: file\nlog-level: warn\n"
	environment := []string{"GSTORM_CLUSTER=variable", "GSTORM_DATA=/variable", "GSTORM_LOG_LEVEL="}
	s := load(t, sources(flags("--data=/flag --voters= --insecure=false"), environment, file))
	if s.Data != "/flag" || s.Cluster != "variable" || s.LogLevel != "warn" || s.LogFormat != "text" || s.Voters != 3 {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsFilledIn(t *testing.T) {
	secure := " --ca=a --cert=b --key=c --gossip-key=g --tokens=t"
	for line, want := range map[string]Settings{
		"--dev":     {Bind: "127.0.0.1:7760", Gossip: "127.0.0.1:7761", Advertise: "127.0.0.1:7760"},
		"--data=/d": {Bind: "127.0.0.1:7760", Gossip: "127.0.0.1:7761", Advertise: "127.0.0.1:7760"},
		"--data=/d --bind=localhost:8000 --join=localhost:8003": {
			Bind: "127.0.0.1:8000", Gossip: "127.0.0.1:8001", Advertise: "127.0.0.1:8000", Join: []string{"127.0.0.1:8003"}},
		"--data=/d --bind=10.0.0.1 --join=10.0.0.2,storm.example.com,10.0.0.2,[fe80::1],fe80::2" + secure: {
			Bind: "10.0.0.1:7760", Gossip: "10.0.0.1:7761", Advertise: "10.0.0.1:7760",
			Join: []string{"10.0.0.2:7761", "storm.example.com:7761", "[fe80::1]:7761", "[fe80::2]:7761"}},
		"--data=/d --bind=:8000 --advertise=192.0.2.1" + secure: {
			Bind: ":8000", Gossip: ":8001", Advertise: "192.0.2.1:8000", AdvertiseGossip: "192.0.2.1:8001"},
		"--data=/d --bind=::1 --gossip=[::1]:9":                      {Bind: "[::1]:7760", Gossip: "[::1]:9", Advertise: "[::1]:7760"},
		"--data=/d --bind=127.0.0.1:0":                               {Bind: "127.0.0.1:0", Gossip: "127.0.0.1:0", Advertise: "127.0.0.1:0"},
		"--data=/d --bind=10.0.0.1 --gossip=10.0.1.1:9" + secure:     {Bind: "10.0.0.1:7760", Gossip: "10.0.1.1:9", Advertise: "10.0.0.1:7760"},
		"--data=/d --bind=10.0.0.1 --advertise=node1.local" + secure: {Bind: "10.0.0.1:7760", Gossip: "10.0.0.1:7761", Advertise: "node1.local:7760"},
	} {
		s := load(t, sources(flags(line), nil, ""))
		got := Settings{Bind: s.Bind, Gossip: s.Gossip, Advertise: s.Advertise, AdvertiseGossip: s.AdvertiseGossip, Join: s.Join}
		if diff := cmp.Diff(want, got, withoutOrigin); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
		if s.Name != "node1" || s.Slots != 4 || s.PeerName != "agent.gstorm.gstorm" || s.Level() != slog.LevelInfo || s.TLS() != strings.Contains(line, "cert") {
			t.Errorf("%s: %+v", line, s)
		}
	}
	from := sources(flags("--dev --slots=1 --log-level=warn --cluster=eu"), nil, "")
	if s := load(t, from); s.Slots != 1 || s.Level() != slog.LevelWarn || s.PeerName != "agent.eu.gstorm" {
		t.Errorf("%+v", s)
	}
	from = sources(flags("--dev"), nil, "")
	from.Processors = 16
	if s := load(t, from); s.Slots != 16 {
		t.Errorf("%d slots", s.Slots)
	}
}

// Each line is a command line, and below it are, by a part of each, all problems that it has.
const mistakes = `
--data=/d --bind=10.0.0.1
	bind (--bind, GSTORM_BIND; from --bind) is 10.0.0.1:7760, which others can reach, so the agent needs certificates: say ca (--ca, GSTORM_CA), cert (--cert, GSTORM_CERT) and key (--key, GSTORM_KEY) (made by gstorm tls), or run it open to all of them by insecure (--insecure, GSTORM_INSECURE)
	so the agent needs a key for the gossip: say gossip-key (--gossip-key, GSTORM_GOSSIP_KEY) (made by gstorm keygen)
	so the agent needs tokens for people: say tokens (--tokens, GSTORM_TOKENS) (made by gstorm token new)
--data=/d --bind=10.0.0.1 --tokens=t --gossip-key=g
	so the agent needs certificates
--data=/d --gossip=10.0.0.1
	needs certificates
	needs a key
	needs tokens
--data=/d --bind=:7760 --insecure
	bind (--bind, GSTORM_BIND; from --bind) is :7760, all addresses of the machine: say by advertise (--advertise, GSTORM_ADVERTISE) at which others reach it
--data=/d --bind=0.0.0.0 --advertise=node1.local --insecure
	gossip (--gossip, GSTORM_GOSSIP) is 0.0.0.0:7761, all addresses of the machine: say by advertise-gossip (--advertise-gossip, GSTORM_ADVERTISE_GOSSIP)
--data=/d --bind=node1 --insecure
	bind (--bind, GSTORM_BIND; from --bind) is node1:7760: an IP address of this machine is expected, or :PORT for all that it has
	gossip (--gossip, GSTORM_GOSSIP) is node1:7761: an IP
--data=/d --cert=b --insecure
	ca (--ca, GSTORM_CA) is missing: ca, cert and key go together
	key (--key, GSTORM_KEY) is missing
--dev --join=a --bootstrap --expect=3
	dev (--dev, GSTORM_DEV; from --dev) excludes join (--join, GSTORM_JOIN; from --join): it is
	excludes bootstrap
	excludes expect
	bootstrap (--bootstrap, GSTORM_BOOTSTRAP; from --bootstrap) and expect (--expect, GSTORM_EXPECT; from --expect) exclude each other
--dev --bind=10.0.0.1 --insecure
	dev (--dev, GSTORM_DEV; from --dev) is for the loopback, and bind (--bind, GSTORM_BIND) is 10.0.0.1:7760
--bootstrap
	data (--data, GSTORM_DATA) is missing
--data=/d --expect=4
	expect (--expect, GSTORM_EXPECT; from --expect) is 4: an odd number is expected
--data=/d --expect=3 --voters=5
	is 3, less than voters (--voters, GSTORM_VOTERS), 5
--data=/d --voters=4
	voters (--voters, GSTORM_VOTERS; from --voters) is 4: 3 or 5 are expected
--data=/d --cluster=Prod --name=a/b --slots=-1 --cpu=-1 --memory=-5 --log-level=loud --log-format=xml
	cluster (--cluster, GSTORM_CLUSTER; from --cluster): "Prod" can't name a cluster
	name (--name, GSTORM_NAME; from --name) is "a/b"
	slots (--slots, GSTORM_SLOTS; from --slots) is -1
	cpu (--cpu, GSTORM_CPU; from --cpu) is -1
	memory (--memory, GSTORM_MEMORY; from --memory) is -5
	log-level (--log-level, GSTORM_LOG_LEVEL; from --log-level) is "loud": one of debug, info, warn, error is expected
	log-format (--log-format, GSTORM_LOG_FORMAT; from --log-format) is "xml"
--data=/d --keep-logs=week
	keep-logs (--keep-logs, GSTORM_KEEP_LOGS; from --keep-logs): "week" is no time such as 72h or 30m
--data=/d --keep-logs-mb=0 --reap=1s
	reap (--reap, GSTORM_REAP; from --reap) is 1s: a minute at least
	keep-logs-mb (--keep-logs-mb, GSTORM_KEEP_LOGS_MB; from --keep-logs-mb) is 0
--data=/d --bind=a:b:c --gossip=10.0.0.1:http
	bind (--bind, GSTORM_BIND; from --bind) is a:b:c, which is no HOST:PORT
	gossip (--gossip, GSTORM_GOSSIP; from --gossip) is 10.0.0.1:http, whose port is no number up to 65535
--data=/d --bind=127.0.0.1:7 --gossip=127.0.0.1:7
	are both 127.0.0.1:7
--data=/d --join=:7761 --advertise-gossip=node1
	advertise-gossip (--advertise-gossip, GSTORM_ADVERTISE_GOSSIP; from --advertise-gossip) is node1:7761: one IP
	join (--join, GSTORM_JOIN; from --join) has :7761, which names no host
--voters=few --expect=1.5 --dev=yes --cpu=NaN
	dev (--dev, GSTORM_DEV; from --dev): "yes" is neither true nor false
	expect (--expect, GSTORM_EXPECT; from --expect): "1.5" is no whole number
	voters (--voters, GSTORM_VOTERS; from --voters): "few" is no whole number
	cpu (--cpu, GSTORM_CPU; from --cpu): "NaN" is no number
`

func TestAllMistakesAtOnce(t *testing.T) {
	var line string
	var want []string
	check := func() {
		if line == "" {
			return
		}
		_, err := Load(sources(flags(line), nil, ""))
		var invalid *InvalidError
		if !errors.As(err, &invalid) || len(invalid.Problems) != len(want) {
			t.Errorf("%s: %d problems expected\n%v", line, len(want), err)
			return
		}
		for i, problem := range invalid.Problems {
			if !strings.Contains(problem, want[i]) {
				t.Errorf("%s:\n%s\ndoes not say\n%s", line, problem, want[i])
			}
		}
	}
	for l := range strings.Lines(mistakes) {
		if part, ok := strings.CutPrefix(l, "\t"); ok {
			want = append(want, strings.TrimSpace(part))
			continue
		}
		check()
		line, want = strings.TrimSpace(l), nil
	}
	check()
}

func TestInsecureSaysSo(t *testing.T) {
	for _, line := range []string{"--bind=10.0.0.1 --insecure", "--bind=10.0.0.1 --insecure --gossip-key=g", "--bind=10.0.0.1 --insecure --tokens=t --ca=a --cert=b --key=c"} {
		if s := load(t, sources(flags("--data=/d "+line), nil, "")); !s.Open() || !s.Insecure {
			t.Errorf("%s: %+v", line, s)
		}
	}
	if s := load(t, sources(flags("--data=/d"), nil, "")); s.Open() {
		t.Errorf("%+v", s)
	}
	if s := load(t, sources(flags("--data=/d --insecure --gossip=:7 --advertise-gossip=10.0.0.1"), nil, "")); !s.Open() {
		t.Errorf("%+v", s)
	}
}

func TestTheSampleIsUpToDateAndValid(t *testing.T) {
	const path = "../../docs/agent.yaml"
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(path, []byte(Sample()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Sample(), string(text)); diff != "" {
		t.Errorf("UPDATE_DOCS=1 writes it anew: %s", diff)
	}
	s := load(t, sources(nil, nil, string(text)))
	if !s.Open() || s.Insecure || !s.TLS() || s.Expect != 3 || len(s.Join) != 3 {
		t.Errorf("%+v", s)
	}
	// What stands there as a comment can be made to count by removing the #: each for itself is fine.
	for _, of := range Table() {
		if of.Name == config || of.sample != "" || of.Name == "dev" || of.Name == "bootstrap" {
			continue
		}
		uncommented := strings.Replace(string(text), "\n# "+of.Name+": ", "\n"+of.Name+": ", 1)
		if uncommented == string(text) {
			t.Errorf("%s does not stand there", of.Name)
			continue
		}
		s := load(t, sources(nil, nil, uncommented))
		if want := "agent.yaml:" + strconv.Itoa(1+strings.Count(uncommented[:strings.Index(uncommented, "\n"+of.Name+": ")+1], "\n")); s.from[of.Name] != want {
			t.Errorf("%s is from %q, not %q", of.Name, s.from[of.Name], want)
		}
	}
}

func TestEverySettingIsInTheTableOnce(t *testing.T) {
	var names []string
	for _, s := range Table() {
		if slices.Contains(names, s.Name) {
			t.Errorf("%s is there twice", s.Name)
		}
		names = append(names, s.Name)
		if (s.Kind() == Switch) != (s.Value == "") || (s.Value != "") != strings.Contains(s.Usage, "`"+s.Value+"`") {
			t.Errorf("%s: value %q, usage %q", s.Name, s.Value, s.Usage)
		}
	}
}
