# frozen_string_literal: true

require "gstorm/native_spout"
require "red_storm/dsl/component"

module RedStorm
  module DSL
    class SpoutError < StandardError; end

    # RedStorm's spout. The pause of 0.1 s after an on_send that returned nothing isn't made here: the host waits.
    class Spout
      include Component

      hook :on_activate
      hook :on_deactivate
      hook :on_ack, :id
      hook :on_fail, :id

      class << self
        # on_send([method,] :emit => true, :reliable => false, :stream => nil) { ... }
        # emit: what it returns is emitted as one tuple, flattened at all depths; reliable: the first value is the id.
        def on_send(*args, &block)
          options = args.last.is_a?(Hash) ? args.pop : {}
          send_options.merge!(options)
          implement(:on_send, 0, args.first, &block)
        end

        def send_options = @send_options ||= { emit: true, reliable: false }
        def emit? = !!send_options[:emit]
        def reliable? = !!send_options[:reliable]

        def kind = "spout"
        def required_hook = :on_send
        def new_component(args) = Gstorm::NativeSpout.new(instance(args))

        # next_tuple may be overridden instead.
        def handles?
          method_defined?(:on_send) || private_method_defined?(:on_send) || instance_method(:next_tuple).owner != Spout
        end
      end

      # Emits on the default stream. The id, any object, comes back with on_ack or on_fail.
      def reliable_emit(id, *values)
        emit_values(values, id: id)
      end

      def unreliable_emit(*values)
        emit_values(values)
      end
      alias emit unreliable_emit

      def reliable_stream_emit(stream, id, *values)
        emit_values(values, id: id, stream: stream)
      end

      def unreliable_stream_emit(stream, *values)
        emit_values(values, stream: stream)
      end

      # Storm's interface; may be overridden.
      def open(config, context, collector)
        @collector = collector
        @context = context
        @config = config
        on_init
      end

      def next_tuple
        output = on_send
        emit_output(output) if output && self.class.emit?
      end

      def close = on_close
      def activate = on_activate
      def deactivate = on_deactivate
      def ack(id) = on_ack(id)
      def fail(id) = on_fail(id)

      private

      def emit_output(output)
        values = [output].flatten
        id = values.shift if self.class.reliable?
        emit_values(values, id: id, stream: self.class.send_options[:stream]) unless values.empty?
      end

      def emit_values(values, **options)
        @collector.emit_values(values, optional: true, **options)
        nil
      end
    end
  end

  SimpleSpout = DSL::Spout
end
