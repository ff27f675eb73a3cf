# frozen_string_literal: true

require "gstorm/spout"

module Gstorm
  # A spout that replays by itself what has failed: no ids to think of, on_send returns or emits values as in a Spout.
  # It has finished once on_send has (finish, or StopIteration) and nothing is left to replay.
  #
  # What a killed process had emitted is forgotten with it: a source that has to survive that keeps its own position, in
  # a Spout with on_ack and on_fail.
  class ReliableSpout < Spout
    # A message on its way: its values, where it goes, and how often it has failed.
    Message = Struct.new(:values, :stream, :task, :fails)

    # Any thread may emit. One for all spouts, whose initialize need not call ours.
    LOCK = Mutex.new
    private_constant :LOCK

    # Called with the values of a message that has failed more than max_fails times.
    hook :on_give_up, :values

    class << self
      # How often a message may fail and be replayed. Without it there is no limit: nothing is ever given up.
      def max_fails(limit = nil)
        @max_fails = limit if limit
        @max_fails || inherited_from(:max_fails, nil)
      end
    end

    # As in Spout. An id of your own is given to on_ack and on_fail; it has to be unique among the pending messages.
    def emit(*values, id: nil, stream: nil, task: nil, task_ids: false)
      @emitted = true
      id = next_id if id.nil?
      messages[id] = Message.new(values, stream, task, 0)
      send_message(id, task_ids: task_ids)
    end

    def gstorm_next
      id = replays.shift
      return send_message(id) if id
      return finish if @exhausted

      super
    end

    # finish is for good: on_send isn't called again, only what fails is replayed.
    def finish
      @exhausted = true
      super
    end

    def gstorm_ack(id)
      messages.delete(id)
      super
    end

    def gstorm_fail(id)
      message = messages[id] or return
      message.fails += 1
      limit = self.class.max_fails
      if limit && message.fails > limit
        messages.delete(id)
        on_give_up(message.values)
      else
        replays << id
      end
      super
    end

    # The host asks right after a finish; then there may be failures that have come in since.
    def gstorm_finished? = super && replays.empty?

    private

    def next_id = LOCK.synchronize { @last_id = (@last_id || 0) + 1 }
    def messages = @messages || LOCK.synchronize { @messages ||= {} }
    def replays = @replays ||= []

    def send_message(id, task_ids: false)
      message = messages.fetch(id)
      @collector.emit_values(message.values, id: id, stream: message.stream, task: message.task, task_ids: task_ids)
    rescue EmitError
      messages.delete(id)
      raise
    end

    def emit_row(values)
      id, *values = values if @reliable
      return if values.empty?

      emit(*values, id: id, stream: @stream)
    end
  end
end
