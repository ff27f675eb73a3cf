# frozen_string_literal: true

require "gstorm/error_report"
require "gstorm/inbox"
require "gstorm/outbox"
require "gstorm/wire_values"

module Gstorm
  # A task's side of the multilang protocol: the handshake, messages in, messages out.
  #
  # Under a host that offers gstorm's extension the session says finished, busy and error_at and gathers what it has to
  # say in batches; under any other (Storm) it speaks the classic protocol.
  class Session
    EXTENSION = "gstorm"
    FEATURES = %w[finished busy error_at batch level].freeze
    PARENT_GRACE_SECS = 2

    # The component's configuration and context as the host has sent them, once hands are shaken.
    attr_reader :config, :context

    def initialize(input, output)
      @outbox = Outbox.new(output)
      @inbox = Inbox.new(input, Logger.method(:level=)) { answer_heartbeat }
      @early = []
      @features = []
      @parent = Process.ppid
    end

    # Reads the host's first message and answers it. Raises Hangup if there is none.
    def shake_hands
      message = take or raise Hangup
      @config = message["conf"] || IndifferentHash.new
      @context = message["context"] || IndifferentHash.new
      send_message(accept(message[EXTENSION]))
      note_pid(message["pidDir"])
      @open = true
      @early.each { |early| send_message(early) }
      @sentry = @inbox.start_sentry { watch }
    end

    # The next message, nil at the end of the input.
    def take
      @busy_since = nil
      @outbox.flush unless @inbox.any?
      text = @inbox.take
      @outbox.busy = @inbox.any?
      text && WireValues.load(text)
    rescue JSON::ParserError => e
      log(Logger::LEVELS[:error], "the host sent what is no JSON: #{e.message[0, 200]}")
      retry
    end

    # To be called when a handler starts.
    def handling
      @busy_since = clock
      @outbox.flush_old(@busy_since)
    end

    def feature?(name) = @features.include?(name)
    def batches? = feature?("batch")

    # Sends a message, given as JSON text.
    def send_text(text) = @outbox.send(text)

    # Sends an emit whose task ids are wanted, and waits for them.
    def ask_ids(text)
      answer = nil
      @outbox.send(text) { answer = @inbox.expect_ids }
      @outbox.flush
      @inbox.ids(answer)
    end

    # An emit that no task ids are wanted of, as part of a batch: see BatchFrame.
    def emit(stream, task, head, values) = @outbox.emit(stream, task, head, values)

    # The answer to a spout's command.
    def answer = batches? ? @outbox.sync : sync

    # wire_id: an Integer for a tuple that came in a batch, else JSON text.
    def ack(wire_id)
      wire_id.is_a?(Integer) ? @outbox.ack(wire_id) : @outbox.send(%({"command":"ack","id":#{wire_id}}))
    end

    def fail(wire_id)
      wire_id.is_a?(Integer) ? @outbox.fail(wire_id) : @outbox.send(%({"command":"fail","id":#{wire_id}}))
    end

    # There is nothing more to emit; hosts that don't know the message don't get it.
    def finished
      @outbox.send('{"command":"finished"}') if feature?("finished")
    end

    # type: "count" or "gauge". Storm knows by the name which it is; gstorm is told.
    def metric(name, value, type)
      message = { "command" => "metrics", "name" => name.to_s, "params" => value }
      send_message(@features.empty? ? message : message.merge("type" => type))
    end

    # A line for the log. Before the handshake it waits for it.
    def log(level, message)
      send_or_keep("command" => "log", "msg" => message, "level" => level)
    end

    # An error of the component, with its place, for the host to show. tuple: the one that it was about, if any.
    def error(error, tuple = nil)
      send_or_keep(ErrorReport.message(error, tuple, at: feature?("error_at")))
    end

    def flush = @outbox.flush

    def clock = Process.clock_gettime(Process::CLOCK_MONOTONIC)

    # Lets go of the pipes: this is a fork of the task's process now.
    def leave
      @left = true
      @inbox.close
      @outbox.close
    end

    def left? = @left

    # Raises the error in the handlers' thread, from a signal's handler.
    def interrupt(error) = @outbox.interrupt(error)

    private

    def accept(offer)
      return { "pid" => Process.pid } unless offer.is_a?(Hash) && offer["v"].to_i >= 1

      @features = FEATURES & Array(offer["features"])
      { "pid" => Process.pid, EXTENSION => { "v" => 1, "features" => @features } }
    end

    # Storm's supervisor finds left-over processes by these files.
    def note_pid(dir)
      File.write(File.join(dir, Process.pid.to_s), "") if dir && File.directory?(dir)
    rescue SystemCallError => e
      log(Logger::LEVELS[:warn], "can't write the pid file: #{e.message}")
    end

    def send_or_keep(message)
      @open ? send_message(message) : @early << message
    end

    def send_message(message)
      @outbox.send(JSON.generate(message))
    end

    def answer_heartbeat
      since = @busy_since
      return sync unless since && feature?("busy")

      @outbox.send(%({"command":"sync","busy":#{(clock - since).round(3)}}))
    end

    def sync = @outbox.send('{"command":"sync"}')

    # A handler that goes on after the host has been killed would stay behind for ever.
    def watch
      @outbox.try_flush
      return unless @inbox.ended? && Process.ppid != @parent

      sleep PARENT_GRACE_SECS
      exit!(1)
    end
  end
end
