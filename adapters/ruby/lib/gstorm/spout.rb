# frozen_string_literal: true

require "gstorm/component"
require "gstorm/spout_collector"

module Gstorm
  # A spout: on_send is called again and again and returns, or emits, what there is to emit next, or nil.
  #
  #   class Lines < Gstorm::Spout
  #     output_fields :line
  #     def initialize(path) = @lines = File.foreach(path, chomp: true)
  #     on_send { @lines.next }             # StopIteration: the spout has finished
  #   end
  #
  # Or each_tuple yields one after the other, and has finished when it returns:
  #
  #   def each_tuple
  #     @paths.each { |path| File.foreach(path, chomp: true) { |line| yield line } }
  #   end
  #
  # An exception is reported, with its place, and the process lives on.
  class Spout
    include Component

    SEND_OPTIONS = { emit: true, reliable: false, stream: nil }.freeze

    hook :on_activate
    hook :on_deactivate
    hook :on_ack, :id
    hook :on_fail, :id

    class << self
      # on_send { ... }, on_send :method, or def on_send. What it returns is emitted: a value, an array of values, or an
      # array of such arrays; nothing if it has called emit itself.
      # Options: reliable: true (the first value is the message's id), emit: false, stream: :name.
      def on_send(method_name = nil, **options, &block)
        unknown = options.keys - SEND_OPTIONS.keys
        raise ArgumentError, "unknown option #{unknown.first} of on_send" unless unknown.empty?

        @send_options = send_options.merge(options)
        implement(:on_send, 0, method_name, &block)
      end

      def send_options
        @send_options || inherited_from(:send_options, SEND_OPTIONS)
      end

      def kind = "spout"
      def required_hook = :on_send

      def handles?
        instance_method(:on_send).owner != Spout || method_defined?(:each_tuple) || private_method_defined?(:each_tuple)
      end
    end

    # Emits on the default stream or on stream:, to the consumers or only to task:. With an id the tuple is tracked, and
    # on_ack or on_fail is called later with that very object. Returns nil; with task_ids: true the tasks that got it.
    def emit(*values, id: nil, stream: nil, task: nil, task_ids: false)
      @emitted = true
      @collector.emit_values(values, id: id, stream: stream, task: task, task_ids: task_ids)
    end

    # There is nothing more to emit: once every tuple is done the run can end. on_send is called again only after a
    # message has failed. Raising StopIteration in on_send does the same.
    def finish
      @finished = true
      nil
    end

    # What the task calls: see SpoutTask.
    def gstorm_open(config, context, collector)
      @config = config
      @context = context
      @collector = collector
      options = self.class.send_options
      @auto_emit = options[:emit]
      @reliable = options[:reliable]
      @stream = options[:stream]
      on_init
    end

    def gstorm_next
      @emitted = false
      output = on_send
      emit_output(output) if output && @auto_emit && !@emitted
    rescue StopIteration
      finish
    end

    def gstorm_collector(session, context) = SpoutCollector.new(session, context)
    def gstorm_ack(id) = on_ack(id)
    def gstorm_fail(id) = on_fail(id)
    def gstorm_activate = on_activate
    def gstorm_deactivate = on_deactivate
    def gstorm_close = on_close
    def gstorm_survives?(_error) = true

    # Whether finish has been called since the last time of asking.
    def gstorm_finished?
      finished = @finished
      @finished = false
      finished
    end

    private

    def on_send
      tuple = (@tuples ||= enum_for(:each_tuple)).next
      @emitted = false # what each_tuple has emitted beside is not instead of what it yields
      tuple
    end

    def emit_output(output)
      if output.is_a?(Array)
        output.first.is_a?(Array) && !@reliable ? output.each { |row| emit_row(row) } : emit_row(output)
      else
        emit_row([output])
      end
    end

    def emit_row(values)
      id, *values = values if @reliable
      @collector.emit_values(values, id: id, stream: @stream, optional: true) unless values.empty?
    end
  end
end
