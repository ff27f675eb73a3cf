# frozen_string_literal: true

require "gstorm/bolt_task"
require "gstorm/file_components"
require "gstorm/fork_guard"
require "gstorm/session"
require "gstorm/spout_task"
require "gstorm/topology_file"
require "gstorm/yjit"

module Gstorm
  # The process of one task: loads the same file, finds the component by its name and runs it. What goes wrong on the way
  # is told to the host like any error of the component.
  class TaskProcess
    # options: file, class_name, env, name, component.
    def initialize(session, options)
      @session = session
      @options = options
    end

    # Returns the exit status.
    def run
      Gstorm.role = :task
      Logger.sink = ->(level, message) { @session.log(level, message) }
      definition = begin
        definition_of_component
      rescue ScriptError, StandardError, SystemStackError => e
        failure = e
      end
      @session.shake_hands
      return fail_with(failure) if failure

      Yjit.start(@session.config)
      prepare_exits
      task_class(definition).new(@session).run { definition.new_instance }
    rescue Hangup
      0
    end

    private

    def definition_of_component
      file = TopologyFile.new(@options.file, @options.class_name)
      file.load
      FileComponents.new(file, @options).find(@options.component)
    end

    def task_class(definition) = definition.kind == "spout" ? SpoutTask : BoltTask

    # What came out of the user's file is told as it came, not as the problem that the describing process would make of it.
    def fail_with(error)
      @session.error(error.is_a?(ProblemsError) && error.cause || error)
      @session.flush
      1
    end

    # exit in user code: what has been sent before is not to be lost. A fork of the process is not concerned.
    def prepare_exits
      ForkGuard.session = @session
      at_exit { @session.flush unless @session.left? }
    end
  end
end
