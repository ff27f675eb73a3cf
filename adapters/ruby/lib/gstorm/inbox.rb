# frozen_string_literal: true

require "json"

module Gstorm
  # Reads messages from the host.
  #
  # Whoever has to wait for something reads for all: the handlers' thread for its next message, any thread for the task
  # ids that it has asked for. While the handlers' thread is busy a sentry looks at the input a few times a second, so
  # that heartbeats are answered and the end of the input is seen. (A thread that always reads would cost two switches
  # between threads per message.)
  class Inbox
    SENTRY_SECS = 0.1
    CHUNK = 64 * 1024
    TERMINATOR = "\nend\n".b.freeze
    HEARTBEAT = '"__heartbeat"'

    COMMAND = '{"command"'

    # The block answers a heartbeat. on_level gets the level that the host wants the component to log from, "": its own.
    def initialize(io, on_level, &on_heartbeat)
      @on_level = on_level
      @io = io
      @on_heartbeat = on_heartbeat
      @reading = Mutex.new
      @messages = Queue.new
      @waiting_for_ids = Queue.new
      @buffer = String.new(capacity: CHUNK, encoding: Encoding::BINARY)
    end

    # The next message as JSON text, nil at the end of the input. For the handlers' thread only.
    def take
      while @messages.empty?
        return nil if @ended

        @reading.synchronize { read(block: true) if @messages.empty? && !@ended }
      end
      @messages.pop
    end

    # Whether take would return without waiting.
    def any? = !@messages.empty?
    def ended? = @ended

    # The host answers in order; so this is to be called in the order in which the questions are written.
    def expect_ids = Queue.new.tap { |answer| @waiting_for_ids << answer }

    # The task ids that belong to an answer of expect_ids; [] if the input ends before.
    def ids(answer)
      @reading.synchronize { read(block: true) if answer.empty? && !@ended } while answer.empty? && !@ended
      answer.empty? ? [] : answer.pop
    end

    # Reads what is there while nobody else does. The sentry's block is called after each look.
    def start_sentry
      Thread.new do
        loop do
          sleep SENTRY_SECS
          look
          yield
        end
      end.tap { |thread| thread.name = "gstorm sentry" }
    end

    def close
      @ended = true
      @io.close
    end

    private

    def look
      return unless @reading.try_lock

      begin
        read(block: false) unless @ended
      ensure
        @reading.unlock
      end
    end

    # Reading without blocking first spares the switch to another thread where input is waiting already.
    def read(block:)
      chunk = @io.read_nonblock(CHUNK, exception: false)
      if chunk == :wait_readable
        return unless block

        chunk = @io.readpartial(CHUNK)
      end
      chunk ? split(chunk) : @ended = true
    rescue EOFError, Errno::EIO, IOError
      @ended = true
    end

    def split(chunk)
      from = [@buffer.bytesize - TERMINATOR.bytesize, 0].max
      @buffer << chunk
      @buffer.gsub!("\r\n", "\n") if chunk.include?("\r")
      return unless @buffer.index(TERMINATOR, from)

      *frames, rest = @buffer.split(TERMINATOR, -1)
      @buffer = rest
      frames.each { |frame| dispatch(frame.force_encoding(Encoding::UTF_8)) }
    end

    def dispatch(frame)
      if frame.start_with?("[")
        answer_ids(frame)
      elsif frame.include?(HEARTBEAT) && heartbeat?(frame)
        @on_heartbeat.call
      elsif frame.start_with?(COMMAND) && frame.include?('"level"') && (told = level(frame))
        @on_level.call(told)
      elsif !frame.strip.empty?
        @messages << frame
      end
    end

    # The level that a command says; "": the component's own; nil: it is another command.
    def level(frame)
      message = JSON.parse(frame, max_nesting: false)
      message["level"].to_s if message["command"] == "level"
    end

    def answer_ids(frame)
      @waiting_for_ids.pop << JSON.parse(frame) unless @waiting_for_ids.empty?
    end

    def heartbeat?(frame)
      message = JSON.parse(frame, max_nesting: false)
      message["stream"] == "__heartbeat" && message["task"] == -1
    end
  end
end
