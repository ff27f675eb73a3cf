# frozen_string_literal: true

require "test_helper"

# Gstorm::Bolt at work.
class BoltTest < Minitest::Test
  include TopologySource

  STREAMS = { outputs: { "default" => ["x"], "late" => %w[a b] }, inputs: { "source" => %w[word count] } }.freeze

  def bolt(body, args: "[]", **options, &block)
    source = <<~RUBY
      require "gstorm"
      class B < Gstorm::Bolt
      #{body}
      end
      class T < Gstorm::Topology
        bolt(B, args: #{args}) { from "source" }
      end
    RUBY
    task(source, "b", **STREAMS, **options, &block)
  end

  def rows(messages) = messages.filter_map { |message| message.values_at("tuple", "anchors") if message["command"] == "emit" }

  def test_what_is_returned_is_emitted_anchored_and_acked
    bolt("on_receive { |t| eval(t.word) }") do |host|
      { "nil" => [], "false" => [], "[]" => [], "'s'" => [["s"]], "[1]" => [[1]], "[[1], [2]]" => [[1], [2]], "{a: 1}" => [[{ "a" => 1 }]] }
        .each do |code, tuples|
          messages = host.handle(code, 0)
          assert_equal tuples.map { |tuple| [tuple, [messages.last["id"]]] }, rows(messages), code
          assert_equal "ack", messages.last["command"]
        end
    end
  end

  def test_what_a_component_knows_is_in_no_error_message
    bolt("on_receive { |t| no_such_method }") do |host|
      error = host.handle("x", 0).find { |message| message["command"] == "error" }
      assert_operator error["msg"].lines.first.size, :<, 200
    end
  end

  def test_a_handler_that_emits_returns_nothing
    bolt("on_receive { |t| t.word.each_char { |c| emit c } }") do |host|
      assert_equal [[["a"], ["1"]], [["b"], ["1"]]], rows(host.handle("ab", 0))
    end
  end

  def test_emit_to_streams_tasks_and_anchors
    bolt(<<~RUBY) do |host|
      on_receive do |t|
        @first ||= t
        emit 1, 2, stream: :late
        emit 3, anchor: false
        emit 4, anchor: [@first, t], task: 7
        emit 5, anchor: @first
      end
    RUBY
      host.handle("a", 0)
      sent = host.handle("b", 0).first(4)
      assert_equal [[[1, 2], ["2"], "late", nil], [[3], nil, nil, nil], [[4], %w[1 2], nil, 7], [[5], ["1"], nil, nil]],
                   sent.map { |m| m.values_at("tuple", "anchors", "stream", "task") }
      assert_equal [false], sent.map { |m| m["need_task_ids"] }.uniq
    end
  end

  def test_task_ids_only_if_asked_for
    bolt("on_receive { |t| ids = emit(1, task_ids: true); direct = emit(2, task: 4, task_ids: true); log.info [ids, direct, emit(3)].inspect; nil }") do |host|
      host.tuple("a", 0)
      assert host.read["need_task_ids"]
      host.tuple("b", 0) # comes in between
      host.write([5, 6])
      host.write([8]) # nobody has asked
      messages = host.take_until("log")
      assert_equal "[[5, 6], [4], nil]", messages.last["msg"]
    end
  end

  def test_an_exception_fails_the_tuple_and_no_more
    bolt("on_receive { |t| [1 / t.count] }") do |host|
      error, failed = host.handle("a", 0)
      assert_equal ["error", "ZeroDivisionError", "topology.rb", 3, "1"], error.values_at("command", "class", "file", "line", "id")
      assert_equal "fail", failed["command"]
      refute_match(%r{lib/gstorm}, error["msg"])
      assert_equal "ack", host.handle("a", 1).last["command"]
    end
  end

  def test_manual_acks
    bolt("on_receive(ack: false) { |t| t.count == 0 ? fail(t) : ack(t) if t.count < 2; log.info 'end' }") do |host|
      assert_equal "fail", host.handle("a", 0).last["command"]
      host.read
      assert_equal "ack", host.handle("a", 1).last["command"]
      host.read
      host.tuple("a", 2)
      assert_equal "end", host.read["msg"]
    end
  end

  def test_options_of_on_receive_fields_and_ticks_are_inherited
    bolt(<<~RUBY) do |host|
      class Base < Gstorm::Bolt
        output_fields :base
        on_receive(anchor: false, stream: :late) { |t| [self.class.component_config.to_s, self.class.outputs.to_h.keys.join(",")] }
        on_tick(5) { emit "tick" }
      end
      class Derived < Base
        stream :more, :x
        configure { debug true }
      end
      Inner = Derived
      def self.new = Derived.new
      on_receive { |t| nil }
    RUBY
      message = host.handle("a", 0).first
      assert_equal ["late", nil], message.values_at("stream", "anchors")
      assert_equal [{ "topology.tick.tuple.freq.secs" => 5, "topology.debug" => true }.to_s, "default,more"], message["tuple"]
      host.tick
      assert_equal [[["tick"], nil]], rows(host.take_until("ack"))
    end
  end

  def test_ticks_are_acked_and_reach_nobody_who_does_not_want_them
    bolt("on_receive { |t| raise 'a tick' if t.tick?; t.word }") do |host|
      assert_equal "ack", host.tap(&:tick).read["command"]
    end
  end

  def test_batches_are_handled_group_by_group_at_a_tick_or_at_the_end
    bolt("on_batch(every: 2, by: :word) { |word, tuples| raise 'bad' if word == 'b'; tuples.sum(&:count) }") do |host|
      host.tuple("a", 1)
      host.tuple("b", 2)
      host.tuple("a", 3)
      host.tick
      messages = 6.times.map { host.read }
      assert_equal [["emit", nil], %w[ack 1], %w[ack 3], %w[error 2], %w[fail 2], %w[ack 4]],
                   messages.map { |message| message.values_at("command", "id") }
      assert_equal [[[4], %w[1 3]]], rows(messages)
      host.tuple("c", 5)
      assert_equal 0, host.finish.exitstatus
      assert_equal [[5], ["5"]], rows(host.messages).last
    end
  end

  def test_what_batches_are_made_by
    { "nil" => [[3]], ":word" => [[2], [1]], "%w[word count]" => [[1], [1], [1]], "->(t) { t.count }" => [[2], [1]] }.each do |by, sizes|
      bolt("on_batch(every: 1, by: #{by}) { |_, tuples| tuples.size }") do |host|
        [["a", 1], ["a", 2], ["b", 1]].each { |values| host.tuple(*values) }
        host.finish
        assert_equal sizes, rows(host.messages).map(&:first), by
      end
    end
  end

  def test_arguments_config_context_and_metrics
    bolt(<<~RUBY, args: "{ min: 3 }", conf: { "topology.name" => "t", "k" => { "x" => 1 } }) do |host|
      def initialize(min: 0) = @min = min
      on_init { @ready = config[:k][:x] }
      on_receive do |t|
        metric.incr :words
        metric.incr :words, 5
        metric.gauge "queue", 1.5
        report_metric :other, { "a" => 1 }
        [[@min, @ready, context.task_id, context.component_id, context.topology_name, context.task_index, Gstorm.role].inspect]
      end
    RUBY
      messages = host.handle("a", 0)
      assert_equal [["words", 1], ["words", 5], ["queue", 1.5], ["other", { "a" => 1 }]],
                   messages.first(4).map { |message| message.values_at("name", "params") }
      assert_equal [[3, 1, 3, "b", "t", 0, :task].inspect], messages[4]["tuple"]
    end
  end

  def test_threads_of_its_own_emit_without_an_anchor
    bolt("on_receive { |t| Thread.new { emit t.word }.join; nil }") do |host|
      assert_equal [[["a"], nil]], rows(host.handle("a", 0))
    end
  end

  def test_a_bad_constructor_ends_the_task_with_an_error
    bolt("def initialize(needed) = nil\non_receive { |t| }") do |host|
      assert_equal ["error", "ArgumentError"], host.read.values_at("command", "class")
      assert_equal 1, host.status.exitstatus
    end
  end
end
