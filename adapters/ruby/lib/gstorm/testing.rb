# frozen_string_literal: true

require "json"
require "open3"
require "gstorm"

module Gstorm
  # For tests of topologies, in any test framework:
  #
  #   require "gstorm/testing"
  #   require_relative "../word_count"
  #
  #   done = Gstorm::Testing.complete(WordCount, mock: { lines: [["to be"], ["or not to be"]] })
  #   done["split"]       # => [["to"], ["be"], ["or"], ...]
  #   done.acked          # => 2
  #
  # The topology runs as it would with gstorm run, in processes of its own; the program gstorm has to be on the PATH, or
  # named by the environment variable GSTORM.
  module Testing
    # gstorm could not run the topology; the message is what it said.
    class Failed < Error; end

    module_function

    # Runs a topology in which each spout that is mocked emits the given tuples instead of its own, each once; what fails is
    # not replayed. mock: {spout id => tuples} or {spout id => {stream => tuples}}. topology: its class, or the path of its
    # file. args: what its file finds in ARGV. timeout: seconds after which spouts that are not mocked are stopped.
    # Returns a Completion, or raises Failed.
    def complete(topology, mock: {}, args: [], timeout: nil)
      file, clazz = topology.is_a?(Module) ? [file_of(topology), topology.name] : [topology.to_s, nil]
      command = [ENV.fetch("GSTORM", "gstorm"), "complete", file, "--mock", "-"]
      command.push("--class", clazz) if clazz
      command.push("--for", "#{timeout}s") if timeout
      out, log, status = Open3.capture3(*command, "--", *args.map(&:to_s), stdin_data: JSON.generate(mock))
      raise Failed, log.strip if out.empty?

      Completion.new(JSON.parse(out), log, status.success?)
    rescue Errno::ENOENT
      raise Failed, "there is no program #{command.first}: install gstorm, or set GSTORM to its path"
    end

    def file_of(clazz)
      raise ArgumentError, "#{clazz} is no topology" unless clazz.respond_to?(:components)

      File.expand_path(Object.const_source_location(clazz.name).first)
    end
    private_class_method :file_of

    # What came of a topology.
    class Completion
      # All that gstorm wrote to stderr: what the components printed, log lines, errors.
      attr_reader :log

      def initialize(result, log, success)
        @result = result
        @log = log
        @success = success
      end

      # The tuples that a component emitted on a stream, each an array of its values, in the order of the emits. Where a
      # component has several tasks, their order is left to chance.
      def emitted(component, stream = "default") = @result["emitted"].dig(component.to_s, stream.to_s) || []
      alias [] emitted

      # Whether the topology ran to its end.
      def success? = @success

      # How many of the spouts' tuples were handled, and how many failed or timed out.
      def acked = @result["trees"]["acked"]
      def failed = @result["trees"]["failed"] + @result["trees"]["timed_out"]

      # The messages of the errors that components reported.
      def errors = @result["errors"].map { |error| error["message"] }
    end
  end
end
