# frozen_string_literal: true

require "gstorm/native_bolt"
require "red_storm/dsl/component"

module RedStorm
  module DSL
    class BoltError < StandardError; end

    # RedStorm's bolt: nothing is anchored or acked unless on_receive's options say so, and an exception ends the process.
    class Bolt
      include Component

      STRICT_ACK = "redstorm.strict_ack"

      class << self
        # on_receive([method,] :emit => true, :ack => false, :anchor => false, :stream => nil) { |tuple| ... }
        # emit: what it returns is emitted, a value, an array of values, or an array of such arrays.
        def on_receive(*args, &block)
          options = args.last.is_a?(Hash) ? args.pop : {}
          receive_options.merge!(options)
          implement(:on_receive, 1, args.first, &block)
        end

        def receive_options = @receive_options ||= { emit: true, ack: false, anchor: false }
        def emit? = !!receive_options[:emit]
        def ack? = !!receive_options[:ack]
        def anchor? = !!receive_options[:anchor]

        def kind = "bolt"
        def required_hook = :on_receive
        def new_component(args) = Gstorm::NativeBolt.new(instance(args))

        # execute may be overridden instead.
        def handles?
          method_defined?(:on_receive) || private_method_defined?(:on_receive) || instance_method(:execute).owner != Bolt
        end
      end

      # Emits on the default stream. Return values are nil: what a handler ends with would be emitted.
      def unanchored_emit(*values)
        emit_values(values)
      end

      def anchored_emit(tuple, *values)
        emit_values(values, anchors: tuple)
      end

      def unanchored_stream_emit(stream, *values)
        emit_values(values, stream: stream)
      end

      def anchored_stream_emit(stream, tuple, *values)
        emit_values(values, stream: stream, anchors: tuple)
      end

      # Gstorm's spelling of the four above.
      def emit(*values, anchor: nil, stream: nil, task: nil)
        emit_values(values, stream: stream, anchors: anchor || nil, task: task)
      end

      def ack(tuple) = @collector.ack(tuple)

      # With anything but a tuple it is Ruby's fail.
      def fail(tuple = nil, *rest)
        return super(*[tuple, *rest].compact) unless tuple.is_a?(Gstorm::Tuple)

        @collector.fail(tuple)
      end

      # Storm's interface; may be overridden.
      def prepare(config, context, collector)
        @collector = collector
        @context = context
        @config = config
        @strict_ack = config[STRICT_ACK]
        on_init
      end

      def execute(tuple)
        output = on_receive(tuple)
        emitting = output && self.class.emit?
        emit_output(tuple, output) if emitting
        ack(tuple) if self.class.ack? && (emitting || !@strict_ack)
      end

      def cleanup = on_close

      private

      def emit_output(tuple, output)
        anchor = tuple if self.class.anchor?
        stream = self.class.receive_options[:stream]
        rows = output.is_a?(Array) ? (output.first.is_a?(Array) ? output : [output]) : [[output]]
        rows.each { |row| emit_values(Array(row), stream: stream, anchors: anchor) unless row.empty? }
      end

      def emit_values(values, **options)
        @collector.emit_values(values, optional: true, **options)
        nil
      end
    end
  end

  SimpleBolt = DSL::Bolt
end
