# frozen_string_literal: true

require "test_helper"

# RedStorm's bolts at work.
class RedStormBoltTest < Minitest::Test
  include TopologySource

  ONE_FIELD = { outputs: { "default" => ["x"] }, inputs: { "source" => ["word"] } }.freeze

  def bolt(body, **options, &block)
    source = <<~RUBY
      require 'red_storm'
      class B < RedStorm::DSL::Bolt
      #{body}
      end
      class T < RedStorm::DSL::Topology
        bolt(B, [1, "two"]) { source "source", :shuffle }
      end
    RUBY
    task(source, "b", **ONE_FIELD, **options, &block)
  end

  # [[command, tuple, anchored?], ...]: what a handler has led to, up to the log message that marks the end.
  def outcome(host)
    host.take_until("log")[0...-1].map do |message|
      [message["command"], message["tuple"], message["anchors"] && true].compact
    end
  end

  # What on_receive returns => the tuples that are emitted.
  RETURNED = {
    "nil" => [], "false" => [], "'s'" => [["s"]], "[]" => [], "[1, 2]" => [[1, 2]], "[[1], [2]]" => [[1], [2]],
    "[[1, 2]]" => [[1, 2]], "{a: 1}" => [[{ "a" => 1 }]], "true" => [[true]]
  }.freeze

  [true, false].product([true, false], [true, false], [nil, true]).each do |emit, ack, anchor, strict|
    next if strict && !ack

    define_method(:"test_returned_values_emit_#{emit}_ack_#{ack}_anchor_#{anchor}_strict_#{strict.inspect}") do
      body = "on_receive(:emit => #{emit}, :ack => #{ack}, :anchor => #{anchor}) {|t| t[0] == 'end' ? (log.info('end')) : eval(t[0]) }"
      bolt(body, conf: { "redstorm.strict_ack" => strict }, consumed: []) do |host|
        RETURNED.each do |code, tuples|
          host.tuple(code)
          host.tuple("end", id: "end")
          rows = emit ? tuples.map { |tuple| ["emit", tuple, (true if anchor)].compact } : []
          truthy = !%w[nil false].include?(code)
          acked = ack && (!strict || (emit && truthy))
          assert_equal rows + (acked ? [["ack"]] : []), outcome(host), code
          host.read if ack && !strict # the ack of "end"
        end
      end
    end
  end

  def test_both_generations_of_blocks
    bolt("on_init { |*| @n = 1 }\non_receive(:emit => false) do\n @n += 1\n log.info(@n)\n return 5\n end") do |host|
      host.tuple("a")
      assert_equal "2", host.read["msg"]
    end
    bolt("on_receive { |t, other| next 'early' if t[0] == 'a'; other.inspect }") do |host|
      host.tuple("a")
      assert_equal ["early"], host.read["tuple"]
      host.tuple("b")
      assert_equal ["nil"], host.read["tuple"]
    end
  end

  STYLES = {
    "blocks" => "on_init { @log = ['init'] }\non_receive { |t| (@log << t[0]).join }\non_close { puts 'closed' }",
    "names" => "on_init :a\non_receive :b, :emit => true\non_close :c\ndef a = @log = ['init']\n
                def b(t) = (@log << t[0]).join\ndef c = puts('closed')",
    "methods" => "on_receive :emit => true\nprivate\ndef on_init = @log = ['init']\n
                  def on_receive(t) = (@log << t[0]).join\ndef on_close = puts('closed')"
  }.freeze

  STYLES.each do |style, body|
    define_method(:"test_hooks_written_as_#{style}") do
      bolt(body) do |host|
        host.tuple("x")
        assert_equal ["initx"], host.read["tuple"]
        assert_equal 0, host.finish.exitstatus
        assert_equal "closed\n", host.stdout
      end
    end
  end

  def test_explicit_emits_and_acks
    bolt(<<~RUBY, outputs: { "default" => ["x"], "err" => ["m"] }) do |host|
      on_receive :emit => false do |t|
        log.info [unanchored_emit(1), anchored_emit(t, 2), unanchored_stream_emit(:err, 3), anchored_stream_emit('err', t, 4),
                  emit(5, anchor: t, stream: :err), t[0] == "no" ? fail(t) : ack(t)].compact.size
      end
    RUBY
      messages = host.tap { host.tuple("a") }.take_until("log")
      assert_equal [[1, nil, nil], [2, ["1"], nil], [3, nil, "err"], [4, ["1"], "err"], [5, ["1"], "err"]],
                   messages.first(5).map { |m| [m["tuple"].first, m["anchors"], m["stream"]] }
      assert_equal({ "command" => "ack", "id" => "1" }, messages[5])
      assert_equal "0", messages[6]["msg"]
      assert_equal "fail", host.handle("no").last["command"]
    end
  end

  def test_the_stream_of_what_is_returned
    bolt("on_receive(:stream => :err, :anchor => true) { |t| t[0] }", outputs: { "err" => ["m"] }) do |host|
      host.tuple("a")
      assert_equal ["err", ["1"]], host.read.values_at("stream", "anchors")
    end
  end

  def test_an_explicit_ack_counts_once
    bolt("on_receive(:ack => true) { |t| ack(t); log.info('end'); t[0] }") do |host|
      host.tuple("a")
      assert_equal [["ack"]], outcome(host)
      assert_equal "emit", host.read["command"]
      host.tuple("b")
      assert_equal "ack", host.read["command"]
    end
  end

  def test_every_way_to_ask_a_tuple
    bolt(<<~RUBY, inputs: { "source" => %w[word count] }) do |host|
      on_receive do |t|
        [[t[0], t[:word], t['word'], t.value(1), t.word, t.getString(0), t.get_value_by_field("count"), t.getLongByField('count'),
          t.values, t.getValues, t.field_index(:count), t.fieldIndex("count"), t.contains?(:x), t.contains("word"), t.size,
          t.source_component, t.getSourceComponent, t.getSourceStreamId, t.get_source_task, t.getMessageId, t.getFields.to_a, t.tick?].inspect]
      end
    RUBY
      host.tuple("a", 7)
      assert_equal ["a", "a", "a", 7, "a", "a", 7, 7, ["a", 7], ["a", 7], 1, 1, false, true, 2,
                    "source", "source", "default", 1, "1", %w[word count], false].inspect, host.read["tuple"].first
    end
  end

  def test_symbol_keys_survive_two_hops
    bolt("on_receive { |t| d = t['word']; [{ :user => { :name => d[:user][:name] }, :keys => [d.key?(:user), d.dig(:user, :name)] }] }") do |host|
      host.tuple({ "user" => { "name" => "ann" } })
      sent = host.read["tuple"].first
      assert_equal({ "user" => { "name" => "ann" }, "keys" => [true, "ann"] }, sent)
      host.tuple(sent)
      assert_equal "ann", host.read["tuple"].first.dig("user", "name")
    end
  end

  def test_a_terminal_bolt_may_return_anything
    bolt("on_receive { |t| t[0] == 'end' ? log.info('end') : Object.new }", outputs: {}) do |host|
      host.tuple("a")
      host.tuple("end")
      assert_empty outcome(host)
    end
    bolt("on_receive(:ack => true) { |t| [1, Object.new] }", consumed: []) do |host|
      assert_equal [nil, nil], host.handle("a").first["tuple"]
    end
  end

  def test_loggers_return_nil
    bolt("on_receive { |t| log.#{%w[trace debug info warn error fatal].join("('a') || log.")}('a') }") do |host|
      host.tuple("a")
      assert_equal [0, 1, 2, 3, 4, 4], 6.times.map { host.read["level"] }
      host.heartbeat
      assert_equal "sync", host.read["command"]
    end
  end

  def test_constructor_arguments_reach_the_component
    bolt("def initialize(a, b) = @args = [a, b]\non_receive { |t| [@args.inspect] }") do |host|
      host.tuple("a")
      assert_equal ['[1, "two"]'], host.read["tuple"]
    end
    bolt("def initialize = @args = []\non_receive { |t| [@args.inspect] }") do |host|
      host.tuple("a")
      assert_equal ["[]"], host.read["tuple"]
    end
  end

  def test_execute_may_be_overridden
    bolt("def execute(t)\n collector.emit(t, Values.new(config['web.host'], context.component_id))\n collector.ack(t)\nend",
         conf: { "web.host" => "h" }, outputs: { "default" => %w[a b] }) do |host|
      assert_equal [["h", "b"], nil], host.handle("a").map { |message| message["tuple"] }
    end
  end

  def test_an_exception_is_reported_and_ends_the_process
    bolt("on_receive { |t| 1 / 0 }") do |host|
      host.tuple("a")
      error = host.read
      assert_equal ["error", "ZeroDivisionError", "topology.rb", 3, "1"], error.values_at("command", "class", "file", "line", "id")
      assert_match(%r{topology.rb:3:in `/'.*divided by 0}, error["msg"])
      assert_equal 1, host.status.exitstatus
    end
  end

  def test_an_exception_fails_the_tuple_if_the_configuration_says_so
    bolt("on_receive(:ack => true) { |t| 1 / t[0] }", conf: { "redstorm.on_exception" => "fail_tuple" }) do |host|
      assert_equal %w[error fail], host.handle(0).map { |message| message["command"] }
      assert_equal %w[emit ack], host.handle(1).map { |message| message["command"] }
    end
  end

  def test_kernels_fail_is_still_there
    bolt("on_receive { |t| begin; fail 'text'; rescue => e; e.message; end }") do |host|
      host.tuple("a")
      assert_equal ["text"], host.read["tuple"]
    end
  end

  def test_ticks_reach_on_receive
    bolt("on_receive { |t| t.tick? ? 'tick' : 'tuple' }") do |host|
      host.tick
      assert_equal ["tick"], host.read["tuple"]
    end
  end

  def test_a_plain_class_with_storms_interface
    source = <<~RUBY
      require "red_storm"
      class Native
        def prepare(conf, context, collector) = (@k, @collector = conf["k"], collector)
        def execute(tuple)
          @collector.emit(Values.new(@k))
          @collector.emit(tuple, Values.new(tuple.getString(0)))
          @collector.emit([tuple], ["many"])
          @collector.emit("other", Values.new(1))
          @collector.emit("other", tuple, Values.new(2))
          @collector.emitDirect(9, "other", [3])
          @collector.reportError("oh")
          @collector.ack(tuple)
        end
        def cleanup = puts("cleaned up")
        def declare_output_fields(declarer)
          declarer.declare(Fields.new("word"))
          declarer.declareStream("other", true, Fields.new("n"))
        end
        def get_component_configuration = { "k" => 1 }
      end
      class T < RedStorm::DSL::Topology
        bolt(Native) { source "source", :shuffle }
      end
    RUBY
    described = describe(source).component("native")
    assert_equal [{ "default" => { "fields" => ["word"] }, "other" => { "fields" => ["n"], "direct" => true } }, { "k" => 1 }],
                 described.values_at("outputs", "config")

    task(source, "native", conf: { "k" => "v" }, outputs: { "default" => ["word"], "other" => ["n"] }) do |host|
      messages = host.handle("a")
      assert_equal [[["v"], nil, nil, nil], [["a"], ["1"], nil, nil], [["many"], ["1"], nil, nil], [[1], nil, "other", nil],
                    [[2], ["1"], "other", nil], [[3], nil, "other", 9]],
                   messages.first(6).map { |m| m.values_at("tuple", "anchors", "stream", "task") }
      assert_equal %w[error ack], messages.last(2).map { |m| m["command"] }
      host.finish
      assert_equal "cleaned up\n", host.stdout
    end
  end
end
