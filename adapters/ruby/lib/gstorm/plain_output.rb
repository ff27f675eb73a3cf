# frozen_string_literal: true

require "json"

module Gstorm
  # Stands for the control line where a topology is described by hand: the description goes to stdout, problems to stderr.
  class PlainOutput
    def initialize(output)
      @output = output
    end

    def send(message)
      if message.key?("topology")
        @output.puts(JSON.pretty_generate(message["topology"]))
      else
        message.fetch("problems", []).each { |problem| $stderr.puts text(problem) }
      end
    end

    private

    def text(problem)
      at = problem["at"]&.values&.join(":")
      [at, problem["severity"], problem["message"]].compact.join(": ") + (problem["hint"] ? " (#{problem["hint"]})" : "")
    end
  end
end
