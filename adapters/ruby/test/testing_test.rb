# frozen_string_literal: true

require "test_helper"
require "gstorm/testing"

# The helper for users' tests. What gstorm itself does is a test of its command; here a program stands in for it.
class TestingTest < Minitest::Test
  include TopologySource

  RESULT = { "emitted" => { "split" => { "default" => [["a"], ["b"]], "odd" => [[1]] } },
             "trees" => { "acked" => 2, "failed" => 1, "timed_out" => 1 }, "errors" => [{ "message" => "boom" }] }.freeze

  # Runs the block with a gstorm that notes its arguments and input, prints text and ends with the status.
  def with_gstorm(text, status: 0)
    program = write("bin/gstorm", <<~SH)
      #!/bin/sh
      printf '%s\\n' "$@" >#{@dir}/arguments
      cat >#{@dir}/input
      cat #{write("output", text)}
      echo said >&2
      exit #{status}
    SH
    File.chmod(0o755, program)
    ENV["GSTORM"] = program
    yield
  ensure
    ENV.delete("GSTORM")
  end

  def noted(name) = File.read(File.join(@dir, name))

  def test_what_came_of_a_topology
    with_gstorm(JSON.generate(RESULT)) do
      done = Gstorm::Testing.complete("word_count.rb", mock: { lines: [["a b"]] }, args: [1, "x y"], timeout: 3)
      assert_equal [[["a"], ["b"]], [[1]], []], [done["split"], done.emitted(:split, :odd), done["none"]]
      assert_equal [2, 2, ["boom"], "said\n", true], [done.acked, done.failed, done.errors, done.log, done.success?]
    end
    assert_equal %w[complete word_count.rb --mock - --for 3s --] + ["1", "x y"], noted("arguments").lines(chomp: true)
    assert_equal '{"lines":[["a b"]]}', noted("input")
  end

  def test_a_topology_by_its_class
    load write("mine.rb", "class TestingTopology < Gstorm::Topology; configure; end")
    with_gstorm(JSON.generate(RESULT)) { Gstorm::Testing.complete(TestingTopology) }
    assert_equal ["complete", File.join(@dir, "mine.rb"), "--mock", "-", "--class", "TestingTopology", "--"], noted("arguments").lines(chomp: true)
  end

  def test_what_gstorm_could_not_run
    with_gstorm("", status: 2) do
      assert_equal "said", assert_raises(Gstorm::Testing::Failed) { Gstorm::Testing.complete("x.rb") }.message
    end
    ENV["GSTORM"] = "/no/such/gstorm"
    assert_match(/set GSTORM to its path/, assert_raises(Gstorm::Testing::Failed) { Gstorm::Testing.complete("x.rb") }.message)
  ensure
    ENV.delete("GSTORM")
  end
end
