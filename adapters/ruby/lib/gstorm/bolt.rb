# frozen_string_literal: true

require "gstorm/batching"
require "gstorm/bolt_collector"
require "gstorm/component"
require "gstorm/tuple"

module Gstorm
  # A bolt: what on_receive returns or emits is anchored to the tuple that it got, which is acked when on_receive returns
  # and failed when it raises. An exception is reported, with its place, and the process lives on.
  #
  #   class Count < Gstorm::Bolt
  #     output_fields :word, :n
  #     on_init { @n = Hash.new(0) }
  #     on_receive { |t| [t.word, @n[t.word] += 1] }
  #   end
  class Bolt
    include Component

    RECEIVE_OPTIONS = { emit: true, ack: true, anchor: true, stream: nil }.freeze
    TICK_CONFIG = "topology.tick.tuple.freq.secs"

    class << self
      # on_receive { |tuple| ... }, on_receive :method, or def on_receive(tuple). What it returns is emitted: a value, an
      # array of values, or an array of such arrays; nothing if it has called emit itself.
      # Options: emit: false (the return value is of no interest), ack: false (call ack or fail yourself),
      # anchor: false, stream: :name.
      def on_receive(method_name = nil, **options, &block)
        unknown = options.keys - RECEIVE_OPTIONS.keys
        raise ArgumentError, "unknown option #{unknown.first} of on_receive" unless unknown.empty?

        @receive_options = receive_options.merge(options)
        implement(:on_receive, 1, method_name, &block)
      end

      # Every so many seconds, between tuples. What it emits has no anchor.
      def on_tick(secs, method_name = nil, &block)
        @tick_secs = secs
        implement(:on_tick, 1, method_name, &block)
      end

      # Instead of on_receive: every so many seconds, with what has come since, group by group. by: a field, several, or a
      # Proc that makes a tuple's key; without it all tuples are one group, whose key is nil. See Batching.
      def on_batch(method_name = nil, every:, by: nil, &block)
        include(Batching)
        @tick_secs = every
        @batch_key = Batching.key(by)
        implement(:on_batch, 2, method_name, &block)
      end

      def batch_key = @batch_key || inherited_from(:batch_key, nil)

      def receive_options
        @receive_options || inherited_from(:receive_options, RECEIVE_OPTIONS)
      end

      def tick_secs = @tick_secs || inherited_from(:tick_secs, nil)
      def component_config = tick_secs ? { TICK_CONFIG => tick_secs }.merge(super) : super
      def kind = "bolt"
      def required_hook = self < Batching ? :on_batch : :on_receive
    end

    # Emits on the default stream or on stream:, anchored to the tuple being handled or to anchor: (a tuple, several, or
    # false for none), to the consumers or only to task:. From a thread of your own there is no tuple being handled.
    # Returns nil; with task_ids: true the tasks that got it, which takes a round trip.
    def emit(*values, stream: nil, anchor: :current, task: nil, task_ids: false)
      @emitted = true
      anchor = current_tuple if anchor == :current
      @collector.emit_values(values, stream: stream, anchors: anchor || nil, task: task, task_ids: task_ids)
    end

    # Only needed with on_receive ack: false, or to ack before on_receive returns.
    def ack(tuple) = @collector.ack(tuple)

    # The tuple's tree has failed and is to be replayed. With anything but a tuple it is Ruby's fail.
    def fail(tuple = nil, *rest)
      return super(*[tuple, *rest].compact) unless tuple.is_a?(Tuple)

      @collector.fail(tuple)
    end

    # What the task calls: see BoltTask.
    def gstorm_open(config, context, collector)
      @config = config
      @context = context
      @collector = collector
      options = self.class.receive_options
      @thread = Thread.current
      @auto_emit = options[:emit]
      @auto_ack = options[:ack]
      @auto_anchor = options[:anchor]
      @stream = options[:stream]
      on_init
    end

    def gstorm_execute(tuple)
      tuple.tick? ? tick(tuple) : handle(tuple)
    end

    def gstorm_collector(session, context) = BoltCollector.new(session, context)
    def gstorm_close = on_close
    def gstorm_survives?(_error) = true

    private

    def on_tick(*) = nil

    def tick(tuple)
      on_tick(tuple)
    ensure
      @collector.ack(tuple)
    end

    def handle(tuple)
      @tuple = tuple
      @emitted = false
      output = on_receive(tuple)
      emit_output(output) if output && @auto_emit && !@emitted
      @collector.ack(tuple) if @auto_ack
    ensure
      @tuple = nil
    end

    def current_tuple
      @tuple if @auto_anchor && Thread.current.equal?(@thread)
    end

    def emit_output(output)
      output = output.values if output.is_a?(Tuple)
      rows = output.is_a?(Array) ? output : [output]
      rows = [rows] unless rows.first.is_a?(Array)
      @collector.emit_rows(rows, stream: @stream, anchors: (@tuple if @auto_anchor))
    end
  end
end
