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
      source = [message["comp"], stream(message), message["task"]]
      message["batch"].each.with_index(message["first"]) do |values, id|
        @session.handling
        execute(tuples.new(id, *source, values))
      end
    end

    def execute(tuple)
      @tuple = tuple
      @collector.fail(tuple) unless guard(tuple) { @component.gstorm_execute(tuple) }
      @tuple = nil
    end

    def tuples(message) = @context.tuple_class(message["comp"], stream(message))
    def stream(message) = message["stream"] || Outputs::DEFAULT
  end
end
