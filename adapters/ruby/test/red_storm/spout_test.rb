# frozen_string_literal: true

require "test_helper"

# RedStorm's spouts at work.
class RedStormSpoutTest < Minitest::Test
  include TopologySource

  def spout(body, outputs: { "default" => ["x"] }, consumed: [], **options, &block)
    source = <<~RUBY
      require 'red_storm'
      class S < RedStorm::DSL::Spout
      #{body}
      end
      class T < RedStorm::DSL::Topology
        spout S
      end
    RUBY
    task(source, "s", outputs: outputs, consumed: consumed, **options, &block)
  end

  # What on_send returns => [values without :reliable, values with it].
  SENT = {
    "nil" => [nil, nil], "false" => [nil, nil], "'s'" => [["s"], nil], "[]" => [nil, nil], "[1, 2]" => [[1, 2], [2]],
    "[1, [2, [3]]]" => [[1, 2, 3], [2, 3]], "[[1, 2], [3]]" => [[1, 2, 3], [2, 3]], "[1, {a: [2]}]" => [[1, { "a" => [2] }], [{ "a" => [2] }]]
  }.freeze

  [false, true].each do |reliable|
    define_method(:"test_sent_values_reliable_#{reliable}") do
      codes = SENT.keys.join(", ")
      spout("on_init { @values = [#{codes}] }\non_send(:reliable => #{reliable}) { @values.shift }") do |host|
        SENT.each do |code, expected|
          values = expected[reliable ? 1 : 0]
          messages = host.command("next")
          assert_equal [values].compact, messages.map { |message| message["tuple"] }, code
          assert_equal reliable, messages.first.key?("id") if values
        end
      end
    end
  end

  def test_emit_false_emits_nothing_by_itself
    spout("on_send(:emit => false) { unreliable_emit 1; emit 2; reliable_emit 'id', 3; 4 }") do |host|
      assert_equal [[[1], false], [[2], false], [[3], true]], host.command("next").map { |message| [message["tuple"], message.key?("id")] }
    end
  end

  def test_ids_come_back_as_the_same_objects
    spout(<<~RUBY) do |host|
      on_init { @ids = [1, Time.now, [1, [2]], :sym, Object.new, "s"]; @sent = [] }
      on_send(:emit => false) { id = @ids.shift; @sent << id; reliable_emit(id, 'x') }
      on_ack { |id| log.info "ack \#{id.equal?(@sent.shift)}" }
      on_fail { |id| log.info "fail \#{id.equal?(@sent.shift)}" }
    RUBY
      6.times do |i|
        id = host.command("next").first["id"]
        assert_kind_of String, id
        verb = i.even? ? "ack" : "fail"
        assert_equal ["#{verb} true"], host.command(verb, id).map { |message| message["msg"] }
        assert_empty host.command(verb, id), "an id is settled once"
      end
      assert_empty host.command("ack", "of-another-process")
    end
  end

  HOOKS = %w[on_init on_close on_activate on_deactivate on_ack on_fail].freeze
  ARGUMENTS = { "on_ack" => "id", "on_fail" => "id" }.freeze

  STYLES = {
    "blocks" => HOOKS.map { |hook| "#{hook} { |#{ARGUMENTS[hook]}| puts ['#{hook}', #{ARGUMENTS[hook]}].join(' ') }" },
    "blocks_without_parameters" => HOOKS.map { |hook| "#{hook} { puts ['#{hook}'#{", 7" if ARGUMENTS[hook]}].join(' ') }" },
    "names" => HOOKS.map { |hook| "#{hook} :my_#{hook}\ndef my_#{hook}(#{ARGUMENTS[hook]}) = puts(['#{hook}', #{ARGUMENTS[hook]}].join(' '))" },
    "methods" => HOOKS.map { |hook| "def #{hook}(#{ARGUMENTS[hook]}) = puts(['#{hook}', #{ARGUMENTS[hook]}].join(' '))" }
  }.freeze

  STYLES.each do |style, hooks|
    define_method(:"test_hooks_written_as_#{style}") do
      spout("#{hooks.join("\n")}\non_send(:reliable => true) { [7, 'x'] }") do |host|
        host.command("activate")
        2.times.map { host.command("next").first["id"] }.zip(%w[ack fail]) { |id, verb| host.command(verb, id) }
        host.command("deactivate")
        assert_equal 0, host.finish.exitstatus
        assert_equal ["on_init", "on_activate", "on_ack 7", "on_fail 7", "on_deactivate", "on_close"], host.stdout.lines.map(&:strip)
      end
    end
  end

  def test_on_send_by_name_and_as_a_method
    ["on_send :more\ndef more = 1", "on_send :emit => true\ndef on_send = 1", "def on_send() return 1 end"].each do |body|
      spout(body) { |host| assert_equal [1], host.command("next").first["tuple"] }
    end
  end

  def test_a_host_that_does_not_activate
    spout("on_activate { @on = true }\non_send { @on.to_s }", offer: nil) do |host|
      assert_equal ["true"], host.command("next").first["tuple"]
    end
  end

  def test_streams
    spout(<<~RUBY, outputs: { "default" => ["x"], "err" => %w[a b] }) do |host|
      on_send(:emit => false) { reliable_stream_emit(:err, 1, 'a', 'b'); unreliable_stream_emit('err', 'c', 'd') }
    RUBY
      assert_equal [["err", %w[a b], true], ["err", %w[c d], false]],
                   host.command("next").map { |m| [m["stream"], m["tuple"], m.key?("id")] }
    end
  end

  def test_subclasses_inherit_methods_but_no_options
    spout(<<~RUBY) do |host|
      class Base < RedStorm::DSL::Spout
        def initialize(step) = @step = step
        on_send(:reliable => true) { [@step, 'x'] }
      end
      class Derived < Base
        def initialize = super(3)
      end
      def initialize = @inner = Derived.new
      on_send { [@inner.send(:on_send), self.class.reliable?, Derived.reliable?, Base.reliable?, Derived.emit?].flatten }
    RUBY
      assert_equal [3, "x", false, false, true, true], host.command("next").first["tuple"]
    end
  end

  def test_collector_config_and_context
    spout("on_send(:emit => false) { collector.emit(Values.new(config['k'])); collector.emit(Values.new(1), 'id'); collector.emit('default', [2]) }",
          conf: { "k" => "v" }) do |host|
      assert_equal [[["v"], false], [[1], true], [[2], false]], host.command("next").map { |m| [m["tuple"], m.key?("id")] }
    end
  end

  def test_an_exception_is_reported_and_ends_the_process
    spout("on_send { raise 'oh' }") do |host|
      host.write("command" => "next", "id" => "")
      assert_equal ["error", "RuntimeError", 3], host.read.values_at("command", "class", "line")
      assert_equal 1, host.status.exitstatus
    end
  end

  def test_a_plain_class_with_storms_interface
    source = <<~RUBY
      class Native
        def open(conf, context, collector) = @collector = collector
        def nextTuple = @collector.emit(["x"], :id)
        def ack(id) = puts("acked \#{id.inspect}")
        def declareOutputFields(declarer) = declarer.declare(["word"])
      end
      require "red_storm"
      class T < RedStorm::DSL::Topology
        spout Native
      end
    RUBY
    task(source, "native", outputs: { "default" => ["word"] }) do |host|
      host.command("activate")
      host.command("ack", host.command("next").first["id"])
      host.command("fail", "x")
      host.finish
      assert_equal "acked :id\n", host.stdout
    end
  end
end
