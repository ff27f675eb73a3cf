# frozen_string_literal: true

require "test_helper"

# RedStorm's topology statements, as topologies of many years ago use them.
class RedStormTopologyTest < Minitest::Test
  include TopologySource

  COMPONENTS = <<~RUBY
    require 'red_storm'
    class S < RedStorm::DSL::Spout
      output_fields :a
      on_send {}
    end
    class B < RedStorm::SimpleBolt
      output_fields :b
      on_receive {|t| t[0]}
    end
  RUBY

  def topology(body, *arguments)
    describe("#{COMPONENTS}class MyTopology < RedStorm::SimpleTopology\n#{body}\nend", *arguments)
  end

  def inputs(body)
    topology("spout S\nbolt(B) { #{body} }").component("b")["inputs"].map { |input| input.values_at("from", "stream", "grouping", "fields").compact }
  end

  def test_implicit_ids_and_names_keep_redstorms_quirks
    names = { "PHTopology" => "p_htopology", "ParseJSON" => "parse_js_on", "TFIDFTopology" => "t_fi_df_topology",
              "WordCount2" => "word_count2", "A::B::HelloWorld" => "hello_world", "JRubyShellBolt" => "j_ruby_shell_bolt" }

    assert_equal names.values, names.keys.map { |name| Gstorm::ImplicitId.of(name) }
    assert_equal "my_topology", topology("spout S").topology["name"]
  end

  def test_every_grouping_in_every_spelling
    %w[shuffle global none all direct local_or_shuffle].each do |grouping|
      assert_equal [["s", "default", grouping]], inputs("source S, :#{grouping}")
    end
    assert_equal [["s", "default", "shuffle"]], inputs("source 's', :shuffle => true")
    assert_equal [["s", "default", "fields", ["a"]]], inputs("source :s, :fields => :a")
    assert_equal [["s", "default", "fields", %w[a b]]], inputs("source S, :fields => ['a', :b]")
    assert_equal [["s", "default", "partial_key", ["a"]]], inputs("source S, :partial_key => ['a']")
    assert_equal [["1", "err", "shuffle"], ["s", "default", "all"]], inputs("source 1, :shuffle, :err; source S, :all")
  end

  def test_options_of_components
    described = topology(<<~RUBY)
      spout S, [1, 2], {:id => 1, :parallelism => 3, :ack => true}
      bolt(B, :id => :'two', tasks: 4) { source 1, :shuffle }
    RUBY

    assert_equal [["1", 3, 3], ["two", 1, 4]], described.topology["components"].map { |c| c.values_at("id", "parallelism", "tasks") }
  end

  def test_output_fields_of_the_topology_win_stream_by_stream
    described = topology(<<~RUBY)
      class Many < RedStorm::DSL::Bolt
        output_fields :x, :err => :message
        on_receive {|t| t}
      end
      spout S do
        output_fields 'word', :count
      end
      bolt(Many) { source S, :shuffle; output_fields :err => [:m, :n], :good => :g }
    RUBY

    assert_equal({ "default" => { "fields" => %w[word count] } }, described.component("s")["outputs"])
    assert_equal({ "default" => { "fields" => ["x"] }, "err" => { "fields" => %w[m n] }, "good" => { "fields" => ["g"] } },
                 described.component("many")["outputs"])
  end

  def test_configuration_verbs
    described = topology(<<~RUBY)
      configure "Name-With-Dash" do |env|
        debug true
        num_workers 2
        num_ackers 3
        max_task_parallelism 4
        max_spout_pending 5
        message_timeout_secs 6
        stats_sample_rate 0.5
        optimize false
        fall_back_on_java_serialization true
        skip_missing_kryo_registrations true
        kryo_factory "x"
        set 'tracks', 'a,b'
        set Backtype::Config::TOPOLOGY_WORKER_CHILDOPTS, "-Xmx1g"
        set "env", env
      end
      spout S
    RUBY

    assert_equal "Name-With-Dash", described.topology["name"]
    assert_equal({ "topology.debug" => true, "topology.workers" => 2, "topology.acker.executors" => 3, "topology.max.task.parallelism" => 4,
                   "topology.max.spout.pending" => 5, "topology.message.timeout.secs" => 6, "topology.stats.sample.rate" => 0.5,
                   "topology.optimize" => false, "topology.fall.back.on.java.serialization" => true,
                   "topology.skip.missing.kryo.registrations" => true, "topology.kryo.factory" => "x", "tracks" => "a,b",
                   "topology.worker.childopts" => "-Xmx1g", "env" => "local" }, described.topology["config"])
  end

  def test_the_class_and_the_topology_configure_a_component
    described = topology(<<~RUBY)
      class Own < RedStorm::DSL::Bolt
        configure { debug true; set "k", 1 }
        on_receive {|t| t}
      end
      spout(S) { set 'tracks', 'x' }
      bolt(Own) { source S, :shuffle; max_task_parallelism 8; set "k", 2 }
    RUBY

    assert_equal({ "tracks" => "x" }, described.component("s")["config"])
    assert_equal({ "topology.debug" => true, "k" => 2, "topology.max.task.parallelism" => 8 }, described.component("own")["config"])
  end

  def test_shell_components_run_beside_the_topology
    write("resources/split.py", "")
    described = describe(<<~RUBY)
      require 'red_storm'
      java_import 'redstorm.storm.jruby.JRubyShellBolt'
      class T < RedStorm::DSL::Topology
        spout JRubyShellSpout, ["python", "lines.py"], :id => "lines" do
          output_fields :line
        end
        bolt JRubyShellBolt, ["python", "split.py"] do
          output_fields "word"
          source "lines", :shuffle
        end
      end
    RUBY

    assert_equal({ "type" => "shell", "command" => %w[python split.py], "dir" => "resources" }, described.component("j_ruby_shell_bolt")["run"])
    assert_equal({ "default" => { "fields" => ["line"] } }, described.component("lines")["outputs"])
  end

  def test_storms_test_word_spout_comes_with_gstorm
    described = describe(<<~RUBY)
      java_import 'backtype.storm.testing.TestWordSpout'
      require 'red_storm'
      class T < RedStorm::DSL::Topology
        spout TestWordSpout, :parallelism => 2 do
          debug true
        end
      end
    RUBY
    component = described.component("test_word_spout")

    assert_equal({ "type" => "builtin", "name" => "TestWordSpout" }, component["run"])
  end

  def test_java_classes_that_are_not_here_say_so_when_they_are_used
    import = "java_import 'storm.kafka.KafkaSpout', 'storm.kafka.SpoutConfig'\n#{COMPONENTS}"

    assert_equal "t", describe("#{import}class T < RedStorm::DSL::Topology\nspout S\nend").topology["name"]
    assert_equal "topology.rb:12: error: the Java class storm.kafka.SpoutConfig is not available in gstorm",
                 problem("#{import}class T < RedStorm::DSL::Topology\nspout KafkaSpout, [SpoutConfig.new(1)]\nend")
    assert_equal "topology.rb:12: error: the Java class storm.kafka.KafkaSpout is not available in gstorm",
                 problem("#{import}class T < RedStorm::DSL::Topology\nspout KafkaSpout, [1]\nend")
  end

  def test_drpc_and_batches_say_so_when_they_are_used
    assert_match(/DRPC topologies \(T\) are not available in gstorm yet/,
                 problem("#{COMPONENTS}class T < RedStorm::DSL::DRPCTopology\ninput_bolt(B) { }\nend"))
    assert_match(/batch components \(X\) are not available in gstorm yet/,
                 problem("#{COMPONENTS}class X < RedStorm::DSL::BatchBolt; end\nclass T < RedStorm::DSL::Topology\nbolt(X) { }\nend"))
  end

  def test_what_old_files_expect_of_ruby
    described = describe(<<~RUBY)
      require 'java'
      require 'red_storm'
      java_import 'java.lang.System'
      require 'red_storm/dsl/topology'
      require 'red_storm/configurator'
      puts [RedStorm::VERSION, JRUBY_VERSION, defined?(JRUBY_VERSION).inspect, System.properties["java.runtime.version"], 1.is_a?(Fixnum),
            File.exists?(__FILE__), Java::OrgApacheLog4j::Logger.getLogger("x").info("logged").inspect, java.lang.System.currentTimeMillis > 0].join(",")
      #{COMPONENTS}
      class T < RedStorm::DSL::Topology
        spout S
      end
    RUBY

    assert_equal "t", described.topology["name"], described.stderr
    assert_equal ["INFO logged", "0.8.1,none (gstorm),nil,none (gstorm),true,true,nil,true"],
                 described.stderr.lines(chomp: true).grep_v(/warning/)
  end

  def test_a_spec_can_build_the_topology
    described = describe(<<~RUBY)
      #{COMPONENTS}
      class Twice < RedStorm::DSL::Topology
        spout S
        spout S
      end
      class Lost < RedStorm::DSL::Topology
        bolt(B) { source "x", :shuffle }
      end
      [Twice, Lost].each { |t| t.build_topology rescue puts($!.message) }
      class T < RedStorm::DSL::Topology
        spout S
      end
      puts T.build_topology.components.map(&:id).inspect, T.spouts.size, T.bolts.size
    RUBY

    assert_equal ["duplicate id in S on id=s", "cannot resolve B source id=x", '["s"]', "1", "0"], described.stderr.lines(chomp: true)
  end
end
