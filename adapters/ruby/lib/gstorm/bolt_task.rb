# frozen_string_literal: true

require "gstorm/task"

module Gstorm
  # A bolt at work. It calls gstorm_open with what gstorm_collector has made, gstorm_execute for each tuple, gstorm_close,
  # and asks gstorm_survives? whether an exception only fails its tuple.
  class BoltTask < Task
    private

    def handle(message)
      tuple = tuple(message) or return
      @tuple = tuple
      @collector.fail(tuple) unless guard(tuple) { @component.gstorm_execute(tuple) }
      @tuple = nil
    end

    def tuple(message)
      values = message["tuple"] or return
      component = message["comp"]
      stream = message["stream"] || Outputs::DEFAULT
      @context.tuple_class(component, stream).new(message["id"], component, stream, message["task"], values)
    end
  end
end
