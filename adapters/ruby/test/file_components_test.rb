# frozen_string_literal: true

require "test_helper"

# Components that are wanted by name: for topologies in other files, and for tools that run a single one.
class FileComponentsTest < Minitest::Test
  include TopologySource

  PARTS = <<~RUBY
    require "gstorm"
    module Parts
      class Shout < Gstorm::Bolt
        output_fields :loud, odd: [:what]
        configure { set "my.key", 1 }
        on_receive { |t| t[0].upcase }
      end
    end
    class Numbers < Gstorm::Spout
      output_fields :n
      def initialize(most = 3) = @most = most
      on_send { finish }
    end
  RUBY

  TOPOLOGY = <<~RUBY
    #{PARTS}
    class T < Gstorm::Topology
      spout Numbers, id: :few, args: [1]
      bolt(Parts::Shout) { from :few }
    end
  RUBY

  def test_classes_of_a_file_without_a_topology
    d = describe(PARTS, "--component", "Parts::Shout", "--component", "Numbers")
    assert_equal ["Parts::Shout", "Numbers"], d.topology["components"].map { |c| c["id"] }
    shout, numbers = d.topology["components"]
    assert_equal ["bolt", { "my.key" => 1 }, ["loud"], ["what"]],
                 [shout["kind"], shout["config"], *shout["outputs"].values.map { |s| s["fields"] }]
    assert_equal "spout", numbers["kind"]
    assert_equal 0, d.status
  end

  def test_components_of_a_topology_by_their_ids
    d = describe(TOPOLOGY, "--component", "few")
    assert_equal [["few", "Numbers", []]], d.topology["components"].map { |c| c.values_at("id", "class", "inputs") }
  end

  def test_what_is_no_component
    d = describe(TOPOLOGY, "--component", "String")
    assert_equal 2, d.status
    assert_equal ["topology.rb has no component String", "a component is one of few, shout, or the class of a spout or bolt"],
                 d.problems.first.values_at("message", "hint")
  end

  def test_a_task_runs_a_class
    task(PARTS, "Parts::Shout", inputs: { "source" => ["word"] }, outputs: { "default" => ["loud"] }) do |host|
      assert_equal ["A"], host.handle("a").first["tuple"]
    end
  end

  def test_external_components_are_described_by_file_and_name
    topology = <<~RUBY
      require "gstorm"
      class T < Gstorm::Topology
        spout External["parts/numbers.py:Numbers"]
        bolt(External["loud.js:shoutLoud"], parallelism: 2) { from External["parts/numbers.py:Numbers"] }
      end
    RUBY
    numbers, shout = describe(topology).topology["components"]
    assert_equal ["numbers", { "type" => "file", "file" => "parts/numbers.py", "component" => "Numbers" }], numbers.values_at("id", "run")
    assert_equal ["shout_loud", { "type" => "file", "file" => "loud.js", "component" => "shoutLoud" }, "numbers"],
                 [*shout.values_at("id", "run"), shout["inputs"].first["from"]]
  end

  def test_built_in_components_are_described_by_name_and_options
    topology = <<~RUBY
      require "gstorm"
      class T < Gstorm::Topology
        spout Builtin["lines", path: ["a.log", "b.log"], follow: true, every: 0.5], id: :logs
        bolt(Builtin["map", fields: [{ word: "upper(line)" }]], parallelism: 2) { from :logs }
        bolt(Builtin[:log]) do
          from :map, fields: :word
          output_fields :other
        end
      end
    RUBY
    lines, map, log = describe(topology).topology["components"]
    assert_equal ["logs", { "type" => "builtin", "name" => "lines",
                            "options" => { "path" => ["a.log", "b.log"], "follow" => true, "every" => 0.5 } }], lines.values_at("id", "run")
    assert_equal ["map", { "type" => "builtin", "name" => "map", "options" => { "fields" => [{ "word" => "upper(line)" }] } }],
                 map.values_at("id", "run")
    assert_equal ["log", { "type" => "builtin", "name" => "log" }, { "default" => { "fields" => ["other"] } }],
                 log.values_at("id", "run", "outputs")
  end

  def test_options_that_can_not_be_written_down
    d = describe(%(require "gstorm"\nclass T < Gstorm::Topology\n  spout Builtin["lines", path: Object.new]\nend))
    assert_equal 3, d.problems.first.dig("at", "line")
    assert_match(/options of lines/, d.problems.first["message"])
  end

  def test_an_external_component_without_a_name
    d = describe(%(require "gstorm"\nclass T < Gstorm::Topology\n  spout External["numbers.py"]\nend))
    assert_equal 3, d.problems.first.dig("at", "line")
    assert_match(/expected FILE:COMPONENT/, d.problems.first["message"])
  end
end
