# frozen_string_literal: true

require "gstorm/outputs"

module Gstorm
  # A component that comes with gstorm itself, by its name.
  class BuiltinComponent
    attr_reader :name, :outputs

    def initialize(name, kind, *fields)
      @name = name
      @kind = kind
      @outputs = Outputs.parse(*fields)
    end

    def component_class(_args) = self
    def config = {}
    def implementation = { "type" => "builtin", "name" => name }

    def problems(kind)
      kind == @kind ? [] : [["#{name} is a #{@kind}, it is declared as a #{kind}", nil]]
    end
  end
end
