# frozen_string_literal: true

require "gstorm/errors"
require "gstorm/outputs"
require "gstorm/spelling"
require "gstorm/wire_values"

module Gstorm
  # What a component emits through: checks a tuple against the declared streams and writes it. May be used from any thread.
  class Collector
    # What is known of an own output stream. json_id is nil for the default one, which needn't be named.
    Stream = Struct.new(:id, :json_id, :names, :arity, :declared, :consumed)

    # How many of the tuples that a handler returned are written at once.
    AT_ONCE = 256

    NONE = [].freeze

    def initialize(session, context)
      @session = session
      @context = context
      @streams = {}
      @default = stream(Outputs::DEFAULT)
      @batches = session.batches?
      @emitted = 0
    end

    # How many tuples have been emitted.
    attr_reader :emitted

    def metric(name, value, type) = @session.metric(name, value, type)

    # Storm's collectors report errors so; the component goes on. tuple: the one that it is about, if any.
    def report_error(error, tuple = nil)
      error = RuntimeError.new(error.to_s) unless error.is_a?(Exception)
      @session.error(error, tuple)
    end

    private

    # head: the JSON text of what a tuple is about, its anchors or its id; message(head) makes it the collector's own part
    # of a classic message. optional: whether the tuple may go nowhere where the default stream isn't declared. That is so
    # for what a handler returns: the last value of a bolt that only writes to a database isn't meant for anyone, and in
    # Storm it reaches nobody too.
    def write(stream_id, values, head, task: nil, task_ids: false, optional: false)
      stream = stream_id ? stream(stream_id.to_s) : @default
      return undeclared(stream, optional, task_ids) unless stream.declared

      text = dump(stream, values)
      task &&= Integer(task)
      @emitted += 1
      return write_classic(stream, text, head, task, task_ids) unless @batches && (task || !task_ids)

      @session.emit(stream.json_id, task, head, text)
      task_ids ? [task] : nil
    end

    # Writes the tuples that a handler returned, which have the same head. One that can't be sent is an error when its turn
    # has come: those before it are out by then.
    def write_rows(stream_id, rows, head)
      return rows.each_slice(AT_ONCE) { |some| write_rows(stream_id, some, head) } if rows.size > AT_ONCE

      stream = stream_id ? stream(stream_id.to_s) : @default
      text = WireValues.dump_rows(rows, stream.arity) if @batches && stream.arity&.positive?
      return rows.each { |values| write(stream_id, values, head, optional: true) unless values.empty? } unless text

      @emitted += rows.size
      @session.emit(stream.json_id, nil, head, text)
    end

    def write_classic(stream, values, head, task, task_ids)
      text = %({"command":"emit"#{message(head) if head},"tuple":#{values})
      text << %(,"stream":#{stream.json_id}) if stream.json_id
      return @session.ask_ids(text << ',"need_task_ids":true}') if task_ids && !task

      text << %(,"task":#{task}) if task
      @session.send_text(text << ',"need_task_ids":false}')
      task_ids ? [task] : nil
    end

    def undeclared(stream, optional, task_ids)
      raise EmitError, unknown(stream.id) unless optional && stream.equal?(@default)

      task_ids ? NONE : nil
    end

    def dump(stream, values)
      check(stream, values)
      WireValues.dump(values, stream.names)
    rescue EmitError => e
      return JSON.generate(Array.new(values.size)) unless stream.consumed # nobody will look at the values

      raise EmitError, "component #{@context.component_id}, stream #{stream.id}: #{e.message}", e.backtrace, cause: nil
    end

    def check(stream, values)
      return if stream.arity.nil? || stream.arity == values.size || !stream.consumed

      fields = @context.output_fields(stream.id).join(", ")
      raise EmitError, "a tuple has #{values.size} values, the stream has #{stream.arity} fields (#{fields})"
    end

    def stream(id)
      @streams[id] ||= make_stream(id)
    end

    def make_stream(id)
      fields = @context.output_fields(id)
      declared = !fields.nil? || !@context.outputs_known?
      names = (fields || NONE).map { |name| "field #{name}" }
      json_id = JSON.generate(id) unless id == Outputs::DEFAULT
      Stream.new(id, json_id, names, fields&.size, declared, @context.consumed?(id))
    end

    def unknown(id)
      declared = @context.output_streams
      return "component #{@context.component_id} emits, but declares no output_fields" if declared.empty?

      "component #{@context.component_id} has no stream #{id}#{Spelling.suggestion(id, declared)} " \
        "(declared: #{declared.join(", ")})"
    end
  end
end
