# frozen_string_literal: true

require "gstorm/collector"

module Gstorm
  # What a bolt emits, acks and fails through.
  class BoltCollector < Collector
    # anchors: a tuple, several, or nil. See Bolt#emit for the others.
    def emit_values(values, stream: nil, anchors: nil, task: nil, task_ids: false, optional: false)
      write(stream, values, anchors && wire_ids(anchors), task: task, task_ids: task_ids, optional: optional)
    end

    # What a handler returned: an Array of the values of each tuple. Nothing is emitted where there are none.
    def emit_rows(rows, stream: nil, anchors: nil)
      write_rows(stream, rows, anchors && wire_ids(anchors))
      nil
    end

    # The first ack or fail of a tuple counts.
    def ack(tuple)
      return if tuple.settled

      tuple.settled = true
      @session.ack(tuple.wire_id)
      nil
    end

    def fail(tuple)
      return if tuple.settled

      tuple.settled = true
      @session.fail(tuple.wire_id)
      nil
    end

    private

    def wire_ids(anchors)
      return anchors.tick? ? "[]" : anchors.wire_id if anchors.is_a?(Tuple)

      "[#{anchors.reject(&:tick?).map(&:wire_id).join(",")}]"
    end

    def message(anchors)
      anchors = anchors.to_s
      %(,"anchors":#{anchors.start_with?("[") ? anchors : "[#{anchors}]"})
    end
  end
end
