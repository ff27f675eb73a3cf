// Package archtest holds the rules of who may import whom. Its test checks them against the module's packages.
package archtest

import "strings"

// module is the path of the module whose packages the rules are about.
const module = "github.com/gstorm/gstorm"

// rule forbids the packages that from matches to import those that to matches. Both are lists of patterns, separated by
// blanks; a pattern that begins with ! takes out what it matches. A pattern is
//
//	.          the root package
//	host       a package of the module, by its folder
//	host/...   the package and all below it; ... alone is the whole module
//	external   all packages of other modules
//	a path     of a package outside the module, with /... if need be
type rule struct {
	from, to, why string
}

// rules are what the module's packages keep. They may change: then the table changes in the same commit. Imports of
// tests are not looked at.
var rules = []rule{
	{".", "... external !internal/packed",
		"everything imports the vocabulary, so it brings nothing along but the standard library"},
	{"internal/packed/...", "... external",
		"the vocabulary has it"},
	{"multilang/...", "... external !internal/packed !multilang/... !github.com/json-iterator/... !github.com/vmihailenco/...",
		"the protocol knows no process and no host"},
	{"spec/...", "... !spec/... !multilang/...",
		"the judge must not share the defendant's bugs"},

	{"host/...", "... !host/... !multilang/... !internal/loglevel !internal/plan !internal/stats !internal/latency !internal/procgroup !internal/guard !internal/packed !internal/clock !internal/seldom !internal/deadletters !.",
		"a host runs the plan that it is given, whether that came from a file or from a cluster"},
	{"host/acker/...", "... external",
		"a pure core: ids in, ids out"},
	{"host/route/...", "... external !internal/plan !internal/packed !.",
		"a pure core: values in, tasks out"},
	{"host/tap/...", "... external !internal/stats !.",
		"a pure core: what is taken, and how it is shown"},
	{"host/trace/...", "... external !host/acker !internal/stats !.",
		"a pure core: what is traced, and what is kept of it"},
	{"host/retry/...", "... external !host/acker",
		"a pure core: failures in, counts out"},
	{"host/child/...", "... !host/child/... !multilang/... !internal/procgroup !internal/packed !internal/clock",
		"adapters start child processes too, without a host"},
	{"... !host/... !cmd/... !local/... !bench/...", "host",
		"only cmd starts a host, local for programs of others, and what measures it"},

	{"stream/...", "... !stream/... !.",
		"what reads or makes a topology knows the vocabulary alone; who runs it is not its business"},
	{"... !stream/flux/... !spec/... !cluster/deploy", "github.com/goccy/go-yaml/...",
		"YAML is the form of one front end's files, of the list of a cluster's machines and of the protocol's cases; all else is JSON"},
	{"adapters/...", "... !adapters/... !host/child/... !internal/procgroup !internal/pluginrpc !stream/flux !.",
		"an adapter makes descriptions and commands; who runs them is not its business"},
	{"... !adapters/... !cmd/... !local/... !bench/...", "adapters/...",
		"what runs a topology never asks which language it came from; only who starts a host sees both"},
	{"plugin/...", "... !plugin/... !multilang !internal/pluginrpc !internal/guard !internal/packed !internal/gcfloor !.",
		"it is part of users' programs: what gstorm itself does has no place there"},
	{"... !plugin !adapters/goplugin !internal/pluginrpc", "github.com/hashicorp/go-plugin/... google.golang.org/grpc/...",
		"to all else a component in Go is a process like any other"},
	{"... !plugin !adapters/goplugin !internal/pluginrpc !cluster/consensus", "github.com/hashicorp/go-hclog/...",
		"it is how HashiCorp's libraries log; gstorm logs by slog"},
	{"internal/guard/...", "... external",
		"users' programs have it too"},
	{"connectors/...", "... !connectors/... !state/... !internal/procgroup !.",
		"connectors have nothing that a user's own component could not have"},
	{"connectors/board/sheet", "... external",
		"a pure core: values in, rows out"},
	{"... !host/... !adapters/... !connectors/exec !cluster/process !cluster/dependencies", "internal/procgroup",
		"few start processes, and all of those end them in the same way"},
	{"... !connectors/builtin !cmd/... !local/...", "connectors/builtin",
		"only who runs a topology has components for it; all else gets to know them by gstorm.Builtins"},
	{"... !host/transfer", "github.com/klauspost/compress/...",
		"what goes from worker to worker is compressed in one place"},
	{"... !connectors/...", "github.com/expr-lang/... golang.org/x/time/...",
		"libraries of components stay with them"},

	{"cluster/... !cluster/process", "... !cluster/... !ui/... !internal/exposition !internal/loglevel !internal/past !internal/plan !internal/stats !internal/traces !internal/latency !internal/procgroup !internal/replacefile !internal/clock !internal/seldom !internal/deadletters !.",
		"the control plane decides who runs what; it never touches a tuple"},
	{"cluster/process/...", "... !cluster/fsm !internal/procgroup",
		"it starts processes and ends them; what they are told to do is not its business"},
	{"cluster/fsm/... cluster/schedule/... cluster/lease/...", "... external !cluster/fsm !internal/loglevel",
		"pure cores: what is known in, what is decided out"},
	{"cluster/message/... cluster/leader/...", "... external !cluster/fsm !cluster/lease !cluster/control !cluster/message",
		"a pure core: questions and reports in, answers and decisions out"},
	{"cluster/control/...", "... external !cluster/fsm !cluster/schedule !internal/plan !.",
		"a pure core too, which also knows what topologies are"},
	{"cluster/identity/...", "... external",
		"who may do what is small enough to be read as a whole: crypto/tls, and files"},
	{"cluster/settings/...", "... external !cluster/identity !.",
		"what is said to an agent goes through one parser of its own, for flags and variables as for files; cmd makes the flags"},
	{"cluster/deploy/...", "... external !cluster/api !cluster/identity !cluster/settings !github.com/goccy/go-yaml/... !.",
		"to a cluster it is a visitor like any other; how agents work is not its business"},
	{"... !cmd/...", "cluster/deploy/...",
		"a cluster runs wherever it was put, and by whom"},
	{"cluster/logs/...", "... external !cluster/fsm",
		"lines in, lines out; who logs and who asks is not its business"},
	{"... !cluster/blob", "github.com/go-git/...",
		"nothing else has to do with what is ignored"},
	{"... !cluster/... !cmd/...", "cluster/...",
		"a host gets plans, and never knows who has made them"},
	{"... !cluster/gossip", "github.com/hashicorp/memberlist/...",
		"gossip only tells who is there"},
	{"... !cluster/consensus", "github.com/hashicorp/raft/... go.etcd.io/bbolt/...",
		"to all else the replicated log is commands in, a state out"},

	{"ui/...", "... external !ui/... !internal/logattrs !internal/loglevel !internal/past !internal/plan !internal/stats !internal/traces !internal/otlp !internal/latency !.",
		"it shows what it is given, of a run as of a cluster"},
	{"ui/boards", "... external !internal/stats",
		"a pure core: what components tell, as it can be shown"},
	{"... !cluster/agent !cmd/... !ui/... !internal/terminal", "ui/...",
		"who has something to show mounts it; nothing else knows that there is a page, but the terminal, which shows the same documents"},

	{"internal/plan/...", "... external !.",
		"plain data that hosts and clusters share"},
	{"internal/latency/...", "... !internal/stats",
		"numbers are made of distributions in one way, for a worker as for a cluster"},
	{"internal/clock/...", "... !golang.org/x/sys/...",
		"the time; what it is for is the caller's business"},
	{"internal/seldom/...", "... external",
		"what is said is the caller's business"},
	{"internal/replacefile/...", "... external",
		"it writes a file; what is in it is the caller's business"},
	{"internal/deadletters/...", "... !internal/plan !internal/stats !golang.org/x/sys/... !.",
		"a file that hosts, agents and the command line share; what becomes of its letters is their business"},
	{"internal/stats/...", "... external",
		"plain data that hosts, clusters and programs share"},
	{"internal/traces/...", "... external !internal/stats",
		"what was recorded in, traces out; where it was recorded is the caller's business"},
	{"internal/past/...", "... external !internal/stats",
		"counts in, files and counts out; whose they are and who shows them is not its business"},
	{"internal/otlp/...", "... !internal/stats !internal/traces",
		"traces in, OpenTelemetry's spans out; where they are from is the caller's business"},
	{"... !internal/otlp", "go.opentelemetry.io/...",
		"to all else a trace is one of package traces"},
	{"internal/exposition/...", "... !internal/exposition/... !internal/stats",
		"counts in, Prometheus' text out; where they are from is the caller's business"},
	{"... !internal/exposition/...", "github.com/prometheus/...",
		"to all else a count is a number in a snapshot"},
	{"internal/logattrs/...", "... external",
		"it knows log/slog, and nobody who logs"},
	{"internal/terminal/...", "... !internal/terminal/... !internal/logattrs !internal/stats !internal/traces !ui !.",
		"it shows what it is given, wherever that ran"},
	{"internal/trial/...", "... external !.",
		"it makes plain topologies; who runs them is not its business"},
	{"internal/scaffold/...", "... external",
		"it writes files; what is in them is for others to run"},
	{"internal/watch/...", "... external !github.com/fsnotify/...",
		"it tells of files; what they mean is the caller's business"},
	{"... !internal/watch/...", "github.com/fsnotify/...",
		"one place knows how editors save files"},
	{"internal/graph/...", "... external !.",
		"it draws descriptions; nothing has to run for that"},

	{"ui/page", "... external",
		"files for a browser, and who sends them; where numbers come from is not their business"},

	{"... !bench/...", "bench/...",
		"benchmarks measure the program; nothing of it needs them"},

	{"... !multilang/...", "github.com/json-iterator/...",
		"its traps are known in one place"},
	{"... !multilang/msgpack/...", "github.com/vmihailenco/...",
		"MessagePack is but another way to write the protocol; all else sees its JSON"},
	{"... !cmd/...", "github.com/urfave/cli/...",
		"only cmd reads the command line"},
	{"...", "log",
		"records are structured and go to the logger that one was given: log/slog"},
	{"... !host/hosttest/... !internal/schematest !spec/libraries !adapters/adapterstest !connectors/connectortest !gstormtest !ui/page/pagetest/...",
		"ui/page/pagetest/... github.com/chromedp/... host/hosttest/... internal/schematest internal/archtest spec/libraries adapters/adapterstest connectors/connectortest testing " +
			"github.com/google/go-cmp/... pgregory.net/rapid github.com/cockroachdb/datadriven github.com/santhosh-tekuri/jsonschema/... " +
			"github.com/rogpeppe/go-internal/... go.uber.org/goleak",
		"the tools of tests stay out of the binary"},
}

// match reports whether a list of patterns matches the package with an import path.
func match(patterns, path string) bool {
	matched := false
	for _, pattern := range strings.Fields(patterns) {
		if excluded, ok := strings.CutPrefix(pattern, "!"); ok {
			if matchOne(excluded, path) {
				return false
			}
			continue
		}
		matched = matched || matchOne(pattern, path)
	}
	return matched
}

func matchOne(pattern, path string) bool {
	folder, ours := strings.CutPrefix(path+"/", module+"/")
	if ours {
		path = strings.TrimSuffix(folder, "/")
		if path == "" {
			path = "."
		}
	}
	switch {
	case pattern == "external":
		return !ours && strings.Contains(strings.Split(path, "/")[0], ".")
	case pattern == "...":
		return ours
	case strings.HasSuffix(pattern, "/..."):
		return strings.HasPrefix(path+"/", strings.TrimSuffix(pattern, "..."))
	}
	return path == pattern
}
