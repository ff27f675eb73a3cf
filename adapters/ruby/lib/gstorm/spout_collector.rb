# frozen_string_literal: true

require "gstorm/collector"

module Gstorm
  # What a spout emits through. Ids may be any object; on the wire they are numbered per process, so that the very
  # object comes back with the ack, and an answer to an earlier process of the same task isn't mistaken for one to this.
  class SpoutCollector < Collector
    def initialize(session, context)
      super
      @ids = {}
      @last = 0
      @lock = Mutex.new
    end

    # See Spout#emit.
    def emit_values(values, id: nil, stream: nil, task: nil, task_ids: false, optional: false)
      return write(stream, values, nil, task: task, task_ids: task_ids, optional: optional) if id.nil?

      wire_id = keep(id)
      begin
        write(stream, values, %("#{wire_id}"), task: task, task_ids: task_ids)
      rescue EmitError
        take(wire_id)
        raise
      end
    end

    # The object that was given as the id, once. Yields it; nothing happens for ids of another process.
    def settle(wire_id)
      id = take(wire_id)
      yield id.first if id
    end

    private

    def message(id) = %(,"id":#{id})

    def keep(id)
      @lock.synchronize do
        wire_id = "#{Process.pid}-#{@last += 1}"
        @ids[wire_id] = [id]
        wire_id
      end
    end

    def take(wire_id) = @lock.synchronize { @ids.delete(wire_id) }
  end
end
