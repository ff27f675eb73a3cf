package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// understood is a file with all forms that there are.
const understood = "\uFEFF---\r\n" + `# an agent
data: /var/lib/gstorm # where
bind: "10.0.0.1:7760"   # quoted
name: 'it''s # not a comment'
cluster : prod
join:
- a:7761
- 'b' # two
tags:
  # one each
  - "x y"

  - z#1
ca: [] # none
cert: [ "a, b", 'c', d:7 , ]
key: http://x/#y
advertise: ''
expect: 3
`

func TestTheFormsOfAFile(t *testing.T) {
	entries, wrong := parse("f", understood)
	if wrong != nil {
		t.Fatal(wrong)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprintf("%s %s %q", e.at, e.key, e.values))
	}
	want := []string{
		`f:3 data ["/var/lib/gstorm"]`, `f:4 bind ["10.0.0.1:7760"]`, `f:5 name ["it's # not a comment"]`, `f:6 cluster ["prod"]`,
		`f:7 join ["a:7761" "b"]`, `f:10 tags ["x y" "z#1"]`, `f:15 ca []`, `f:16 cert ["a, b" "c" "d:7"]`, `f:17 key ["http://x/#y"]`,
		`f:18 advertise [""]`, `f:19 expect ["3"]`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What is understood at all is understood as others understand YAML.
func TestAFileMeansWhatItMeansInYAML(t *testing.T) {
	for _, text := range []string{strings.ReplaceAll(strings.TrimPrefix(understood, "\uFEFF"), "\r", ""), Sample()} {
		var theirs map[string]any
		if err := yaml.Unmarshal([]byte(text), &theirs); err != nil {
			t.Fatal(err)
		}
		ours, wrong := parse("f", text)
		if wrong != nil || len(ours) != len(theirs) {
			t.Fatalf("%d settings, %d in YAML, %v", len(ours), len(theirs), wrong)
		}
		for _, e := range ours {
			want, ok := theirs[e.key].([]any)
			if !ok {
				want = []any{theirs[e.key]}
			}
			var texts []string
			for _, w := range want {
				texts = append(texts, fmt.Sprint(w))
			}
			if !slices.Equal(e.values, texts) {
				t.Errorf("%s is %q, in YAML %q", e.key, e.values, texts)
			}
		}
	}
}

func TestMistakesInAFile(t *testing.T) {
	for text, want := range map[string]string{
		"bnid: 10.0.0.1":           `agent.yaml:1: there is no setting "bnid", did you mean bind?`,
		"\ngossip_key: k":          `agent.yaml:2: there is no setting "gossip_key", did you mean gossip-key?`,
		"config: other.yaml":       `agent.yaml:1: there is no setting "config"`,
		"zzz: 1":                   `agent.yaml:1: there is no setting "zzz"`,
		"data: /d\ndata: /e":       "agent.yaml:2: data stands here twice",
		"tls:\n  ca: x":            "agent.yaml:2: it begins with a blank: settings are not nested",
		"data:\t/d":                "agent.yaml:1: there is a tab",
		"data /d":                  "agent.yaml:1: expected a setting",
		"data:/d":                  "agent.yaml:1: expected a setting",
		"{data: /d}":               "agent.yaml:1: expected a setting",
		"data: /d\n---":            "agent.yaml:2: expected a setting",
		"- a":                      "agent.yaml:1: this item belongs to no list",
		"data: /d\n- a":            "agent.yaml:2: this item belongs to no list",
		"join:\n- a\n  - b":        "agent.yaml:3: this item belongs to no list",
		"join:\n-":                 "agent.yaml:2: a value is missing",
		"join:\n- # a":             "agent.yaml:2: # a has to stand in quotes",
		"join:\n- a: b":            "agent.yaml:2: a: b has to stand in quotes",
		"join: [a":                 "agent.yaml:1: expected , or ]",
		"join: [a b\n, c]":         "agent.yaml:1: expected , or ]",
		"join: [a, [b]]":           "agent.yaml:1: a value is missing",
		"join: [a], b":             `agent.yaml:1: there is ", b" after the value`,
		"join: [a]# b":             `agent.yaml:1: there is "# b" after the value`,
		"join: [,]":                "agent.yaml:1: a value is missing",
		"join: [a, #b]":            "agent.yaml:1: #b has to stand in quotes",
		"data: &a /d":              "agent.yaml:1: &a /d has to stand in quotes",
		"data: *a":                 "agent.yaml:1: *a has to stand in quotes",
		"data: !!str 1":            "agent.yaml:1: !!str 1 has to stand in quotes",
		"data: |":                  "agent.yaml:1: | has to stand in quotes",
		"data: {a: b}":             "agent.yaml:1: {a: b} has to stand in quotes",
		"data: a: b":               "agent.yaml:1: a: b has to stand in quotes",
		"data: 'it''s":             "agent.yaml:1: what begins with ' must end with '",
		`data: "a`:                 `agent.yaml:1: what begins with "`,
		`data: "a\n"`:              `agent.yaml:1: what begins with "`,
		`data: "a"b`:               `agent.yaml:1: there is "b" after the value`,
		"data: ~":                  "agent.yaml:1: ~ says nothing: leave the line out",
		"data: [a, b]":             "data (--data, GSTORM_DATA; from agent.yaml:1): there are 2 values, one is expected",
		"data: /d\nbootstrap: yes": `bootstrap (--bootstrap, GSTORM_BOOTSTRAP; from agent.yaml:2): "yes" is neither true nor false`,
	} {
		_, err := Load(sources(nil, nil, text))
		var invalid *InvalidError
		if !errors.As(err, &invalid) || !slices.ContainsFunc(invalid.Problems, func(p string) bool { return strings.HasPrefix(p, want) }) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	// Each of several.
	_, err := Load(sources(nil, []string{"GSTORM_VOTERS=x"}, "bnid: a\nexpect: x\ndata\n"))
	if want := "4"; err == nil || fmt.Sprint(strings.Count(err.Error(), "\n")+1) != want {
		t.Errorf("%v\nwant %s problems", err, want)
	}
	from := sources(nil, []string{"GSTORM_CONFIG=nothing.yaml"}, "")
	if _, err := Load(from); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "config (--config, GSTORM_CONFIG)") {
		t.Errorf("no file: %v", err)
	}
}

// FuzzLoad: whatever is in the file, it is settings that were checked and are not open by mistake, or problems.
func FuzzLoad(f *testing.F) {
	f.Add(understood)
	f.Add(Sample())
	for _, seed := range []string{"", "a: [b, 'c', \"d\"] # e\n", "join:\n - a\n - b", "data: '", "bind: :1\nadvertise: x\ninsecure: true\ndata: d", "bind: [::1]:7", "gossip: ::1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Load(sources(nil, nil, text+"\n"))
		var invalid *InvalidError
		switch {
		case err == nil:
			if s.Open() && !s.Insecure && (!s.TLS() || s.GossipKey == "" || s.Tokens == "") {
				t.Fatalf("open without having been told to be: %+v", s)
			}
		case !errors.As(err, &invalid) || len(invalid.Problems) == 0:
			t.Fatal(err)
		}
	})
}
