# frozen_string_literal: true

require "gstorm/implicit_id"
require "gstorm/outputs"

module Gstorm
  # A component of another file, in Ruby or any other language that gstorm runs:
  #
  #   bolt(External["report.py:Report"]) { from Count }
  #
  # The file is looked for beside the topology's, then in the working directory. The name is that of a class (or function)
  # in it, or the id of a component of its topology. Its streams are what the other file says; the implicit id is made of
  # the name.
  class External
    def self.[](reference) = new(reference)

    # reference: FILE:NAME.
    def initialize(reference)
      @file, colon, @name = reference.to_s.rpartition(":")
      return unless colon.empty? || @file.empty? || @name.empty?

      raise DefinitionError, "External[#{reference.inspect}]: expected FILE:COMPONENT, as in report.py:Report"
    end

    attr_reader :name

    def to_s = ImplicitId.of(name)
    def component_class(_args) = self
    def config = {}
    def outputs = Outputs.new
    def implementation = { "type" => "file", "file" => @file, "component" => name }
    def problems(_kind) = []
  end
end
