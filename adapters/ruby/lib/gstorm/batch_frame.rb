# frozen_string_literal: true

module Gstorm
  # Gathers emits, fails and acks for one frame to a host that takes batches. The host applies the emits before the others.
  class BatchFrame
    # Between two acks of a range and before the first.
    NONE = -2

    def initialize
      @emits = String.new(capacity: 64 * 1024, encoding: Encoding::UTF_8)
      @fails = +""
      @acks = +""
      clear
    end

    # stream: its JSON text, the same object each time; nil for the default one. head: the JSON text of the anchors or the
    # message id, or an Integer. rows: the JSON text of the tuples, with commas between them. What follows each other and
    # has all of these in common shares them.
    #
    # This and the next two return how long their part of the frame has become.
    def emit(stream, task, head, rows)
      if !@open || !stream.equal?(@stream) || task != @task
        open_group(stream, task, head, rows)
      elsif head == @head
        @emits << ",#{rows}"
      else
        @emits << "],[#{head || "null"},#{rows}"
        @head = head
      end
      @emits.bytesize
    end

    # ids: Integers. Those that follow each other become one range.
    def ack(id)
      if id == @last + 1
        @last = id
      else
        close_range
        @first = @last = id
      end
      @acks.bytesize
    end

    def fail(id)
      @fails << "," unless @fails.empty?
      @fails << id.to_s
      @fails.bytesize
    end

    def empty? = !@open && @last == NONE && @fails.empty?

    # The frame's JSON text. sync: whether it also answers the host's command. The frame is empty afterwards.
    def take(sync: false)
      close_range
      text = +'{"command":"batch"'
      text << ',"emits":[' << @emits << "]]}]" if @open
      text << ',"fails":[' << @fails << "]" unless @fails.empty?
      text << ',"acks":[' << @acks << "]" unless @acks.empty?
      text << ',"sync":true' if sync
      clear
      text << "}"
    end

    def clear
      [@emits, @fails, @acks].each(&:clear)
      @open = false
      @first = @last = NONE
    end

    private

    def open_group(stream, task, head, rows)
      @emits << "]]}," if @open
      @emits << "{"
      @emits << '"stream":' << stream << "," if stream
      @emits << '"task":' << task.to_s << "," if task
      @emits << %("tuples":[[#{head || "null"},#{rows})
      @open = true
      @stream = stream
      @task = task
      @head = head
    end

    def close_range
      return if @last == NONE

      @acks << "," unless @acks.empty?
      @acks << (@first == @last ? @first.to_s : "[#{@first},#{@last}]")
      @last = NONE
    end
  end
end
