# frozen_string_literal: true

require "test_helper"

# What a file gets that can't be described: one message with file and line, and status 2.
class LoadProblemTest < Minitest::Test
  include TopologySource

  COMPONENTS = <<~RUBY
    require "gstorm"
    class S < Gstorm::Spout; output_fields :a; on_send { 1 }; end
    class B < Gstorm::Bolt; on_receive { |t| nil }; end
  RUBY

  def test_a_missing_file
    described = describe_file(File.join(@dir, "nope.rb"))

    assert_equal 2, described.status
    assert_equal ["error: there is no file nope.rb"], described.problems.map { |found| text(found) }
  end

  def test_a_syntax_error
    assert_match(/\Atopology.rb:2: error: syntax error.*end/, problem("class A\n  def x\n"))
  end

  def test_a_syntax_error_in_a_required_file
    write("helper.rb", "\n)")
    assert_match(/\Ahelper.rb:2: error: syntax error/, problem("require 'helper'"))
  end

  def test_an_exception
    write("helper.rb", "def helper = raise('too bad')")
    assert_equal "helper.rb:1: error: RuntimeError: too bad", problem("require 'helper'\nhelper")
    assert_equal "topology.rb:2: error: NameError: uninitialized constant Unknown", problem("\nUnknown")
    assert_match(/\Atopology.rb:1: error: ZeroDivisionError: divided by 0/, problem("1/0"))
  end

  def test_a_missing_gem_names_gem_and_file
    assert_equal 'topology.rb:2: error: the gem or library redis_of_no_one is missing (require "redis_of_no_one/client"): gem install redis_of_no_one',
                 problem("\nrequire 'redis_of_no_one/client'")
  end

  def test_a_missing_file_of_ones_own
    assert_match(%r{\Atopology.rb:1: error: can't load the file .*/helper}, problem("require_relative 'helper'"))
  end

  def test_no_topology
    assert_match(/\Atopology.rb:1: error: there is no topology in topology.rb: a topology is a class/, problem("puts 1"))
    assert_equal "topology.rb:2: error: the topology Empty declares neither spout nor bolt",
                 problem("require 'gstorm'\nclass Empty < Gstorm::Topology; end")
  end

  def test_an_unknown_setting_names_the_nearest
    assert_match(/\Atopology.rb:5: error: NoMethodError: unknown statement or setting 'num_workerz', did you mean num_workers\?/,
                 problem("#{COMPONENTS}class T < Gstorm::Topology\n spout(S) { num_workerz 1 }\nend"))
    assert_match(/'sorce', did you mean source\?/, problem("#{COMPONENTS}class T < Gstorm::Topology\n spout S\n bolt(B) { sorce S }\nend"))
    assert_match(/\Atopology.rb:6: error: NoMethodError: unknown statement or setting 'debgu', did you mean debug\?/,
                 problem("#{COMPONENTS}class T < Gstorm::Topology\n spout S\n configure { debgu true }\nend"))
  end

  def test_an_unknown_option
    assert_equal "topology.rb:5: error: ArgumentError: unknown option paralelism of S, did you mean parallelism?",
                 problem("#{COMPONENTS}class T < Gstorm::Topology\n spout S, paralelism: 2\nend")
  end

  def test_a_parallelism_that_is_no_number
    assert_equal "topology.rb:5: error: parallelism of s has to be a whole number, it is nil",
                 problem("#{COMPONENTS}class T < Gstorm::Topology\n spout S, parallelism: nil\nend")
  end

  def test_a_missing_body_in_redstorms_dsl
    assert_equal "topology.rb:6: error: B: bolt definition body required",
                 problem("require 'red_storm'\n#{COMPONENTS}class T < RedStorm::DSL::Topology\n bolt B\nend")
  end

  def test_components_that_can_be_none_are_all_told_with_their_place
    described = describe(<<~RUBY)
      #{COMPONENTS}
      class Idle < Gstorm::Bolt; end
      class T < Gstorm::Topology
        spout B
        spout Object, id: "o"
        bolt(Idle) { from S }
      end
    RUBY

    assert_equal ["topology.rb:7: error: B is a bolt, it is declared as a spout",
                  "topology.rb:8: error: Object is no spout: derive it from Gstorm::Spout, or give it next_tuple",
                  "topology.rb:9: error: Idle doesn't say what it does: give it on_receive { ... } or a method of that name"],
                 described.errors.map { |found| text(found) }
  end

  def test_what_the_validator_finds_is_described_as_it_was_written
    described = describe(<<~RUBY)
      #{COMPONENTS}
      class T < Gstorm::Topology
        spout(S, parallelism: 0) { from :nowhere, :sideways }
        bolt(B, parallelism: 10**9) { source "lost", :fields => :nope, :shuffle => true }
        bolt(B) { }
      end
    RUBY

    assert_equal %w[s b b], described.topology["components"].map { |component| component["id"] }
    assert_equal [0, 10**9, 1], described.topology["components"].map { |component| component["parallelism"] }
    assert_equal({ "from" => "nowhere", "stream" => "default", "grouping" => "sideways", "at" => { "file" => "topology.rb", "line" => 6 } },
                 described.topology["components"].first["inputs"].first)
  end

  def test_a_setting_that_json_cannot_carry
    assert_match(/error: config of s\["k"\]\[0\] is NaN/, problem("#{COMPONENTS}class T < Gstorm::Topology\n spout(S) { set 'k', [0.0/0] }\nend"))
  end

  def test_exit_while_loading_is_no_description
    described = describe("exit 3")

    assert_nil described.topology
    assert_equal ["topology.rb:1: error: the file ended the process with exit(3)"], described.problems.map { |found| text(found) }
    assert_equal 2, described.status
  end
end
