# frozen_string_literal: true

require "gstorm/errors"

module Gstorm
  # Writes messages to the host, from any thread, one message after the other.
  #
  # A message is written at once, with one write. Only while the handlers' thread (the one that made the outbox) has more
  # input waiting (busy = true) its messages are gathered, for PATIENCE seconds or LIMIT bytes, so that a loaded bolt
  # doesn't pay for a system call and a wake-up of the host per message.
  class Outbox
    LIMIT = 32 * 1024
    PATIENCE = 0.002
    TERMINATOR = "\nend\n".b.freeze

    # Whether more input is waiting to be handled.
    attr_writer :busy

    def initialize(io)
      @io = io
      @lock = Mutex.new
      @owner = Thread.current
      @buffer = String.new(capacity: LIMIT * 2, encoding: Encoding::BINARY)
      @busy = false
      @closed = false
    end

    # Sends a message, the JSON text of an object on one line. The block is run in the order of the messages.
    # Raises Hangup in the handlers' thread when the host has gone; other threads don't notice.
    def send(text)
      @lock.synchronize do
        yield if block_given?
        @since = clock if @buffer.empty?
        @buffer << text.b << TERMINATOR
        write unless may_wait?
      end
    end

    # Writes what has been gathered.
    def flush
      @lock.synchronize { write }
    end

    # For a thread that must not wait: writes what has been gathered unless another thread is just at it.
    def try_flush
      return unless @lock.try_lock

      begin
        write
      ensure
        @lock.unlock
      end
    end

    # To be called by a signal's handler, in the handlers' thread: raises the error, but never within a message.
    def interrupt(error)
      raise error unless @writing

      @interrupt = error
    end

    # Nothing is written any more.
    def close
      @closed = true
      @io.close
    end

    private

    def may_wait?
      @busy && @owner.equal?(Thread.current) && @buffer.bytesize < LIMIT && clock - @since < PATIENCE
    end

    def write
      return if @buffer.empty?
      return hang_up if @closed

      @writing = @owner.equal?(Thread.current)
      put(@buffer)
      @buffer.clear
      @writing = false
      raise_interrupt if @interrupt
    rescue Errno::EPIPE, IOError
      hang_up
    ensure
      @writing = false
    end

    # A pipe takes most messages at once; then there is no reason to let another thread run.
    def put(bytes)
      written = @io.write_nonblock(bytes, exception: false)
      written = 0 if written == :wait_writable
      @io.write(bytes.byteslice(written..)) if written < bytes.bytesize
    end

    def hang_up
      @closed = true
      @buffer.clear
      raise Hangup, "the host has closed the pipe, or this is a fork of a task" if @owner.equal?(Thread.current)
    end

    def raise_interrupt
      error = @interrupt
      @interrupt = nil
      raise error
    end

    def clock = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
