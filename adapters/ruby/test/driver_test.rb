# frozen_string_literal: true

require "test_helper"

# The describing process after the submission.
class DriverTest < Minitest::Test
  include TopologySource

  COMPONENTS = <<~RUBY
    require "red_storm"
    class S < RedStorm::DSL::Spout; output_fields :a; on_send { 1 }; end
    class NativeBolt
      def prepare(conf, context, collector); end
      def execute(tuple); end
      def declare_output_fields(declarer) = declarer.declare(Fields.new("x"))
      def get_component_configuration; end
    end
  RUBY

  ON_SUBMIT = <<~RUBY
    #{COMPONENTS}
    module Helper
      def goodbye(env) = puts("goodbye \#{env}")
    end
    class T < RedStorm::DSL::Topology
      include Helper
      spout S
      on_submit do |env|
        goodbye env
        cluster.deactivate("t")
        cluster.activate("t")
        cluster.killTopology("t", 3)
        cluster.shutdown
        puts "after"
      end
    end
  RUBY

  def test_on_submit_runs_once_the_topology_does
    described = describe(ON_SUBMIT)
    assert described.topology["driver"]
    assert_equal "", described.stderr

    described.submitted
    calls = 4.times.map { answer(described) }

    assert_equal [["deactivate", "t", nil], ["activate", "t", nil], ["kill", "t", 3], ["shutdown", nil, nil]], calls
    assert_equal({ "event" => "done" }, described.read)
    assert_equal 0, described.status
    assert_equal "goodbye local\nafter\n", described.stderr
  end

  def test_an_error_of_the_host_is_raised_at_its_place
    described = describe(ON_SUBMIT)
    described.submitted
    described.write("reply" => described.read["id"], "error" => "there is no topology t")

    assert_equal ["topology.rb:18: error: there is no topology t"], described.read["problems"].map { |found| text(found) }
    assert_equal 1, described.status
  end

  def test_the_end_of_gstorm_is_the_end_of_the_driver
    described = describe("#{COMPONENTS}class T < RedStorm::DSL::Topology\n spout S\n on_submit { sleep }\nend")
    described.submitted
    described.hang_up

    assert_equal 0, described.status
  end

  def test_nothing_to_run_means_no_driver
    described = describe("#{COMPONENTS}class T < RedStorm::DSL::Topology\n spout S\nend")

    refute described.topology["driver"]
    assert_equal 0, described.status
  end

  def test_on_submit_by_the_name_of_a_method
    described = describe(<<~RUBY)
      #{COMPONENTS}
      class T < RedStorm::DSL::Topology
        spout S
        on_submit :submitted
        def submitted(env) = puts("submitted \#{env} \#{cluster.inspect}")
      end
    RUBY
    described.submitted

    assert_equal({ "event" => "done" }, described.read)
    assert_match(/submitted local #<.*Cluster/, described.stderr)
  end

  NATIVE = <<~RUBY
    #{COMPONENTS}
    module Deep
      class Native
        RedStorm::Configuration.topology_class = self

        def start(%s)
          builder = TopologyBuilder.new
          builder.setSpout("words", JRubySpout.new("x", "S", []), 2).setMaxSpoutPending(7)
          builder.set_bolt("native", JRubyBolt.new("x", "NativeBolt", []), 3).fields_grouping("words", Fields.new("a")).setNumTasks(6)
          builder.setBolt("plain", NativeBolt.new).shuffleGrouping("words", "other").addConfiguration("k", "v")
          conf = Backtype::Config.new
          conf.setNumWorkers(4)
          conf.put(Backtype::Config::TOPOLOGY_WORKER_CHILDOPTS, "-X")
          conf.debug = true
          cluster = LocalCluster.new
          cluster.submitTopology("name", conf, builder.createTopology)
          puts "submitted"
          cluster.shutdown
        end
      end
    end
  RUBY

  def test_a_topology_that_builds_itself
    ["env", "base_class_path, env"].each do |parameters|
      described = describe(format(NATIVE, parameters))

      assert_equal ["name", "Deep::Native", true], described.topology.values_at("name", "class", "driver")
      assert_equal({ "topology.workers" => 4, "topology.worker.childopts" => "-X", "topology.debug" => true }, described.topology["config"])
      assert_equal [["words", 2, 2], ["native", 3, 6], ["plain", 1, 1]],
                   described.topology["components"].map { |component| component.values_at("id", "parallelism", "tasks") }
      assert_equal({ "default" => { "fields" => ["x"] } }, described.component("native")["outputs"])
      assert_equal [["other", "shuffle", 18]], described.component("plain")["inputs"].map { |i| [i["stream"], i["grouping"], i["at"]["line"]] }
      described.submitted
      assert_equal ["shutdown", nil, nil], answer(described)
      assert_equal({ "event" => "done" }, described.read)
    end
  end

  def test_a_start_that_submits_nothing
    assert_equal "topology.rb:2: error: T#start has submitted no topology",
                 problem("require 'red_storm'\nclass T; RedStorm::Configuration.topology_class = self; def start(env) = nil; end")
  end

  def test_submit_options_count_on_a_cluster
    source = <<~RUBY
      #{COMPONENTS}
      class T < RedStorm::DSL::Topology
        spout S
        submit_options { |env| set_initial_status RedStorm::Storm::TopologyInitialStatus::INACTIVE }
        on_submit { p cluster }
      end
    RUBY

    assert_equal "active", describe(source).topology["status"]
    described = describe(source, "--env", "cluster")
    assert_equal "inactive", described.topology["status"]
    described.submitted("cluster")
    described.read
    assert_equal "nil\n", described.stderr
  end

  private

  def answer(described)
    call = described.read
    described.write("reply" => call["id"], "error" => nil)
    call.values_at("call", "name", "wait")
  end
end
