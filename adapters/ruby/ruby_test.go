package ruby

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/adapterstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const helloWorld = `require 'red_storm'
class Greeter < RedStorm::DSL::Spout
  output_fields :greeting
  on_send { 'hello ' + ARGV.join(' ') }
end
class Shouter < RedStorm::DSL::Bolt
  output_fields :shout
  on_receive { |tuple| tuple[0].upcase }
end
class HelloWorldTopology < RedStorm::DSL::Topology
  spout Greeter
  bolt(Shouter, parallelism: 2) { source Greeter, :shuffle }
end
`

// driven is the hello world with code after its submission.
func driven(code string) string {
	return helloWorld + "class HelloWorldTopology\n  on_submit { " + code + " }\nend\n"
}

var language = adapterstest.Language{
	Open: func(limit time.Duration) adapters.Adapter { return Adapter{Limit: limit} },
	File: "hello.rb",
	HelloWorld: adapterstest.Hello{
		Source: helloWorld, Name: "hello_world_topology", Class: "HelloWorldTopology", Language: "ruby",
		ShouterLine: 12, ShouterType: "Shouter",
	},
	Second: adapterstest.Second{
		Source: helloWorld + `
class OtherTopology < RedStorm::DSL::Topology
  spout Greeter
end
$stdout.puts "#{ENV['GSTORM_ROLE']} #{ARGV}"
`,
		Classes: []string{"HelloWorldTopology", "OtherTopology"}, Default: "OtherTopology", Other: "HelloWorldTopology",
		Printed: `describe ["--name", "b c"]`,
	},
	Wrong: map[string]adapterstest.Wrong{
		"syntax":            {Source: "class Foo\n  x = = 1\nend\n", Want: "hello.rb:2: error: "},
		"exception":         {Source: "\n\nraise ArgumentError, 'not today'\n", Want: "hello.rb:3: error: "},
		"missing gem":       {Source: "\nrequire 'no_such_gem_anywhere'\n", Want: "hello.rb:2: error: "},
		"no topology":       {Source: "puts 'hi'\n", Want: "there is no topology in hello.rb"},
		"empty":             {Source: "", Want: "there is no topology in hello.rb"},
		"binary":            {Source: "\x00\xff\xfe\x7fELF", Want: "hello.rb:1: error: "},
		"prints a topology": {Source: "$stdout.puts '{\"topology\":{}}'\n", Want: "there is no topology in hello.rb"},
		"exits":             {Source: "exit 3\n", Want: "hello.rb"},
		"exits at once":     {Source: "exit! 3\n", Want: "hello.rb: error: the process that loads it ended with exit status 3"},
		"kills itself":      {Source: "$stderr.puts 'bye'; Process.kill(:KILL, $$); sleep\n", Want: "signal: killed"},
	},
	Endless: "$stderr.puts 'connecting'\nsleep\n",
	Driven: map[string]adapterstest.Driven{
		"nothing to do": {Source: driven("")},
		"shuts down":    {Source: driven("cluster.shutdown"), Down: true},
		"raises":        {Source: driven("raise 'not today'"), Want: "hello.rb:15: error: "},
		"is killed":     {Source: driven("Process.kill(:KILL, $$); sleep"), Want: "signal: killed"},
	},
	Waiting: driven("$stderr.puts $$; sleep"),
}

func TestAdapter(t *testing.T) { adapterstest.Run(t, language) }

// topology writes a Ruby file into a working directory of its own.
func topology(t *testing.T, source string) (file string) {
	t.Helper()
	return language.Write(t, source)
}
