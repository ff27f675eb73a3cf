# frozen_string_literal: true

require "gstorm/context"
require "gstorm/logger"
require "gstorm/session"
require "gstorm/thread_death"

module Gstorm
  # One task: a component at work, from the handshake to the end of the input. BoltTask and SpoutTask know what the
  # messages mean.
  class Task
    # How long on_close may take after a SIGTERM.
    CLOSE_SECS = 5

    # The exit status after a SIGTERM. Not 0: that would mean that a spout has finished.
    TERMINATED = 128 + 15

    # Raised in the handlers' thread by SIGTERM.
    class Terminated < Exception; end # rubocop:disable Lint/InheritException

    def initialize(session)
      @session = session
      @context = Context.new(session.context, session.config)
    end

    # Runs until the host closes the input, and returns the exit status. The block makes the component.
    def run
      trap_signals
      open(yield)
      work
      close
      0
    rescue Hangup
      close
      0
    rescue Terminated
      close
      TERMINATED
    rescue SystemExit
      raise # the user's own exit
    rescue Exception => e # whatever it is, the host is to hear of it
      @session.error(e, @tuple)
      1
    end

    private

    def open(component)
      @component = component
      @collector = component.gstorm_collector(@session, @context)
      @session.handling
      @component.gstorm_open(@session.config, @context, @collector)
      @opened = true
    end

    def work
      while (message = @session.take)
        @session.handling
        handle(message)
      end
    end

    def close
      return if @session.left?

      @component.gstorm_close if @opened
      @session.flush
    rescue Hangup
      nil
    end

    # Runs a handler and returns whether all went well.
    def guard
      yield
      true
    rescue StandardError, ScriptError, SystemStackError => e
      outlive(e)
      false
    end

    # Reports what a handler has raised. Whether the process lives on is the component's rule, except for what can't be
    # sent, which is never worth a restart; if it doesn't, the error is raised again.
    def outlive(error, tuple = nil)
      raise error unless error.is_a?(EmitError) || !ThreadDeath.cause_of?(error, __FILE__) && @component.gstorm_survives?(error)

      @session.error(error, tuple)
    end

    def trap_signals
      Signal.trap("INT", "IGNORE") # Ctrl-C is for gstorm, which ends its tasks in order
      Signal.trap("TERM") do
        Signal.trap("TERM", "DEFAULT")
        Thread.new do
          sleep CLOSE_SECS
          exit!(1)
        end
        @session.interrupt(Terminated.new)
      end
    end
  end
end
