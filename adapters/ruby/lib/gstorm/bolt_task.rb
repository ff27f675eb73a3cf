# frozen_string_literal: true

require "gstorm/task"

module Gstorm
  # A bolt at work. It calls gstorm_open with what gstorm_collector has made, gstorm_execute for each tuple, gstorm_close,
  # and asks gstorm_survives? whether an exception only fails its tuple.
  class BoltTask < Task
    private

    def handle(message)
      return handle_batch(message) if message.key?("batch")

      values = message["tuple"] or return
      execute(tuples(message).new(message["id"], message["comp"], stream(message), message["task"], values))
    end

    # Tuples of one source, whose ids follow each other.
    def handle_batch(message)
      tuples = tuples(message)
      component = message["comp"]
      stream = stream(message)
      task = message["task"]
      id = message["first"] - 1
      message["batch"].each do |values|
        @session.handling
        execute(tuples.new(id += 1, component, stream, task, values))
      end
    end

    def execute(tuple)
      @tuple = tuple
      @component.gstorm_execute(tuple)
      @tuple = nil
    rescue StandardError, ScriptError, SystemStackError => e
      outlive(e, tuple)
      @collector.fail(tuple)
      @tuple = nil
    end

    def tuples(message) = @context.tuple_class(message["comp"], stream(message))
    def stream(message) = message["stream"] || Outputs::DEFAULT
  end
end
