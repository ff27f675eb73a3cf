# frozen_string_literal: true

require "gstorm/spout_collector"

module Gstorm
  # A spout's collector with the methods of Storm's SpoutOutputCollector.
  class StormSpoutCollector < SpoutCollector
    # emit([stream,] values [, id])
    def emit(*args)
      stream = args.shift unless args.first.respond_to?(:to_ary)
      values, id = args
      emit_values(values.to_ary, id: id, stream: stream)
    end

    # emitDirect(task, [stream,] values [, id])
    def emit_direct(task, *args)
      stream = args.shift unless args.first.respond_to?(:to_ary)
      values, id = args
      emit_values(values.to_ary, id: id, stream: stream, task: task)
    end
    alias emitDirect emit_direct

    alias reportError report_error
  end
end
