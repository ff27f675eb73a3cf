# frozen_string_literal: true

require "gstorm/bolt_collector"

module Gstorm
  # A bolt's collector with the methods of Storm's OutputCollector.
  class StormBoltCollector < BoltCollector
    # emit([stream,] [anchor or anchors,] values)
    def emit(*args)
      *head, values = args
      stream = head.shift unless head.empty? || anchor?(head.first)
      emit_values(values.to_a, stream: stream, anchors: head.first)
    end

    # emitDirect(task, [stream,] [anchor or anchors,] values)
    def emit_direct(task, *args)
      *head, values = args
      stream = head.shift unless head.empty? || anchor?(head.first)
      emit_values(values.to_a, stream: stream, anchors: head.first, task: task)
    end
    alias emitDirect emit_direct

    # RedStorm's names for two of the overloads.
    def emit_tuple(values) = emit_values(values.to_a)
    def emit_anchor_tuple(tuple, values) = emit_values(values.to_a, anchors: tuple)

    alias reportError report_error

    private

    def anchor?(argument) = argument.is_a?(Tuple) || argument.is_a?(Array) || argument.nil?
  end
end
