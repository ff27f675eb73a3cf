# frozen_string_literal: true

module Gstorm
  # One thing that is wrong with a topology file: what, where, and what to do about it.
  Problem = Struct.new(:severity, :message, :hint, :at, keyword_init: true) do
    def self.error(message, hint: nil, at: nil) = new(severity: "error", message: message, hint: hint, at: at)
    def self.warning(message, hint: nil, at: nil) = new(severity: "warning", message: message, hint: hint, at: at)

    def to_h
      { "severity" => severity, "message" => message, "hint" => hint, "at" => at&.to_h }.compact
    end

    def to_s
      "#{"#{at}: " if at}#{severity}: #{message}#{" (#{hint})" if hint}"
    end
  end

  # Carries problems up to whoever reports them.
  class ProblemsError < Error
    attr_reader :problems

    def initialize(*problems)
      @problems = problems
      super(problems.join("\n"))
    end
  end
end
