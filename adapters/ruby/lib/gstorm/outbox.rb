# frozen_string_literal: true

require "gstorm/batch_frame"
require "gstorm/errors"

module Gstorm
  # Writes messages to the host, from any thread, one message after the other.
  #
  # A message is written at once, with one write. Only while the handlers' thread (the one that made the outbox) has more
  # input waiting (busy = true) its messages are gathered, for PATIENCE seconds or LIMIT bytes, so that a loaded bolt
  # doesn't pay for a system call and a wake-up of the host per message.
  #
  # For a host that takes batches emits, acks and fails are always gathered, within the same bounds: until the handlers'
  # thread waits for input, or another message is to be sent, which goes after them.
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
      @batch = BatchFrame.new
      @busy = false
      @closed = false
      @since = nil # when the oldest of what has been gathered came
      @interrupt = nil
    end

    # Sends a message, the JSON text of an object on one line. The block is run in the order of the messages.
    # Raises Hangup in the handlers' thread when the host has gone; other threads don't notice.
    def send(text)
      @lock.synchronize do
        yield if block_given?
        @since ||= clock
        add_batch unless @batch.empty?
        add(text)
        write unless may_wait?
      end
      raise_interrupt if @interrupt
    end

    # The next three are for hosts that take batches: see BatchFrame. Whether what has been gathered is old is looked at
    # between handlers (flush_old), and by the sentry while one takes its time.
    def emit(stream, task, head, rows)
      @lock.synchronize do
        @since ||= clock
        write unless @batch.emit(stream, task, head, rows) < LIMIT && @owner.equal?(Thread.current)
      end
      raise_interrupt if @interrupt
    end

    def ack(id)
      @lock.synchronize do
        @since ||= clock
        write unless @batch.ack(id) < LIMIT && @owner.equal?(Thread.current)
      end
      raise_interrupt if @interrupt
    end

    def fail(id)
      @lock.synchronize do
        @since ||= clock
        write unless @batch.fail(id) < LIMIT && @owner.equal?(Thread.current)
      end
      raise_interrupt if @interrupt
    end

    # Sends the answer to a command, and all that has been gathered with it.
    def sync
      @lock.synchronize do
        @batch.empty? ? add('{"command":"sync"}') : add_batch(sync: true)
        write
      end
      raise_interrupt if @interrupt
    end

    # Writes what has been gathered for too long. For the handlers' thread.
    def flush_old(now)
      since = @since
      flush if since && now - since >= PATIENCE
    end

    # Writes what has been gathered.
    def flush
      @lock.synchronize { write }
      raise_interrupt if @interrupt
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
      raise error unless @lock.owned?

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

    def add(text)
      @buffer << text.b << TERMINATOR
    end

    def add_batch(sync: false)
      add(@batch.take(sync: sync))
    end

    def write
      @since = nil
      add_batch unless @batch.empty?
      return if @buffer.empty?
      return hang_up if @closed

      put(@buffer)
      @buffer.clear
    rescue Errno::EPIPE, IOError
      hang_up
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
      @batch.clear
      raise Hangup, "the host has closed the pipe, or this is a fork of a task" if @owner.equal?(Thread.current)
    end

    # In the handlers' thread, as interrupt is for it alone.
    def raise_interrupt
      return unless @owner.equal?(Thread.current)

      error = @interrupt
      @interrupt = nil
      raise error
    end

    def clock = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
