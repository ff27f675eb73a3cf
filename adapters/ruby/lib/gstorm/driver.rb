# frozen_string_literal: true

require "rbconfig"
require "gstorm/cluster"
require "gstorm/description"
require "gstorm/file_components"
require "gstorm/launch"
require "gstorm/load_problem"
require "gstorm/start"
require "gstorm/topology_file"

module Gstorm
  # The describing process: loads the file, sends the description of its topology and, where the file has code to run
  # after the submission, stays and runs it.
  class Driver
    # options: file, class_name, env, name, components. warnings: what was found before. lasting: whether anybody will say that the
    # topology has been submitted; without, the description is all.
    def initialize(control, options, warnings: [], lasting: true)
      @control = control
      @options = options
      @warnings = warnings
      @lasting = lasting
      @file = TopologyFile.new(options.file, options.class_name)
    end

    # Returns the exit status: 0, 1 for an error after the submission, 2 for one before it.
    def run
      Gstorm.role = :describe
      Launch.target = self
      @file.load
      return describe_components if @options.components.any?

      @class = @file.topology
      catch(:described) { drive }
      0
    rescue ProblemsError => e
      report(e.problems)
    rescue ScriptError, StandardError, SystemStackError, SystemExit => e
      report([LoadProblem.of(e)])
    end

    # Launch's target: sends the description and waits for the submission.
    def submit(submission)
      raise DefinitionError, "#{@class} submits a second topology; gstorm runs one" if @submitted

      submission.clazz ||= @class
      describe(Description.new(submission, name: @options.name, warnings: @warnings).to_h)
      throw :described unless submission.driver && @lasting

      @submitted = true
      @control.event
      Cluster.new(@control)
    end

    private

    # With the interpreter: what started this process may have been a version manager's script.
    def describe(topology)
      @control.send("topology" => topology, "interpreter" => RbConfig.ruby)
    end

    # For who wants some components only.
    def describe_components
      components = FileComponents.new(@file, @options)
      definitions = @options.components.map { |name| components.find(name) }
      describe(Description.of_components(definitions, @options.components, warnings: @warnings))
      0
    end

    def drive
      Start.new(@class, @options).run
      raise ProblemsError, nothing_submitted unless @submitted

      @control.send("event" => "done")
    end

    def nothing_submitted
      Problem.error("#{@class}#start has submitted no topology", at: TopologyRegistry.position(@class))
    end

    def report(problems)
      @control.send("problems" => (problems + (@submitted ? [] : @warnings)).map(&:to_h))
      @submitted ? 1 : 2
    end
  end
end
